#include "aggregator/quarantine.h"

#include <string.h>

#include "common/base/memory.h"
#include "common/base/text.h"
#include "common/model/submission.h"
#include "common/storage/transaction.h"

/*
 *     key    32 bytes: hash of the sealed statement
 *     value  i64 utc_ms, then 64 bytes signature and the statement, once it came again
 */
#define TIME_SIZE 8

struct quarantine {
    struct database *database;
    struct table table;
    struct quarantined *items;
    size_t count, capacity;
};

static bool note(struct bytes key, struct bytes value, void *owner)
{
    struct quarantine *quarantine = owner;
    struct quarantined item = { .size = 0 };
    if (key.size != sizeof item.hash || value.size < TIME_SIZE)
        return true;
    memcpy(item.hash.bytes, key.data, key.size);
    item.utc_ms = (int64_t)bytes_get_u64(value.data);
    item.size = value.size - TIME_SIZE;
    quarantine->items = memory_grown(quarantine->items, &quarantine->capacity,
                                     quarantine->count + 1, sizeof *quarantine->items);
    quarantine->items[quarantine->count++] = item;
    return true;
}

static bool load(struct quarantine *quarantine, struct error *err)
{
    CLEANUP(transaction_abort) struct transaction *txn = transaction_read(quarantine->database);
    struct bytes everything = { NULL, 0 };
    quarantine->count = 0;
    transaction_each(txn, quarantine->table, everything, everything, note, quarantine);
    return transaction_check(txn, err);
}

struct quarantine *quarantine_open(struct database *database, struct error *err)
{
    struct quarantine *quarantine = memory_zeroed(1, sizeof *quarantine);
    quarantine->database = database;
    quarantine->table = database_table(database, QUARANTINE_TABLE);
    if (!load(quarantine, err))
        quarantine_close(&quarantine);
    return quarantine;
}

void quarantine_close(struct quarantine **quarantine)
{
    if (*quarantine)
        memory_free(&(*quarantine)->items);
    memory_free(quarantine);
}

static const struct quarantined *find(const struct quarantine *quarantine,
                                      const struct digest *hash)
{
    for (size_t i = 0; i < quarantine->count; i++)
        if (digest_equal(&quarantine->items[i].hash, hash))
            return &quarantine->items[i];
    return NULL;
}

bool quarantine_holds(const struct quarantine *quarantine, const struct digest *hash)
{
    return find(quarantine, hash) != NULL;
}

size_t quarantine_count(const struct quarantine *quarantine)
{
    return quarantine->count;
}

const struct quarantined *quarantine_at(const struct quarantine *quarantine, size_t number)
{
    return &quarantine->items[number];
}

bool quarantine_add(struct quarantine *quarantine, const struct digest *hash, int64_t utc_ms,
                    const struct sealed_statement *sealed, struct error *err)
{
    const struct quarantined *there = find(quarantine, hash);
    CLEANUP(text_builder_free) struct text_builder value = { 0 };
    unsigned char time[TIME_SIZE];
    if (there && (there->size > 0 || !sealed))
        return true;
    bytes_put_u64(time, (unsigned long long)utc_ms);
    text_builder_add_bytes(&value, BYTES_OF(time));
    if (sealed) {
        text_builder_add_bytes(&value, BYTES_OF(sealed->signature));
        text_builder_add_bytes(&value, sealed->statement);
    }
    struct transaction *txn = transaction_write(quarantine->database);
    transaction_put(txn, quarantine->table, BYTES_OF(hash->bytes),
                    (struct bytes){ value.text, value.size });
    return transaction_commit(&txn, err) && load(quarantine, err);
}

bool quarantine_release(struct quarantine *quarantine, const struct digest *hash, struct error *err)
{
    struct transaction *txn = transaction_write(quarantine->database);
    transaction_delete(txn, quarantine->table, BYTES_OF(hash->bytes));
    return transaction_commit(&txn, err) && load(quarantine, err);
}
