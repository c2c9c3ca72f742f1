#ifndef AGGREGATOR_RECEIPTS_H
#define AGGREGATOR_RECEIPTS_H

/*
 * Receipts are not stored: entry, path and checkpoint of the batch are all in the store, so
 * that a repeat gets the same bytes as the first answer.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/model/receipt.h"

struct arena;
struct error;
struct ledger;
struct transaction;

/* Of a committed arrival. Lives in the arena. Fails with UNAVAILABLE (no such entry, or none
 * of an arrival), CORRUPT. */
NODISCARD bool receipts_make(const struct ledger *ledger, struct transaction *txn,
                             uint64_t position, struct arena *arena, struct receipt *out,
                             struct error *err);

#endif
