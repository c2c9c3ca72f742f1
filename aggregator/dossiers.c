#include "aggregator/dossiers.h"

#include <string.h>

#include "aggregator/journal.h"
#include "aggregator/lookup.h"
#include "common/base/memory.h"

struct dossier {
    uint64_t *positions; /* ascending */
    size_t count;
    size_t capacity;
    uint64_t statements_end;
};

struct dossiers {
    struct lookup *numbers;
    struct dossier *items;
    size_t count;
    size_t capacity;
    struct dossier everyones;
};

struct dossiers *dossiers_create(void)
{
    struct dossiers *dossiers = memory_zeroed(1, sizeof *dossiers);
    dossiers->numbers = lookup_create();
    return dossiers;
}

void dossiers_destroy(struct dossiers **dossiers)
{
    if (*dossiers) {
        for (size_t i = 0; i < (*dossiers)->count; i++)
            memory_free(&(*dossiers)->items[i].positions);
        memory_free(&(*dossiers)->items);
        memory_free(&(*dossiers)->everyones.positions);
        lookup_destroy(&(*dossiers)->numbers);
    }
    memory_free(dossiers);
}

static struct bytes key_of(const struct zone_id *zone)
{
    return bytes_of_text(zone->text);
}

static struct dossier *dossier_of(struct dossiers *dossiers, const struct zone_id *zone)
{
    size_t number = lookup_find(dossiers->numbers, key_of(zone));
    if (number != LOOKUP_NONE)
        return &dossiers->items[number];
    dossiers->items = memory_grown(dossiers->items, &dossiers->capacity, dossiers->count + 1,
                                   sizeof *dossiers->items);
    lookup_put(dossiers->numbers, key_of(zone), dossiers->count);
    struct dossier *dossier = &dossiers->items[dossiers->count++];
    *dossier = (struct dossier){ 0 };
    return dossier;
}

static void add(struct dossier *dossier, uint64_t position)
{
    dossier->positions = memory_grown(dossier->positions, &dossier->capacity, dossier->count + 1,
                                      sizeof *dossier->positions);
    dossier->positions[dossier->count++] = position;
}

static void add_statement(struct dossier *dossier, uint64_t position)
{
    add(dossier, position);
    dossier->statements_end = position + 1;
}

void dossiers_follow(struct dossiers *dossiers, const struct journal_record *record)
{
    const struct entry *entry = &record->entry;
    if (entry->kind == ENTRY_ARRIVAL)
        add_statement(dossier_of(dossiers, &entry->arrival.stream.zone), record->position);
    else if (entry->kind == ENTRY_ENROLMENT)
        add(dossier_of(dossiers, &entry->enrolment.zone), record->position);
    else if (entry->kind == ENTRY_CATALOGUE)
        add(&dossiers->everyones, record->position);
}

uint64_t dossiers_statements_end(const struct dossiers *dossiers, const struct zone_id *zone)
{
    size_t number = lookup_find(dossiers->numbers, key_of(zone));
    return number == LOOKUP_NONE ? 0 : dossiers->items[number].statements_end;
}

static bool next_in(const struct dossier *dossier, uint64_t from, uint64_t *out)
{
    size_t first = 0;
    for (size_t count = dossier->count; count > 0;) {
        size_t half = count / 2;
        bool before = dossier->positions[first + half] < from;
        first += before ? half + 1 : 0;
        count = before ? count - half - 1 : half;
    }
    if (first == dossier->count)
        return false;
    *out = dossier->positions[first];
    return true;
}

bool dossiers_next(const struct dossiers *dossiers, const struct zone_id *zone, uint64_t from,
                   uint64_t *out_position)
{
    size_t number = lookup_find(dossiers->numbers, key_of(zone));
    uint64_t shared;
    bool own = number != LOOKUP_NONE && next_in(&dossiers->items[number], from, out_position);
    if (!next_in(&dossiers->everyones, from, &shared))
        return own;
    if (!own || shared < *out_position)
        *out_position = shared;
    return true;
}
