#include "agent/lost_receipts.h"

#include <assert.h>

#include "agent/agent.h"
#include "agent/history.h"
#include "agent/receipts.h"
#include "agent/settings.h"
#include "agent/statements.h"
#include "common/base/arena.h"
#include "common/base/memory.h"
#include "common/storage/transaction.h"
#include "common/wire/entry.h"
#include "common/wire/message.h"
#include "common/wire/proof.h"
#include "common/wire/receipt.h"

#define KEY_SIZE_HERE 12

static struct key key_of(uint32_t generation, uint64_t sequence)
{
    struct key key = { .size = 0 };
    key_add_u32(&key, generation);
    key_add_u64(&key, sequence);
    return key;
}

/* The return goes back to where it stood before the receipt came. */
static bool unsettle(struct agent *agent, struct transaction *txn, uint64_t sequence,
                     struct arena *arena, struct error *err)
{
    struct statement statement;
    if (!statements_read(&agent->store, txn, sequence, arena, &statement, err))
        return false;
    if (statement.kind != STATEMENT_RETURN)
        return true;
    struct version version = history_version_of(&statement);
    history_put(&agent->store, txn, &version);
    return true;
}

/* In which generation the receipt was issued; it was verified when it came. */
static bool generation_of(const struct agent *agent, const struct receipt *receipt,
                          struct arena *arena, uint32_t *out, struct error *err)
{
    struct checkpoint checkpoint;
    if (!checkpoint_verify(receipt->checkpoint, agent->province.origin,
                           agent->province.keys.signing, arena, &checkpoint, err))
        return false;
    *out = checkpoint.generation;
    return true;
}

/* Positions rise with the sequence, so what was lost is the end of the receipts. */
bool lost_receipts_set_aside(struct agent *agent, struct transaction *txn,
                             const struct generation_opening *opening, struct arena *arena,
                             uint64_t *out_count, struct error *err)
{
    const struct store *store = &agent->store;
    *out_count = 0;
    for (uint64_t sequence = receipts_last(store, txn); sequence > 0; sequence--) {
        struct receipt receipt;
        struct bytes text;
        uint32_t generation;
        if (!receipts_get(store, txn, sequence, arena, &receipt, err) ||
            !generation_of(agent, &receipt, arena, &generation, err))
            return false;
        if (generation >= opening->number || receipt.position < opening->lost[generation - 1].kept)
            break;
        struct key lost = key_of(generation, sequence);
        if (!receipts_text(store, txn, sequence, &text))
            return transaction_check(txn, err);
        transaction_put(txn, store->lost_receipts, key_bytes(&lost), arena_copy_bytes(arena, text));
        receipts_drop_last(store, txn, sequence);
        if (!unsettle(agent, txn, sequence, arena, err))
            return false;
        ++*out_count;
    }
    return transaction_check(txn, err);
}

struct gathering {
    struct arena *arena;
    struct lost_receipt *items;
    size_t count, capacity, count_max;
    struct bytes after; /* keys up to this one are passed */
};

static bool gather(struct bytes key, struct bytes value, void *owner)
{
    struct gathering *all = owner;
    const unsigned char *bytes = key.data;
    assert(key.size == KEY_SIZE_HERE);
    if (bytes_equal(key, all->after))
        return true;
    all->items = memory_grown(all->items, &all->capacity, all->count + 1, sizeof *all->items);
    all->items[all->count++] =
        (struct lost_receipt){ bytes_get_u32(bytes), bytes_get_u64(bytes + 4),
                               arena_copy_bytes(all->arena, value) };
    return all->count < all->count_max;
}

static const struct lost_receipt *list(const struct store *store, struct transaction *txn,
                                       struct bytes after, size_t count_max, struct arena *arena,
                                       size_t *out_count)
{
    struct gathering all = { .arena = arena, .count_max = count_max, .after = after };
    transaction_each(txn, store->lost_receipts, (struct bytes){ NULL, 0 }, after, gather, &all);
    struct bytes found = { all.items, all.count * sizeof *all.items };
    const struct lost_receipt *items = arena_copy_bytes(arena, found).data;
    *out_count = all.count;
    memory_free(&all.items);
    return items;
}

const struct lost_receipt *lost_receipts_list(const struct store *store, struct transaction *txn,
                                              struct arena *arena, size_t *out_count)
{
    return list(store, txn, (struct bytes){ NULL, 0 }, SIZE_MAX, arena, out_count);
}

/* Key of the last one that the province knows. */
static struct bytes told(const struct agent *agent, struct transaction *txn, struct arena *arena)
{
    struct bytes key;
    if (!settings_get(&agent->store, txn, SETTING_LOST_TOLD, &key))
        return (struct bytes){ NULL, 0 };
    return arena_copy_bytes(arena, key);
}

bool lost_receipts_tell(const struct agent *agent, struct transaction *txn, struct arena *arena,
                        struct hello *out, struct error *err)
{
    size_t count;
    uint64_t *positions = arena_take(arena, MESSAGE_LOST_MAX, sizeof *positions);
    struct digest *hashes = arena_take(arena, MESSAGE_LOST_MAX, sizeof *hashes);
    const struct lost_receipt *lost =
        list(&agent->store, txn, told(agent, txn, arena), MESSAGE_LOST_MAX, arena, &count);
    for (size_t i = 0; i < count; i++) {
        struct receipt receipt;
        if (lost[i].generation != lost[0].generation || lost[i].sequence != lost[0].sequence + i)
            break;
        if (!receipt_read(lost[i].text, arena, &receipt, err))
            return false;
        hashes[out->lost_count] = receipt.arrival.statement_hash;
        positions[out->lost_count++] = receipt.position;
    }
    if (out->lost_count > 0) {
        out->lost_generation = lost[0].generation;
        out->lost_first = lost[0].sequence;
        out->lost_positions = positions;
        out->lost_hashes = hashes;
    }
    return transaction_check(txn, err);
}

void lost_receipts_told(struct agent *agent, struct transaction *txn, uint32_t generation,
                        uint64_t sequence)
{
    struct key key = key_of(generation, sequence);
    settings_put(&agent->store, txn, SETTING_LOST_TOLD, key_bytes(&key));
}
