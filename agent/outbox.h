#ifndef AGENT_OUTBOX_H
#define AGENT_OUTBOX_H

/*
 * What waits to be sent: everything in the stream behind the last receipt. There is no
 * separate record of it that could say something else.
 *
 *     sealing -> OUTBOX -> sync -> aggregator
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/model/submission.h"

struct arena;
struct error;
struct store;
struct transaction;

struct outbox {
    struct stream_head head;
    uint64_t receipted; /* number of the last statement with a receipt */
};

NODISCARD bool outbox_look(const struct store *store, struct transaction *txn, struct outbox *out,
                           struct error *err);
uint64_t outbox_waiting(const struct outbox *outbox);

/* Statements from number `from` on as long as their encodings fit in `size_max` bytes together,
 * at least one and at most `count_max`. Copied into the arena. */
NODISCARD bool outbox_take(const struct store *store, struct transaction *txn, uint64_t from,
                           size_t count_max, size_t size_max, struct arena *arena,
                           struct sealed_statement *out, size_t *out_count, struct error *err);

#endif
