#include "agent/recovered.h"

#include <assert.h>
#include <string.h>

#include "agent/store.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/memory.h"
#include "common/base/messages.h"
#include "common/storage/transaction.h"
#include "common/wire/statement.h"

#define DEVICE_SIZE 16
#define STREAM_KEY_SIZE (DEVICE_SIZE + 4)
#define STREAM_SIZE (8 + DIGEST_SIZE + 2 * KEY_SIZE)
#define WAITING_SIZE 8 /* only while one waits */

static struct key key_of_stream(const struct device_id *device, uint32_t epoch)
{
    struct key key = { .size = 0 };
    key_add_bytes(&key, BYTES_OF(device->bytes));
    key_add_u32(&key, epoch);
    return key;
}

static struct key key_of(const struct recovered_at *at)
{
    struct key key = key_of_stream(&at->device, at->epoch);
    key_add_u64(&key, at->sequence);
    return key;
}

static struct recovered_stream stream_of(struct bytes key, struct bytes value)
{
    assert(key.size == STREAM_KEY_SIZE &&
           (value.size == STREAM_SIZE || value.size == STREAM_SIZE + WAITING_SIZE));
    struct recovered_stream stream = { .epoch = bytes_get_u32((const unsigned char *)key.data +
                                                              DEVICE_SIZE) };
    const unsigned char *data = value.data;
    memcpy(stream.device.bytes, key.data, DEVICE_SIZE);
    stream.head.sequence = bytes_get_u64(data);
    memcpy(stream.head.hash.bytes, data + 8, DIGEST_SIZE);
    memcpy(stream.first_key, data + 8 + DIGEST_SIZE, KEY_SIZE);
    memcpy(stream.key, data + 8 + DIGEST_SIZE + KEY_SIZE, KEY_SIZE);
    if (value.size == STREAM_SIZE + WAITING_SIZE)
        stream.unvouched = bytes_get_u64(data + STREAM_SIZE);
    return stream;
}

bool recovered_find_stream(const struct store *store, struct transaction *txn,
                           const struct device_id *device, uint32_t epoch,
                           struct recovered_stream *out)
{
    struct key key = key_of_stream(device, epoch);
    struct bytes value;
    if (!transaction_get(txn, store->recovered_streams, key_bytes(&key), &value))
        return false;
    *out = stream_of(key_bytes(&key), value);
    return true;
}

void recovered_put_stream(const struct store *store, struct transaction *txn,
                          const struct recovered_stream *stream)
{
    struct key key = key_of_stream(&stream->device, stream->epoch);
    unsigned char value[STREAM_SIZE + WAITING_SIZE];
    bytes_put_u64(value, stream->head.sequence);
    memcpy(value + 8, stream->head.hash.bytes, DIGEST_SIZE);
    memcpy(value + 8 + DIGEST_SIZE, stream->first_key, KEY_SIZE);
    memcpy(value + 8 + DIGEST_SIZE + KEY_SIZE, stream->key, KEY_SIZE);
    bytes_put_u64(value + STREAM_SIZE, stream->unvouched);
    size_t size = STREAM_SIZE + (stream->unvouched > 0 ? WAITING_SIZE : 0);
    transaction_put(txn, store->recovered_streams, key_bytes(&key), (struct bytes){ value, size });
}

struct gathering {
    struct recovered_stream *items;
    size_t count, capacity;
};

static bool gather(struct bytes key, struct bytes value, void *owner)
{
    struct gathering *all = owner;
    all->items = memory_grown(all->items, &all->capacity, all->count + 1, sizeof *all->items);
    all->items[all->count++] = stream_of(key, value);
    return true;
}

const struct recovered_stream *recovered_streams(const struct store *store, struct transaction *txn,
                                                 struct arena *arena, size_t *out_count)
{
    struct gathering all = { 0 };
    struct bytes everything = { NULL, 0 };
    transaction_each(txn, store->recovered_streams, everything, everything, gather, &all);
    struct bytes found = { all.items, all.count * sizeof *all.items };
    const struct recovered_stream *streams = arena_copy_bytes(arena, found).data;
    memory_free(&all.items);
    *out_count = all.count;
    return streams;
}

void recovered_put(const struct store *store, struct transaction *txn,
                   const struct recovered_at *at, const struct sealed_statement *sealed,
                   struct bytes receipt, struct arena *arena)
{
    struct key key = key_of(at);
    transaction_put(txn, store->recovered, key_bytes(&key), sealed_statement_encode(sealed, arena));
    if (receipt.size > 0)
        transaction_put(txn, store->recovered_receipts, key_bytes(&key), receipt);
}

bool recovered_has(const struct store *store, struct transaction *txn,
                   const struct recovered_at *at)
{
    struct key key = key_of(at);
    struct bytes value;
    return transaction_get(txn, store->recovered, key_bytes(&key), &value);
}

bool recovered_get(const struct store *store, struct transaction *txn,
                   const struct recovered_at *at, struct sealed_statement *out, struct error *err)
{
    struct key key = key_of(at);
    struct bytes value;
    if (!transaction_get(txn, store->recovered, key_bytes(&key), &value))
        return transaction_check(txn, err) &&
               error_set(err, ERROR_UNAVAILABLE, MESSAGE_STATEMENTS_NONE, at->sequence);
    if (sealed_statement_decode(value, out, err))
        return true;
    err->kind = ERROR_CORRUPT;
    return error_wrap(err, MESSAGE_STATEMENTS_DAMAGED, at->sequence);
}

bool recovered_receipt(const struct store *store, struct transaction *txn,
                       const struct recovered_at *at, struct bytes *out)
{
    struct key key = key_of(at);
    return transaction_get(txn, store->recovered_receipts, key_bytes(&key), out);
}
