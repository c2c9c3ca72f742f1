#include "aggregator/checkpoints.h"

#include "common/storage/key.h"
#include "common/storage/transaction.h"

void checkpoints_put(struct transaction *txn, struct table table, uint64_t size, struct bytes text)
{
    struct key key = { 0 };
    key_add_u64(&key, size);
    transaction_append(txn, table, key_bytes(&key), text);
}

struct first {
    struct signed_size *out;
    bool found;
};

static bool take_first(struct bytes key, struct bytes value, void *owner)
{
    struct first *first = owner;
    first->found = key.size == 8;
    if (first->found)
        *first->out = (struct signed_size){ bytes_get_u64(key.data), value };
    return false;
}

bool checkpoints_covering(struct transaction *txn, struct table table, uint64_t position,
                          struct signed_size *out)
{
    struct key key = { 0 };
    key_add_u64(&key, position + 1);
    struct first first = { out, false };
    transaction_each(txn, table, (struct bytes){ NULL, 0 }, key_bytes(&key), take_first, &first);
    return first.found;
}

bool checkpoints_last(struct transaction *txn, struct table table, struct signed_size *out)
{
    struct bytes key;
    struct bytes value;
    if (!transaction_last(txn, table, &key, &value) || key.size != 8)
        return false;
    *out = (struct signed_size){ bytes_get_u64(key.data), value };
    return true;
}
