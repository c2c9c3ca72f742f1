#include "agent/catalogues.h"

#include <assert.h>
#include <string.h>

#include "agent/settings.h"
#include "agent/store.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/memory.h"
#include "common/base/messages.h"
#include "common/base/seeded_bug.h"
#include "common/catalogue/catalogue.h"
#include "common/storage/transaction.h"

#define MARK_SIZE (4 + DIGEST_SIZE)

static struct catalogue *compile(struct sources sources, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct diagnostics *diagnostics = arena_take(arena, 1, sizeof *diagnostics);
    diagnostics->arena = arena;
    struct catalogue *catalogue = catalogue_compile(sources, diagnostics);
    if (!catalogue) {
        const struct diagnostic *first = &diagnostics->items[0];
        error_set(err, ERROR_REFUSED, MESSAGE_CATALOGUES_BROKEN, first->file, first->place.line,
                  first->text);
    }
    return catalogue;
}

struct catalogue *catalogues_shipped(struct error *err)
{
    struct catalogue *catalogue = compile(sources_shipped(), err);
    if (!catalogue)
        err->kind = ERROR_CORRUPT;
    return catalogue;
}

struct catalogue *catalogues_compile(struct bytes packed, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct sources sources;
    return sources_unpack(packed, arena, &sources, err) ? compile(sources, err) : NULL;
}

bool catalogues_marked(const struct store *store, struct transaction *txn,
                       struct catalogues_mark *out)
{
    struct bytes value;
    *out = (struct catalogues_mark){ 0 };
    if (!settings_get(store, txn, SETTING_CATALOGUE, &value))
        return false;
    assert(value.size == MARK_SIZE);
    const unsigned char *data = value.data;
    out->version = bytes_get_u32(data);
    memcpy(out->digest.bytes, data + 4, DIGEST_SIZE);
    return true;
}

void catalogues_put_mark(const struct store *store, struct transaction *txn,
                         const struct catalogue *catalogue)
{
    struct catalogues_mark before;
    unsigned char value[MARK_SIZE];
    assert(!catalogues_marked(store, txn, &before) || catalogue->version > before.version ||
           seeded_bug(BUG_TAKE_AN_OLDER_CATALOGUE));
    bytes_put_u32(value, catalogue->version);
    memcpy(value + 4, catalogue->digest.bytes, DIGEST_SIZE);
    settings_put(store, txn, SETTING_CATALOGUE, BYTES_OF(value));
}

bool catalogues_packed(const struct store *store, struct transaction *txn,
                       const struct digest *digest, struct bytes *out)
{
    return transaction_get(txn, store->catalogues, BYTES_OF(*digest), out);
}

struct gathering {
    struct digest *items;
    size_t count, capacity;
};

static bool gather(struct bytes key, struct bytes value, void *owner)
{
    struct gathering *all = owner;
    (void)value;
    assert(key.size == DIGEST_SIZE);
    all->items = memory_grown(all->items, &all->capacity, all->count + 1, sizeof *all->items);
    memcpy(&all->items[all->count++], key.data, DIGEST_SIZE);
    return true;
}

const struct digest *catalogues_list(const struct store *store, struct transaction *txn,
                                     struct arena *arena, size_t *out_count)
{
    struct gathering all = { 0 };
    struct bytes everything = { NULL, 0 };
    transaction_each(txn, store->catalogues, everything, everything, gather, &all);
    struct bytes found = { all.items, all.count * sizeof *all.items };
    const struct digest *digests = arena_copy_bytes(arena, found).data;
    memory_free(&all.items);
    *out_count = all.count;
    return digests;
}

bool catalogues_has(const struct store *store, struct transaction *txn, const struct digest *digest)
{
    struct bytes packed;
    return transaction_get(txn, store->catalogues, BYTES_OF(*digest), &packed);
}

void catalogues_keep_packed(const struct store *store, struct transaction *txn, struct bytes packed)
{
    struct digest digest = digest_sha256((struct bytes){ NULL, 0 }, packed);
    if (!catalogues_has(store, txn, &digest))
        transaction_put(txn, store->catalogues, BYTES_OF(digest), packed);
}

void catalogues_keep(const struct store *store, struct transaction *txn,
                     const struct catalogue *catalogue, struct arena *arena)
{
    if (!catalogues_has(store, txn, &catalogue->digest))
        transaction_put(txn, store->catalogues, BYTES_OF(catalogue->digest),
                        sources_pack(catalogue->sources, arena));
}

struct comparison {
    uint64_t count;
    bool differs;
};

static bool compare(struct bytes key, struct bytes value, void *owner)
{
    struct comparison *comparison = owner;
    struct digest digest = digest_sha256((struct bytes){ "", 0 }, value);
    comparison->count++;
    comparison->differs |= key.size != DIGEST_SIZE || memcmp(key.data, &digest, DIGEST_SIZE) != 0;
    return true;
}

bool catalogues_verify(const struct store *store, struct transaction *txn, uint64_t *out_count,
                       struct error *err)
{
    struct comparison comparison = { 0 };
    struct bytes all = { NULL, 0 };
    transaction_each(txn, store->catalogues, all, all, compare, &comparison);
    *out_count = comparison.count;
    if (!transaction_check(txn, err))
        return false;
    return !comparison.differs || error_set(err, ERROR_CORRUPT, MESSAGE_CATALOGUES_DIFFER);
}
