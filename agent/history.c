#include "agent/history.h"

#include <assert.h>
#include <string.h>

#include "agent/receipts.h"
#include "agent/recovered.h"
#include "agent/statements.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/memory.h"
#include "common/base/messages.h"
#include "common/base/seeded_bug.h"
#include "common/storage/transaction.h"
#include "common/wire/receipt.h"
#include "common/wire/statement.h"

#define VALUE_SIZE 21
#define RECOVERED_SIZE (VALUE_SIZE + 16 + 4) /* and its stream */
#define RETURN_ID_SIZE 12

static struct key key_of(struct return_id id, uint32_t number)
{
    struct key key = return_id_key(id);
    key_add_u32(&key, number);
    return key;
}

struct version history_version_of(const struct statement *statement)
{
    assert(statement->kind == STATEMENT_RETURN);

    const struct submission *submission = &statement->submission;
    return (struct version){ .id = { submission->form, submission->period },
                             .number = submission->version,
                             .base = submission->base_version,
                             .sequence = statement->sequence,
                             .sealed_utc_ms = statement->agent_utc_ms,
                             .stage = STAGE_SEALED };
}

void history_put(const struct store *store, struct transaction *txn, const struct version *version)
{
    assert(version->number > 0 && version->sequence > 0 && version->stage >= STAGE_SEALED);
    struct key key = key_of(version->id, version->number);
    unsigned char value[RECOVERED_SIZE];
    bytes_put_u64(value, version->sequence);
    bytes_put_u64(value + 8, (uint64_t)version->sealed_utc_ms);
    bytes_put_u32(value + 16, version->base);
    value[20] = (unsigned char)version->stage;
    memcpy(value + VALUE_SIZE, version->device.bytes, sizeof version->device.bytes);
    bytes_put_u32(value + RECOVERED_SIZE - 4, version->epoch);
    struct bytes stored = { value, version->recovered ? RECOVERED_SIZE : VALUE_SIZE };
    transaction_put(txn, store->versions, key_bytes(&key), stored);
}

void history_delete(const struct store *store, struct transaction *txn,
                    const struct version *version)
{
    struct key key = key_of(version->id, version->number);
    transaction_delete(txn, store->versions, key_bytes(&key));
}

static struct version version_of(struct bytes key, struct bytes value)
{
    assert(key.size == RETURN_ID_SIZE + 4 &&
           (value.size == VALUE_SIZE || value.size == RECOVERED_SIZE));
    const unsigned char *data = value.data;
    struct version version = {
        .id = return_id_of_key(key),
        .number = bytes_get_u32((const unsigned char *)key.data + RETURN_ID_SIZE),
        .sequence = bytes_get_u64(data),
        .sealed_utc_ms = (int64_t)bytes_get_u64(data + 8),
        .base = bytes_get_u32(data + 16),
        .stage = (enum stage)data[20],
    };
    version.recovered = value.size == RECOVERED_SIZE;
    if (version.recovered) {
        memcpy(version.device.bytes, data + VALUE_SIZE, sizeof version.device.bytes);
        version.epoch = bytes_get_u32(data + RECOVERED_SIZE - 4);
    }
    assert(version.stage < STAGE_COUNT);
    return version;
}

struct gathering {
    struct version *items;
    size_t count, capacity;
};

static bool gather(struct bytes key, struct bytes value, void *owner)
{
    struct gathering *all = owner;
    all->items = memory_grown(all->items, &all->capacity, all->count + 1, sizeof *all->items);
    all->items[all->count++] = version_of(key, value);
    return true;
}

struct versions history_list(const struct store *store, struct transaction *txn,
                             const struct return_id *id, struct arena *arena)
{
    struct gathering all = { 0 };
    struct key key = { .size = 0 };
    if (id)
        key = return_id_key(*id);
    transaction_each(txn, store->versions, key_bytes(&key), (struct bytes){ NULL, 0 }, gather,
                     &all);
    struct bytes found = { all.items, all.count * sizeof *all.items };
    struct versions versions = { arena_copy_bytes(arena, found).data, all.count };
    memory_free(&all.items);
    return versions;
}

static struct recovered_at place_of(const struct version *version)
{
    return (struct recovered_at){ version->device, version->epoch, version->sequence };
}

