#include "aggregator/heard.h"

#include "common/storage/key.h"
#include "common/storage/transaction.h"

static struct key key_of(const struct device_id *device, uint32_t epoch)
{
    struct key key = { .size = 0 };
    key_add_bytes(&key, BYTES_OF(device->bytes));
    key_add_u32(&key, epoch);
    return key;
}

uint64_t heard_find(struct transaction *txn, struct table table, const struct device_id *device,
                    uint32_t epoch)
{
    struct key key = key_of(device, epoch);
    struct bytes value;
    if (!transaction_get(txn, table, key_bytes(&key), &value) || value.size != 8)
        return 0;
    return bytes_get_u64(value.data);
}

void heard_note(struct transaction *txn, struct table table, const struct stream_id *stream,
                uint64_t sequence)
{
    struct key key = key_of(&stream->device, stream->epoch);
    unsigned char value[8];
    if (sequence <= heard_find(txn, table, &stream->device, stream->epoch))
        return;
    bytes_put_u64(value, sequence);
    transaction_put(txn, table, key_bytes(&key), BYTES_OF(value));
}
