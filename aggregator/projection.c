#include "aggregator/projection.h"

#include <assert.h>
#include <string.h>

#include "aggregator/catalogues.h"
#include "aggregator/ledger.h"
#include "aggregator/lookup.h"
#include "common/base/arena.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/base/memory.h"
#include "common/base/seeded_bug.h"
#include "common/catalogue/catalogue.h"
#include "common/cube/carrying.h"
#include "common/cube/checking.h"
#include "common/cube/cube.h"

#define RETURN_KEY_SIZE (ZONE_CODE_SIZE + 8 + 4)

struct projection {
    const struct catalogue *catalogue;
    const struct catalogues *catalogues;
    struct arena *carried; /* of one statement */
    struct cube *cube;
    struct lookup *numbers;
    struct return_state *items;
    size_t count;
    size_t capacity;
};

struct projection *projection_create(const struct catalogue *catalogue,
                                     const struct catalogues *catalogues)
{
    struct projection *projection = memory_zeroed(1, sizeof *projection);
    projection->catalogue = catalogue;
    projection->catalogues = catalogues;
    projection->carried = arena_create();
    projection->cube = cube_create(catalogue);
    projection->numbers = lookup_create();
    return projection;
}

void projection_destroy(struct projection **projection)
{
    if (*projection) {
        cube_destroy(&(*projection)->cube);
        lookup_destroy(&(*projection)->numbers);
        arena_destroy(&(*projection)->carried);
        memory_free(&(*projection)->items);
    }
    memory_free(projection);
}

static size_t find_return(const struct projection *projection, const struct zone_id *zone,
                          struct code form, struct period period,
                          unsigned char key[RETURN_KEY_SIZE])
{
    memset(key, 0, RETURN_KEY_SIZE);
    memcpy(key, zone->text, strlen(zone->text));
    bytes_put_u64(key + ZONE_CODE_SIZE, form.packed);
    bytes_put_u32(key + ZONE_CODE_SIZE + 8, (unsigned)period_slot(period));
    return lookup_find(projection->numbers, (struct bytes){ key, RETURN_KEY_SIZE });
}

/* NULL when the catalogue or the register does not know it. */
static struct return_state *state_of(struct projection *projection, const struct zone_id *zone,
                                     struct code form, struct period period)
{
    unsigned char key[RETURN_KEY_SIZE];
    size_t number = find_return(projection, zone, form, period, key);
    if (number != LOOKUP_NONE)
        return &projection->items[number];
    struct return_state state = { .zone = cube_find_zone(projection->cube, zone),
                                  .form = catalogue_form(projection->catalogue, form),
                                  .period = period };
    if (state.zone == CATALOGUE_NONE || state.form == CATALOGUE_NONE)
        return NULL;
    projection->items = memory_grown(projection->items, &projection->capacity,
                                     projection->count + 1, sizeof *projection->items);
    lookup_put(projection->numbers, (struct bytes){ key, sizeof key }, projection->count);
    projection->items[projection->count] = state;
    return &projection->items[projection->count++];
}

/* What the statement says in the terms of this catalogue; NULL when nothing can be computed from
 * it. Valid until the next call. */
static const struct submission *in_our_terms(struct projection *projection,
                                             const struct statement *statement)
{
    const struct submission *submission = &statement->submission;
    struct error unfit;
    if (digest_equal(&statement->catalogue, &projection->catalogue->digest))
        return submission_fits(submission, projection->catalogue, &unfit) ? submission : NULL;

    const struct adopted *its = catalogues_find(projection->catalogues, &statement->catalogue);
    if (!its || !submission_fits(submission, its->catalogue, &unfit))
        return NULL;
    arena_reset(projection->carried);
    struct submission *ours = arena_take(projection->carried, 1, sizeof *ours);
    return submission_carry(submission, its->catalogue, projection->catalogue, projection->carried,
                            ours)
               ? ours
               : NULL;
}

