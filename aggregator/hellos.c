#include "aggregator/hellos.h"

#include "common/base/arena.h"
#include "common/storage/transaction.h"

void hellos_put(struct transaction *txn, struct table table, const struct device_id *device,
                struct bytes hello)
{
    transaction_put(txn, table, BYTES_OF(*device), hello);
}

bool hellos_get(struct transaction *txn, struct table table, const struct device_id *device,
                struct arena *arena, struct bytes *out)
{
    struct bytes value;
    if (!transaction_get(txn, table, BYTES_OF(*device), &value))
        return false;
    *out = arena_copy_bytes(arena, value);
    return true;
}
