#ifndef AGENT_STATEMENTS_H
#define AGENT_STATEMENTS_H

/*
 * The stream: everything this agent ever signed, numbered from 1 without a gap, each
 * naming the hash of the one before. Nothing is ever changed or taken out.
 *
 *     sealing -> STATEMENTS -> sync -> aggregator
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/model/submission.h"

struct arena;
struct error;
struct store;
struct transaction;

/* Read off the last entry: there is no second place that says where the stream stands. */
NODISCARD bool statements_head(const struct store *store, struct transaction *txn,
                               struct stream_head *out, struct error *err);
/* Number head + 1; asserted by the table's order. */
void statements_append(const struct store *store, struct transaction *txn, uint64_t sequence,
                       const struct sealed_statement *sealed, struct arena *arena);
/* When the stream ends (new_epoch.h): it stands elsewhere by then. */
void statements_delete(const struct store *store, struct transaction *txn, uint64_t sequence);
/* The bytes belong to the store: valid until the next write or the end. Fails with UNAVAILABLE
 * (no such number) or CORRUPT. */
NODISCARD bool statements_get(const struct store *store, struct transaction *txn, uint64_t sequence,
                              struct sealed_statement *out, struct error *err);
/* Decoded; lives in the arena. */
NODISCARD bool statements_read(const struct store *store, struct transaction *txn,
                               uint64_t sequence, struct arena *arena, struct statement *out,
                               struct error *err);

#endif