static void note_last(struct return_state *state, const struct journal_record *record)
{
    state->last_position = record->position;
    state->last_verdict = record->entry.arrival.verdict;
    state->last_finding_count = record->entry.arrival.finding_count;
}

static void follow_return(struct projection *projection, const struct journal_record *record)
{
    const struct submission *submission = &record->statement.submission;
    struct return_state *state =
        state_of(projection, &record->statement.stream.zone, submission->form, submission->period);
    if (!state)
        return;
    note_last(state, record);
    if (submission->version > state->newest)
        state->newest = submission->version;
    bool accepted = record->entry.arrival.verdict == VERDICT_ACCEPTED ||
                    seeded_bug(BUG_COUNT_A_REJECTED_RETURN);
    if (!accepted || submission->version < state->counted)
        return;
    const struct submission *ours = in_our_terms(projection, &record->statement);
    if (!ours)
        return;
    cube_put(projection->cube, state->zone, ours, record->position);
    state->counted = submission->version;
    state->counted_position = record->position;
    state->counted_utc_ms = record->entry.utc_ms;
    if (state->first_utc_ms == 0)
        state->first_utc_ms = record->entry.utc_ms;
}

static void follow_withdrawal(struct projection *projection, const struct journal_record *record)
{
    const struct withdrawal *withdrawal = &record->statement.withdrawal;
    struct return_state *state =
        state_of(projection, &record->statement.stream.zone, withdrawal->form, withdrawal->period);
    if (!state || record->entry.arrival.verdict != VERDICT_ACCEPTED ||
        state->counted != withdrawal->version)
        return;
    note_last(state, record);
    state->counted = 0;
    cube_remove(projection->cube, state->zone, state->form, state->period);
}

void projection_follow(const struct journal_record *record, void *owner)
{
    struct projection *projection = owner;
    if (record->entry.kind == ENTRY_ZONE) {
        size_t zone = cube_add_zone(projection->cube, &record->entry.zone);
        assert(zone < cube_zone_count(projection->cube));
        return;
    }
    if (record->entry.kind != ENTRY_ARRIVAL)
        return;
    if (record->statement.kind == STATEMENT_RETURN)
        follow_return(projection, record);
    if (record->statement.kind == STATEMENT_WITHDRAWAL)
        follow_withdrawal(projection, record);
}

bool projection_restore(struct projection *projection, const struct ledger *ledger,
                        struct transaction *txn, const struct zone_id *zone,
                        const struct submission *submission, struct error *err)
{
    size_t number = cube_find_zone(projection->cube, zone);
    size_t form = catalogue_form(projection->catalogue, submission->form);
    cube_remove(projection->cube, number, form, submission->period);
    const struct return_state *state =
        projection_find(projection, zone, submission->form, submission->period);
    if (!state || state->counted == 0)
        return true;

    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct journal_record record;
    if (!ledger_read(ledger, txn, state->counted_position, arena, &record, err))
        return false;
    const struct submission *ours = in_our_terms(projection, &record.statement);
    if (ours)
        cube_put(projection->cube, number, ours, state->counted_position);
    return true;
}

struct cube *projection_cube(const struct projection *projection)
{
    return projection->cube;
}

const struct return_state *projection_find(const struct projection *projection,
                                           const struct zone_id *zone, struct code form,
                                           struct period period)
{
    unsigned char key[RETURN_KEY_SIZE];
    size_t number = find_return(projection, zone, form, period, key);
    return number == LOOKUP_NONE ? NULL : &projection->items[number];
}

size_t projection_count(const struct projection *projection)
{
    return projection->count;
}

const struct return_state *projection_at(const struct projection *projection, size_t number)
{
    assert(number < projection->count);
    return &projection->items[number];
}

bool projection_newest_period(const struct projection *projection, struct period *out)
{
    bool found = false;
    for (size_t i = 0; i < projection->count; i++) {
        const struct return_state *state = &projection->items[i];
        if (state->counted == 0 || (found && period_compare(state->period, *out) <= 0))
            continue;
        *out = state->period;
        found = true;
    }
    return found;
}
