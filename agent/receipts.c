#include "agent/receipts.h"

#include <assert.h>
#include <string.h>

#include "agent/store.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/seeded_bug.h"
#include "common/storage/transaction.h"
#include "common/wire/card.h"
#include "common/wire/proof.h"

bool receipt_check(const struct receipt *receipt, const struct receipt_subject *subject,
                   const struct province_card *province, struct error *err)
{
    const struct arrival *arrival = &receipt->arrival;
    if (!receipt_verify(receipt, province->origin, province->keys.signing, err))
        return false;
    if (!stream_id_equal(&arrival->stream, &subject->stream))
        return error_set(err, ERROR_REFUSED, MESSAGE_RECEIPT_OTHER_STREAM,
                         arrival->stream.zone.text);
    if (arrival->sequence != subject->sequence)
        return error_set(err, ERROR_REFUSED, MESSAGE_RECEIPT_OTHER_SEQUENCE, arrival->sequence,
                         subject->sequence);
    if (!digest_equal(&arrival->statement_hash, &subject->statement_hash) &&
        !seeded_bug(BUG_BELIEVE_ANY_RECEIPT))
        return error_set(err, ERROR_REFUSED, MESSAGE_RECEIPT_OTHER_STATEMENT, subject->sequence);
    return true;
}

static struct key key_of(uint64_t sequence)
{
    struct key key = { .size = 0 };
    key_add_u64(&key, sequence);
    return key;
}

uint64_t receipts_last(const struct store *store, struct transaction *txn)
{
    struct bytes key, value;
    if (!transaction_last(txn, store->receipts, &key, &value))
        return 0;
    assert(key.size == 8);
    return bytes_get_u64(key.data);
}

void receipts_delete(const struct store *store, struct transaction *txn, uint64_t sequence)
{
    struct key key = key_of(sequence);
    transaction_delete(txn, store->receipts, key_bytes(&key));
}

void receipts_append(const struct store *store, struct transaction *txn,
                     const struct receipt *receipt, struct arena *arena)
{
    uint64_t sequence = receipt->arrival.sequence;
    struct key key = key_of(sequence);
    transaction_append(txn, store->receipts, key_bytes(&key), receipt_write(receipt, arena));
}

void receipts_drop_last(const struct store *store, struct transaction *txn, uint64_t sequence)
{
    assert(sequence == receipts_last(store, txn));
    struct key key = key_of(sequence);
    transaction_delete(txn, store->receipts, key_bytes(&key));
}

bool receipts_text(const struct store *store, struct transaction *txn, uint64_t sequence,
                   struct bytes *out)
{
    struct key key = key_of(sequence);
    return transaction_get(txn, store->receipts, key_bytes(&key), out);
}

bool receipts_get(const struct store *store, struct transaction *txn, uint64_t sequence,
                  struct arena *arena, struct receipt *out, struct error *err)
{
    struct bytes text;
    if (!receipts_text(store, txn, sequence, &text))
        return transaction_check(txn, err) &&
               error_set(err, ERROR_UNAVAILABLE, MESSAGE_RECEIPT_NONE, sequence);
    if (receipt_read(arena_copy_bytes(arena, text), arena, out, err))
        return true;
    err->kind = ERROR_CORRUPT;
    return error_wrap(err, MESSAGE_RECEIPT_DAMAGED, sequence);
}
