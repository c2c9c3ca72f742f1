#include "agent/settings.h"

#include "agent/store.h"
#include "common/storage/transaction.h"

bool settings_get(const struct store *store, struct transaction *txn, enum setting setting,
                  struct bytes *out)
{
    unsigned char key = (unsigned char)setting;
    return transaction_get(txn, store->settings, BYTES_OF(key), out);
}

void settings_put(const struct store *store, struct transaction *txn, enum setting setting,
                  struct bytes value)
{
    unsigned char key = (unsigned char)setting;
    transaction_put(txn, store->settings, BYTES_OF(key), value);
}
