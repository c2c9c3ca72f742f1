#include "agent/shelf.h"

#include "agent/catalogues.h"
#include "common/base/error.h"
#include "common/base/memory.h"
#include "common/base/messages.h"
#include "common/catalogue/catalogue.h"
#include "common/storage/transaction.h"

struct shelf {
    const struct catalogue *shipped;
    struct catalogue **items;
    size_t count, capacity;
};

struct shelf *shelf_create(const struct catalogue *shipped)
{
    struct shelf *shelf = memory_zeroed(1, sizeof *shelf);
    shelf->shipped = shipped;
    return shelf;
}

void shelf_destroy(struct shelf **shelf)
{
    if (*shelf) {
        for (size_t i = 0; i < (*shelf)->count; i++)
            catalogue_destroy(&(*shelf)->items[i]);
        memory_free(&(*shelf)->items);
    }
    memory_free(shelf);
}

const struct catalogue *shelf_add(struct shelf *shelf, struct catalogue **catalogue)
{
    shelf->items =
        memory_grown(shelf->items, &shelf->capacity, shelf->count + 1, sizeof *shelf->items);
    const struct catalogue *added = *catalogue;
    shelf->items[shelf->count++] = *catalogue;
    *catalogue = NULL;
    return added;
}

const struct catalogue *shelf_find(struct shelf *shelf, const struct store *store,
                                   struct transaction *txn, const struct digest *digest,
                                   struct error *err)
{
    struct bytes packed;
    if (digest_equal(&shelf->shipped->digest, digest))
        return shelf->shipped;
    for (size_t i = 0; i < shelf->count; i++)
        if (digest_equal(&shelf->items[i]->digest, digest))
            return shelf->items[i];

    char text[DIGEST_TEXT_SIZE];
    if (!catalogues_packed(store, txn, digest, &packed)) {
        if (transaction_check(txn, err))
            error_set(err, ERROR_UNAVAILABLE, MESSAGE_CATALOGUES_NONE, digest_text(digest, text));
        return NULL;
    }
    struct catalogue *catalogue = catalogues_compile(packed, err);
    if (!catalogue) {
        err->kind = ERROR_CORRUPT;
        return NULL;
    }
    return shelf_add(shelf, &catalogue);
}
