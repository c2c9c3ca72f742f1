#ifndef AGGREGATOR_INGEST_ANSWERS_H
#define AGGREGATOR_INGEST_ANSWERS_H

/* What a message gets back once its batch is on disk. */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"

struct arena;
struct error;
struct peer;
struct province;
struct transaction;
struct visit;

typedef void answer_fn(void *owner, const struct peer *peer, struct bytes payload);

/* Receipts first, then what stopped the rest. Fails when the store does. */
NODISCARD bool answers_send(const struct province *province, struct transaction *txn,
                            const struct visit *visit, struct arena *arena, answer_fn *send,
                            void *owner, struct error *err);

#endif
