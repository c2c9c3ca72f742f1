#include "agent/parts.h"

#include <assert.h>
#include <string.h>

#include "agent/settings.h"
#include "agent/store.h"
#include "common/base/arena.h"
#include "common/storage/transaction.h"
#include "common/wire/message.h"

/* The question without its offset and size, then what the first part said. */
#define QUESTION_SIZE (1 + DIGEST_SIZE + 8 + 8)
#define HEAD_SIZE (QUESTION_SIZE + DIGEST_SIZE + 8 + 8)

static void write_question(const struct message *question, unsigned char out[QUESTION_SIZE])
{
    out[0] = (unsigned char)question->kind;
    memcpy(out + 1, question->ask.catalogue.bytes, DIGEST_SIZE);
    bytes_put_u64(out + 1 + DIGEST_SIZE, question->ask.from);
    bytes_put_u64(out + 1 + DIGEST_SIZE + 8, question->ask.known);
}

static struct key key_of(uint64_t offset)
{
    struct key key = { .size = 0 };
    key_add_u64(&key, offset);
    return key;
}

static uint64_t held(const struct store *store, struct transaction *txn)
{
    struct bytes key, value;
    if (!transaction_last(txn, store->parts, &key, &value))
        return 0;
    assert(key.size == 8);
    return bytes_get_u64(key.data) + value.size;
}

bool parts_find(const struct store *store, struct transaction *txn, const struct message *question,
                struct parts_state *out)
{
    struct bytes value;
    unsigned char asked[QUESTION_SIZE];
    write_question(question, asked);
    *out = (struct parts_state){ 0 };
    if (!settings_get(store, txn, SETTING_PARTS, &value) || value.size != HEAD_SIZE ||
        memcmp(value.data, asked, QUESTION_SIZE) != 0)
        return false;
    const unsigned char *data = (const unsigned char *)value.data + QUESTION_SIZE;
    memcpy(out->hash.bytes, data, DIGEST_SIZE);
    out->total = bytes_get_u64(data + DIGEST_SIZE);
    out->size = bytes_get_u64(data + DIGEST_SIZE + 8);
    out->held = held(store, txn);
    return out->held > 0;
}

void parts_add(const struct store *store, struct transaction *txn, const struct message *question,
               const struct message *part)
{
    const struct chunk *chunk = &part->chunk;
    struct key key = key_of(chunk->offset);
    if (chunk->offset == 0) {
        unsigned char head[HEAD_SIZE];
        parts_clear(store, txn);
        write_question(question, head);
        memcpy(head + QUESTION_SIZE, chunk->hash.bytes, DIGEST_SIZE);
        bytes_put_u64(head + QUESTION_SIZE + DIGEST_SIZE, chunk->total_size);
        bytes_put_u64(head + QUESTION_SIZE + DIGEST_SIZE + 8, part->ask.size);
        settings_put(store, txn, SETTING_PARTS, BYTES_OF(head));
    }
    assert(chunk->offset == held(store, txn));
    transaction_put(txn, store->parts, key_bytes(&key), chunk->part);
}

struct joining {
    unsigned char *whole;
    size_t size, room;
};

static bool join(struct bytes key, struct bytes value, void *owner)
{
    struct joining *joining = owner;
    (void)key;
    if (value.size > joining->room - joining->size)
        return false;
    memcpy(joining->whole + joining->size, value.data, value.size);
    joining->size += value.size;
    return true;
}

struct bytes parts_join(const struct store *store, struct transaction *txn, uint64_t size,
                        struct arena *arena)
{
    struct joining joining = { arena_take(arena, (size_t)size, 1), 0, (size_t)size };
    struct bytes all = { NULL, 0 };
    transaction_each(txn, store->parts, all, all, join, &joining);
    return (struct bytes){ joining.whole, joining.size };
}

void parts_clear(const struct store *store, struct transaction *txn)
{
    struct bytes key, value;
    while (transaction_last(txn, store->parts, &key, &value)) {
        struct key last = key_of(bytes_get_u64(key.data));
        transaction_delete(txn, store->parts, key_bytes(&last));
    }
}
