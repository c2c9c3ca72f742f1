#include "agent/evidence.h"

#include <string.h>

#include "agent/agent.h"
#include "agent/settings.h"
#include "common/base/arena.h"
#include "common/base/memory.h"
#include "common/base/text.h"
#include "common/storage/transaction.h"
#include "common/wire/message.h"

/*
 *     key    u64 number
 *     value  i64 utc_ms | u8 kind | u32 size of the text that was seen | it | the one that was
 * shown
 */
#define HEAD_SIZE 13

static bool read_one(struct bytes key, struct bytes value, struct arena *arena,
                     struct evidence *out)
{
    const unsigned char *bytes = value.data;
    if (key.size != 8 || value.size < HEAD_SIZE ||
        bytes_get_u32(bytes + 9) > value.size - HEAD_SIZE)
        return false;
    size_t seen = bytes_get_u32(bytes + 9);
    struct bytes texts = { bytes + HEAD_SIZE, value.size - HEAD_SIZE };
    texts = arena_copy_bytes(arena, texts);
    *out = (struct evidence){ .number = bytes_get_u64(key.data),
                              .utc_ms = (int64_t)bytes_get_u64(bytes),
                              .kind = (enum evidence_kind)bytes[8],
                              .seen = { texts.data, seen },
                              .shown = { (const char *)texts.data + seen, texts.size - seen } };
    return true;
}

struct gathering {
    struct arena *arena;
    struct evidence *items;
    size_t count, capacity;
};

static bool gather(struct bytes key, struct bytes value, void *owner)
{
    struct gathering *all = owner;
    all->items = memory_grown(all->items, &all->capacity, all->count + 1, sizeof *all->items);
    all->count += read_one(key, value, all->arena, &all->items[all->count]);
    return true;
}

const struct evidence *evidence_list(const struct store *store, struct transaction *txn,
                                     struct arena *arena, size_t *out_count)
{
    struct gathering all = { .arena = arena };
    struct bytes everything = { NULL, 0 };
    transaction_each(txn, store->evidence, everything, everything, gather, &all);
    struct bytes found = { all.items, all.count * sizeof *all.items };
    const struct evidence *items = arena_copy_bytes(arena, found).data;
    *out_count = all.count;
    memory_free(&all.items);
    return items;
}

void evidence_keep(const struct agent *agent, struct transaction *txn, enum evidence_kind kind,
                   struct bytes seen, struct bytes shown)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    CLEANUP(text_builder_free) struct text_builder value = { 0 };
    size_t count;
    const struct evidence *all = evidence_list(&agent->store, txn, arena, &count);
    for (size_t i = 0; i < count; i++)
        if (bytes_equal(all[i].seen, seen) && bytes_equal(all[i].shown, shown))
            return;
    unsigned char head[HEAD_SIZE];
    bytes_put_u64(head, (uint64_t)agent_utc_ms(agent));
    head[8] = (unsigned char)kind;
    bytes_put_u32(head + 9, (uint32_t)seen.size);
    text_builder_add_bytes(&value, BYTES_OF(head));
    text_builder_add_bytes(&value, seen);
    text_builder_add_bytes(&value, shown);
    struct key key = { .size = 0 };
    key_add_u64(&key, count > 0 ? all[count - 1].number + 1 : 1);
    transaction_append(txn, agent->store.evidence, key_bytes(&key),
                       (struct bytes){ value.text, value.size });
}

bool evidence_keep_broken(const struct agent *agent, const struct welcome *welcome,
                          struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_write(agent->store.database);
    struct bytes seen;
    if (!settings_get(&agent->store, txn, SETTING_CHECKPOINT, &seen))
        seen = (struct bytes){ "", 0 };
    evidence_keep(agent, txn, EVIDENCE_BROKEN, arena_copy_bytes(arena, seen), welcome->checkpoint);
    return transaction_commit(&txn, err);
}