bool history_sealed(const struct store *store, struct transaction *txn,
                    const struct version *version, struct sealed_statement *out, struct error *err)
{
    struct recovered_at place = place_of(version);
    return version->recovered ? recovered_get(store, txn, &place, out, err)
                              : statements_get(store, txn, version->sequence, out, err);
}

bool history_statement(const struct store *store, struct transaction *txn,
                       const struct version *version, struct arena *arena, struct statement *out,
                       struct error *err)
{
    struct sealed_statement sealed;
    if (!version->recovered)
        return statements_read(store, txn, version->sequence, arena, out, err);
    if (!history_sealed(store, txn, version, &sealed, err))
        return false;
    if (statement_decode(arena_copy_bytes(arena, sealed.statement), arena, out, err))
        return true;
    err->kind = ERROR_CORRUPT;
    return false;
}

bool history_receipt(const struct store *store, struct transaction *txn,
                     const struct version *version, struct arena *arena, struct receipt *out,
                     bool *out_found, struct error *err)
{
    struct recovered_at place = place_of(version);
    struct bytes text;
    *out_found = version->recovered ? recovered_receipt(store, txn, &place, &text)
                                    : receipts_text(store, txn, version->sequence, &text);
    if (!*out_found)
        return transaction_check(txn, err);
    if (receipt_read(arena_copy_bytes(arena, text), arena, out, err))
        return true;
    err->kind = ERROR_CORRUPT;
    return error_wrap(err, MESSAGE_RECEIPT_DAMAGED, version->sequence);
}

bool history_find(const struct store *store, struct transaction *txn, struct return_id id,
                  uint32_t number, struct version *out)
{
    struct key key = key_of(id, number);
    struct bytes value;
    if (!transaction_get(txn, store->versions, key_bytes(&key), &value))
        return false;
    *out = version_of(key_bytes(&key), value);
    return true;
}

static bool keep_last(struct bytes key, struct bytes value, void *owner)
{
    *(struct version *)owner = version_of(key, value);
    return true;
}

bool history_newest(const struct store *store, struct transaction *txn, struct return_id id,
                    struct version *out)
{
    struct key key = return_id_key(id);
    *out = (struct version){ 0 };
    transaction_each(txn, store->versions, key_bytes(&key), (struct bytes){ NULL, 0 }, keep_last,
                     out);
    return out->number > 0;
}

/* Nothing takes its place. */
static size_t drop_withdrawn(struct version *items, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (items[i].stage != STAGE_WITHDRAWN || seeded_bug(BUG_RELY_ON_WHAT_WAS_WITHDRAWN))
            items[kept++] = items[i];
    return kept;
}

struct versions history_in_force(const struct store *store, struct transaction *txn,
                                 struct arena *arena)
{
    struct versions all = history_list(store, txn, NULL, arena);
    struct version *kept = arena_take(arena, all.count, sizeof *kept);
    size_t count = 0;
    for (size_t i = 0; i < all.count; i++) {
        if (all.items[i].stage == STAGE_REJECTED || all.items[i].stage == STAGE_OVERRULED)
            continue;
        bool newer = count > 0 && return_id_equal(kept[count - 1].id, all.items[i].id);
        kept[newer ? count - 1 : count++] = all.items[i];
    }
    count = drop_withdrawn(kept, count);
    return (struct versions){ kept, count };
}

static bool follow(struct bytes key, struct bytes value, void *owner)
{
    struct succession *succession = owner;
    struct version version = version_of(key, value);
    succession->last = version.number;
    /* One that was sent back counts until it is corrected. */
    if (version.stage == STAGE_ACCEPTED || version.stage == STAGE_LOCKED ||
        version.stage == STAGE_SENT_BACK)
        succession->base = version.number;
    if (version.stage == STAGE_WITHDRAWN)
        succession->base = 0;
    return true;
}

struct succession history_succession(const struct store *store, struct transaction *txn,
                                     struct return_id id)
{
    struct key key = return_id_key(id);
    struct succession succession = { 0 };
    transaction_each(txn, store->versions, key_bytes(&key), (struct bytes){ NULL, 0 }, follow,
                     &succession);
    succession.next = succession.last + 1;
    return succession;
}
