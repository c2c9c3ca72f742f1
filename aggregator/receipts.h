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

/* What is sent of the receipt of a committed arrival: its arrival, which stands in the entry, is
 * not filled in. Lives in the arena. Fails with UNAVAILABLE (no such entry), CORRUPT. */
NODISCARD bool receipts_prove(const struct ledger *ledger, struct transaction *txn,
                              uint64_t position, struct arena *arena, struct receipt *out,
                              struct error *err);

/* The whole of it. UNAVAILABLE also when the entry is of no arrival. */
NODISCARD bool receipts_make(const struct ledger *ledger, struct transaction *txn,
                             uint64_t position, struct arena *arena, struct receipt *out,
                             struct error *err);

#endif
