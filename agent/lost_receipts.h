#ifndef AGENT_LOST_RECEIPTS_H
#define AGENT_LOST_RECEIPTS_H

/*
 * Receipts for entries that a disaster took from the province's log. They stay as evidence of
 * what was acknowledged; the statements wait in the outbox again.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"

struct agent;
struct arena;
struct error;
struct generation_opening;
struct hello;
struct store;
struct transaction;

struct lost_receipt {
    uint32_t generation; /* that had issued it */
    uint64_t sequence;
    struct bytes text; /* the receipt's */
};

/* Takes away the receipts whose entries the opening does not keep, and puts what they were about
 * back to sealed. */
NODISCARD bool lost_receipts_set_aside(struct agent *agent, struct transaction *txn,
                                       const struct generation_opening *opening,
                                       struct arena *arena, uint64_t *out_count, struct error *err);

/* The next ones that the province was not told of, into the greeting. */
NODISCARD bool lost_receipts_tell(const struct agent *agent, struct transaction *txn,
                                  struct arena *arena, struct hello *out, struct error *err);
/* It knows them up to that sequence. */
void lost_receipts_told(struct agent *agent, struct transaction *txn, uint32_t generation,
                        uint64_t sequence);

/* All, by generation and sequence. In the arena. */
const struct lost_receipt *lost_receipts_list(const struct store *store, struct transaction *txn,
                                              struct arena *arena, size_t *out_count);

#endif
