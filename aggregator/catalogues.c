#include "aggregator/catalogues.h"

#include <assert.h>

#include "aggregator/adoption.h"
#include "aggregator/projection.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/memory.h"
#include "common/base/messages.h"
#include "common/catalogue/catalogue.h"
#include "common/storage/transaction.h"

struct catalogues {
    struct journal *journal;
    struct adopted *items;
    size_t count;
    size_t capacity;
    uint64_t until; /* first position whose adoptions and closures are not known yet */
    bool unsettled; /* a projection needs more than the entry in hand */
};

static struct adopted *find(const struct catalogues *catalogues, const struct digest *digest)
{
    for (size_t i = catalogues->count; i > 0; i--)
        if (digest_equal(&catalogues->items[i - 1].digest, digest))
            return &catalogues->items[i - 1];
    return NULL;
}

static void note_adoption(struct catalogues *catalogues, const struct journal_record *record)
{
    struct digest digest = digest_sha256((struct bytes){ 0 }, record->entry.catalogue);
    catalogues->items = memory_grown(catalogues->items, &catalogues->capacity,
                                     catalogues->count + 1, sizeof *catalogues->items);
    catalogues->items[catalogues->count++] = (struct adopted){ .digest = digest,
                                                               .position = record->position,
                                                               .utc_ms = record->entry.utc_ms };
}

static void note_closure(struct catalogues *catalogues, const struct entry *entry)
{
    struct adopted *adopted = find(catalogues, &entry->catalogue_closure);
    if (!adopted || adopted->closed)
        return;
    adopted->closed = true;
    adopted->closed_utc_ms = entry->utc_ms;
}

/* Each entry once, whether it is read ahead or followed. */
static void note(struct catalogues *catalogues, const struct journal_record *record)
{
    if (record->position < catalogues->until)
        return;
    catalogues->until = record->position + 1;
    if (record->entry.kind == ENTRY_CATALOGUE)
        note_adoption(catalogues, record);
    else if (record->entry.kind == ENTRY_CATALOGUE_CLOSURE)
        note_closure(catalogues, &record->entry);
    else
        return;
    catalogues->unsettled = true;
}

static bool note_decision(const struct journal_record *record, void *owner)
{
    note(owner, record);
    return true;
}

static bool compile(struct catalogues *catalogues, struct transaction *txn, struct adopted *adopted,
                    struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct journal_record record;
    if (!journal_read(catalogues->journal, txn, adopted->position, arena, &record, err))
        return false;
    assert(record.entry.kind == ENTRY_CATALOGUE);
    adopted->catalogue = adoption_read(record.entry.catalogue, err);
    return adopted->catalogue != NULL;
}

static bool compile_all(struct catalogues *catalogues, struct transaction *txn, struct error *err)
{
    for (size_t i = 0; i < catalogues->count; i++)
        if (!catalogues->items[i].catalogue &&
            !compile(catalogues, txn, &catalogues->items[i], err))
            return false;
    return true;
}

static bool load(struct catalogues *catalogues, struct database *database, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    CLEANUP(transaction_abort) struct transaction *txn = transaction_read(database);
    if (!journal_each_decision(catalogues->journal, txn, arena, note_decision, catalogues, err) ||
        !compile_all(catalogues, txn, err))
        return false;
    for (size_t i = 0; i < catalogues->count; i++)
        if (!catalogues->items[i].closed)
            catalogues->items[i].projection =
                projection_create(catalogues->items[i].catalogue, catalogues);
    catalogues->unsettled = false;
    return catalogues->count > 0 || error_set(err, ERROR_UNAVAILABLE, MESSAGE_ADOPTION_NONE);
}

struct catalogues *catalogues_open(struct database *database, struct error *err)
{
    struct catalogues *catalogues = memory_zeroed(1, sizeof *catalogues);
    catalogues->journal = journal_open(database);
    if (!load(catalogues, database, err))
        catalogues_close(&catalogues);
    return catalogues;
}

static void let_go(struct adopted *adopted)
{
    if (adopted->projection)
        projection_destroy(&adopted->projection);
}

void catalogues_close(struct catalogues **catalogues)
{
    if (*catalogues) {
        for (size_t i = 0; i < (*catalogues)->count; i++) {
            let_go(&(*catalogues)->items[i]);
            if ((*catalogues)->items[i].catalogue)
                catalogue_destroy(&(*catalogues)->items[i].catalogue);
        }
        memory_free(&(*catalogues)->items);
        journal_close(&(*catalogues)->journal);
    }
    memory_free(catalogues);
}

void catalogues_follow(struct catalogues *catalogues, const struct journal_record *record)
{
    note(catalogues, record);
    catalogues->unsettled |= record->entry.kind == ENTRY_DECISION;
    for (size_t i = 0; i < catalogues->count; i++)
        if (catalogues->items[i].projection)
            projection_follow(record, catalogues->items[i].projection);
}

static bool replay_one(const struct journal_record *record, void *owner)
{
    projection_follow(record, owner);
    return true;
}

/* All of the journal, so that the new one knows what the others know. */
static bool replay(struct catalogues *catalogues, struct transaction *txn, struct adopted *adopted,
                   struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    adopted->projection = projection_create(adopted->catalogue, catalogues);
    return journal_each(catalogues->journal, txn, 0, arena, replay_one, adopted->projection, err);
}

bool catalogues_settle(struct catalogues *catalogues, struct transaction *txn, uint64_t size,
                       struct error *err)
{
    if (!catalogues->unsettled)
        return true;
    assert(journal_size(catalogues->journal, txn) == size);
    if (!compile_all(catalogues, txn, err))
        return false;
    for (size_t i = 0; i < catalogues->count; i++) {
        struct adopted *adopted = &catalogues->items[i];
        if (adopted->closed)
            let_go(adopted);
        else if (!adopted->projection && !replay(catalogues, txn, adopted, err))
            return false;
        if (adopted->projection &&
            !projection_settle(adopted->projection, catalogues->journal, txn, err))
            return false;
    }
    catalogues->unsettled = false;
    return true;
}

const struct adopted *catalogues_find(const struct catalogues *catalogues,
                                      const struct digest *digest)
{
    const struct adopted *adopted = find(catalogues, digest);
    return adopted && adopted->catalogue ? adopted : NULL;
}

const struct adopted *catalogues_in_force(const struct catalogues *catalogues)
{
    const struct adopted *newest = NULL;
    for (size_t i = 0; i < catalogues->count; i++)
        if (catalogues->items[i].projection)
            newest = &catalogues->items[i];
    assert(newest);
    return newest;
}

size_t catalogues_count(const struct catalogues *catalogues)
{
    return catalogues->count;
}

const struct adopted *catalogues_at(const struct catalogues *catalogues, size_t number)
{
    assert(number < catalogues->count);
    return &catalogues->items[number];
}
