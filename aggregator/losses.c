#include "aggregator/losses.h"

#include <stdlib.h>
#include <string.h>

#include "aggregator/landmarks.h"
#include "aggregator/ledger.h"
#include "common/base/arena.h"
#include "common/base/memory.h"
#include "common/storage/database.h"
#include "common/storage/key.h"
#include "common/storage/transaction.h"

/*
 * losses   key    u32 lost generation | zone (16) | device (16) | u32 epoch | u64 sequence
 *          value  u64 position the entry had | 32 hash of the statement
 * heard    key    u32 generation | zone (16) | device (16) | u32 epoch
 *          value  i64 utc_ms
 */
#define ZONE_WIDTH (ZONE_CODE_SIZE - 1)
#define DEVICE_WIDTH 16
#define STREAM_AT 4
#define STREAM_WIDTH (ZONE_WIDTH + DEVICE_WIDTH + 4)
#define SEQUENCE_AT (STREAM_AT + STREAM_WIDTH)
#define KEY_WIDTH (SEQUENCE_AT + 8)
#define VALUE_WIDTH (8 + DIGEST_SIZE)

static struct table table_of(const struct ledger *ledger, const char *name)
{
    return database_table(ledger_database(ledger), name);
}

static struct key stream_key(uint32_t generation, const struct stream_id *stream)
{
    struct key key = { .size = 0 };
    key_add_u32(&key, generation);
    key_add_text(&key, stream->zone.text, ZONE_WIDTH);
    key_add_bytes(&key, BYTES_OF(stream->device));
    key_add_u32(&key, stream->epoch);
    return key;
}

static uint32_t generation_seen(const struct hello *hello)
{
    return hello->checkpoint_generation > GENERATION_FIRST ? hello->checkpoint_generation
                                                           : GENERATION_FIRST;
}

static void note_heard(const struct ledger *ledger, struct transaction *txn, uint32_t generation,
                       const struct stream_id *stream, int64_t utc_ms)
{
    int64_t heard_utc_ms;
    unsigned char value[8];
    struct key key = stream_key(generation, stream);
    if (losses_heard(ledger, txn, generation, stream, &heard_utc_ms))
        return;
    bytes_put_u64(value, (uint64_t)utc_ms);
    transaction_put(txn, table_of(ledger, LOSSES_HEARD_TABLE), key_bytes(&key), BYTES_OF(value));
}

void losses_take(const struct ledger *ledger, struct transaction *txn, const struct hello *hello,
                 int64_t utc_ms)
{
    uint32_t generation = landmarks_generation(ledger_landmarks(ledger));
    if (generation == GENERATION_FIRST || hello->lost_generation >= generation)
        return;
    for (size_t i = 0; i < hello->lost_count; i++) {
        unsigned char value[VALUE_WIDTH];
        struct key key = stream_key(hello->lost_generation, &hello->stream);
        key_add_u64(&key, hello->lost_first + i);
        bytes_put_u64(value, hello->lost_positions[i]);
        memcpy(value + 8, hello->lost_hashes[i].bytes, DIGEST_SIZE);
        transaction_put(txn, table_of(ledger, LOSSES_TABLE), key_bytes(&key), BYTES_OF(value));
    }
    if (generation_seen(hello) == generation && hello->lost_count == 0)
        note_heard(ledger, txn, generation, &hello->stream, utc_ms);
}

static bool keep_sequence(struct bytes key, struct bytes value, void *owner)
{
    (void)value;
    if (key.size == KEY_WIDTH)
        *(uint64_t *)owner = bytes_get_u64((const unsigned char *)key.data + SEQUENCE_AT);
    return true;
}

uint64_t losses_known(const struct ledger *ledger, struct transaction *txn, uint32_t generation,
                      const struct stream_id *stream)
{
    uint64_t last = 0;
    struct key key = stream_key(generation, stream);
    transaction_each(txn, table_of(ledger, LOSSES_TABLE), key_bytes(&key),
                     (struct bytes){ NULL, 0 }, keep_sequence, &last);
    return last;
}

struct gathering {
    struct loss *items;
    size_t count, capacity;
};

static bool gather(struct bytes key, struct bytes value, void *owner)
{
    struct gathering *all = owner;
    const unsigned char *bytes = key.data;
    if (key.size != KEY_WIDTH || value.size != VALUE_WIDTH)
        return true;
    all->items = memory_grown(all->items, &all->capacity, all->count + 1, sizeof *all->items);
    struct loss *loss = &all->items[all->count++];
    memcpy(loss->stream.zone.text, bytes + STREAM_AT, ZONE_WIDTH);
    memcpy(loss->stream.device.bytes, bytes + STREAM_AT + ZONE_WIDTH, DEVICE_WIDTH);
    loss->stream.epoch = bytes_get_u32(bytes + STREAM_AT + ZONE_WIDTH + DEVICE_WIDTH);
    loss->sequence = bytes_get_u64(bytes + SEQUENCE_AT);
    loss->position = bytes_get_u64(value.data);
    memcpy(loss->statement.bytes, (const unsigned char *)value.data + 8, DIGEST_SIZE);
    return true;
}

static int by_position(const void *left, const void *right)
{
    uint64_t one = ((const struct loss *)left)->position;
    uint64_t other = ((const struct loss *)right)->position;
    return one < other ? -1 : one > other;
}

const struct loss *losses_list(const struct ledger *ledger, struct transaction *txn,
                               uint32_t generation, struct arena *arena, size_t *out_count)
{
    struct gathering all = { 0 };
    struct key key = { .size = 0 };
    key_add_u32(&key, generation);
    transaction_each(txn, table_of(ledger, LOSSES_TABLE), key_bytes(&key),
                     (struct bytes){ NULL, 0 }, gather, &all);
    if (all.count > 0)
        qsort(all.items, all.count, sizeof *all.items, by_position);
    struct bytes found = { all.items, all.count * sizeof *all.items };
    const struct loss *list = arena_copy_bytes(arena, found).data;
    *out_count = all.count;
    memory_free(&all.items);
    return list;
}

bool losses_heard(const struct ledger *ledger, struct transaction *txn, uint32_t generation,
                  const struct stream_id *stream, int64_t *out_utc_ms)
{
    struct key key = stream_key(generation, stream);
    struct bytes value;
    if (!transaction_get(txn, table_of(ledger, LOSSES_HEARD_TABLE), key_bytes(&key), &value) ||
        value.size != 8)
        return false;
    *out_utc_ms = (int64_t)bytes_get_u64(value.data);
    return true;
}
