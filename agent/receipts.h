#ifndef AGENT_RECEIPTS_H
#define AGENT_RECEIPTS_H

/*
 * The province's answers, one for each statement, in the order of the stream. Only what was
 * verified is kept: signed by the province, part of its journal, about our very statement.
 *
 *     aggregator -> sync -> RECEIPTS
 *
 * Kept in the form in which they are shown, so that anybody can verify them elsewhere.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/model/receipt.h"

struct arena;
struct error;
struct province_card;
struct store;
struct transaction;

/* What a receipt must be about. */
struct receipt_subject {
    struct stream_id stream;
    uint64_t sequence;
    struct digest statement_hash;
};

/* Signature, inclusion, and that it is about this statement. Fails with REFUSED. */
NODISCARD bool receipt_check(const struct receipt *receipt, const struct receipt_subject *subject,
                             const struct province_card *province, struct error *err);

/* Number of the last receipted statement: read off the last entry, 0 for none. */
uint64_t receipts_last(const struct store *store, struct transaction *txn);
/* The one behind the last, checked by the caller. */
void receipts_append(const struct store *store, struct transaction *txn,
                     const struct receipt *receipt, struct arena *arena);
/* The last one, which was set aside. */
void receipts_drop_last(const struct store *store, struct transaction *txn, uint64_t sequence);
/* When the stream ends: it stands with what was recovered. */
void receipts_delete(const struct store *store, struct transaction *txn, uint64_t sequence);
/* As text, borrowed from the store; false when there is none. */
bool receipts_text(const struct store *store, struct transaction *txn, uint64_t sequence,
                   struct bytes *out);
/* Lives in the arena. Fails with UNAVAILABLE or CORRUPT. */
NODISCARD bool receipts_get(const struct store *store, struct transaction *txn, uint64_t sequence,
                            struct arena *arena, struct receipt *out, struct error *err);

#endif
