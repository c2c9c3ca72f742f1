#ifndef AGGREGATOR_LOSSES_H
#define AGGREGATOR_LOSSES_H

/*
 * After a disaster: what the agents say they had receipts for and the log has lost, and which
 * agents came back since. Kept in the store, so that the report of a new generation can name
 * every receipt whose entry did not come back.
 *
 *     HELLO -> LOSSES -> generation report
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/digest.h"
#include "common/model/submission.h"
#include "common/wire/message.h"

#define LOSSES_TABLE "losses"
#define LOSSES_HEARD_TABLE "heard"

struct arena;
struct database;
struct ledger;
struct transaction;

/* In a write transaction; the session was accepted. */
void losses_take(const struct ledger *ledger, struct transaction *txn, const struct hello *hello,
                 int64_t utc_ms);

/* The last sequence of the stream that is noted as lost with the generation; 0: none. */
uint64_t losses_known(const struct ledger *ledger, struct transaction *txn, uint32_t generation,
                      const struct stream_id *stream);

/* A receipt that an agent holds for an entry that was lost. */
struct loss {
    uint64_t position; /* where it had been */
    struct stream_id stream;
    uint64_t sequence;
    struct digest statement; /* its hash: another one under the same number is no return */
};

/* Of one lost generation, by position. Lives in the arena. */
const struct loss *losses_list(const struct ledger *ledger, struct transaction *txn,
                               uint32_t generation, struct arena *arena, size_t *out_count);
/* When the stream's agent was first heard in that generation; false: not yet. */
bool losses_heard(const struct ledger *ledger, struct transaction *txn, uint32_t generation,
                  const struct stream_id *stream, int64_t *out_utc_ms);

#endif
