#ifndef AGGREGATOR_INGEST_ANSWERS_H
#define AGGREGATOR_INGEST_ANSWERS_H

/* What a message gets back once its batch is on disk. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/wire/channel.h"
#include "common/wire/message.h"

struct arena;
struct error;
struct province;
struct transaction;

/* One message and what became of it. */
struct visit {
    struct peer peer;
    struct message message;
    const struct sealed_statement *statements; /* that it brought */
    size_t statement_count;
    uint64_t *positions; /* of those that are in the journal, the first ones */
    size_t position_count;
    bool gap;
    struct stream_head head;
    enum refusal refusal; /* 0: none */
    uint64_t refused_sequence;
    bool busy;
    uint64_t chunk_size; /* CHUNK: what is here of it */
};

typedef void answer_fn(void *owner, const struct peer *peer, struct bytes payload);

/* Receipts first, then what stopped the rest. Fails when the store does. */
NODISCARD bool answers_send(const struct province *province, struct transaction *txn,
                            const struct visit *visit, struct arena *arena, answer_fn *send,
                            void *owner, struct error *err);

#endif
