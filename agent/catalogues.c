#include "agent/catalogues.h"

#include <string.h>

#include "agent/store.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/catalogue/catalogue.h"
#include "common/storage/transaction.h"

struct catalogue *catalogues_in_force(struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct diagnostics *diagnostics = arena_take(arena, 1, sizeof *diagnostics);
    diagnostics->arena = arena;
    struct catalogue *catalogue = catalogue_compile(sources_shipped(), diagnostics);
    if (!catalogue) {
        const struct diagnostic *first = &diagnostics->items[0];
        error_set(err, ERROR_CORRUPT, MESSAGE_CATALOGUES_BROKEN, first->file, first->place.line,
                  first->text);
    }
    return catalogue;
}

bool catalogues_has(const struct store *store, struct transaction *txn, const struct digest *digest)
{
    struct bytes packed;
    return transaction_get(txn, store->catalogues, BYTES_OF(*digest), &packed);
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
