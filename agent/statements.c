#include "agent/statements.h"

#include <assert.h>

#include "agent/store.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/storage/transaction.h"
#include "common/wire/statement.h"

static struct key key_of(uint64_t sequence)
{
    struct key key = { .size = 0 };
    key_add_u64(&key, sequence);
    return key;
}

/* What we wrote ourselves and cannot read is damage, whatever the codec calls it. */
static bool damaged(struct error *err, uint64_t sequence)
{
    err->kind = ERROR_CORRUPT;
    return error_wrap(err, MESSAGE_STATEMENTS_DAMAGED, sequence);
}

bool statements_head(const struct store *store, struct transaction *txn, struct stream_head *out,
                     struct error *err)
{
    struct bytes key, value;
    struct sealed_statement sealed;
    *out = (struct stream_head){ 0 };
    if (!transaction_last(txn, store->statements, &key, &value))
        return transaction_check(txn, err);
    assert(key.size == 8);
    out->sequence = bytes_get_u64(key.data);
    if (!sealed_statement_decode(value, &sealed, err))
        return damaged(err, out->sequence);
    out->hash = sealed_statement_hash(&sealed);
    return true;
}

void statements_append(const struct store *store, struct transaction *txn, uint64_t sequence,
                       const struct sealed_statement *sealed, struct arena *arena)
{
    struct key key = key_of(sequence);
    transaction_append(txn, store->statements, key_bytes(&key),
                       sealed_statement_encode(sealed, arena));
}

void statements_delete(const struct store *store, struct transaction *txn, uint64_t sequence)
{
    struct key key = key_of(sequence);
    transaction_delete(txn, store->statements, key_bytes(&key));
}

bool statements_get(const struct store *store, struct transaction *txn, uint64_t sequence,
                    struct sealed_statement *out, struct error *err)
{
    struct key key = key_of(sequence);
    struct bytes value;
    if (!transaction_get(txn, store->statements, key_bytes(&key), &value))
        return transaction_check(txn, err) &&
               error_set(err, ERROR_UNAVAILABLE, MESSAGE_STATEMENTS_NONE, sequence);
    return sealed_statement_decode(value, out, err) || damaged(err, sequence);
}

bool statements_read(const struct store *store, struct transaction *txn, uint64_t sequence,
                     struct arena *arena, struct statement *out, struct error *err)
{
    struct sealed_statement sealed;
    if (!statements_get(store, txn, sequence, &sealed, err))
        return false;
    struct bytes copy = arena_copy_bytes(arena, sealed.statement);
    return statement_decode(copy, arena, out, err) || damaged(err, sequence);
}
