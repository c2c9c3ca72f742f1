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
#include "common/cube/plans.h"

#define RETURN_KEY_SIZE (ZONE_CODE_SIZE + 8 + 4)

struct projection {
    const struct catalogue *catalogue;
    const struct catalogues *catalogues;
    struct arena *carried; /* of one statement */
    struct cube *cube;
    struct plans *plans; /* of the cube */
    struct lookup *numbers;
    struct return_state *items;
    size_t count;
    size_t capacity;
    size_t *last_of_zones; /* by zone of the cube: number of its last return, plus one */
    size_t last_capacity;
    struct contests *contests;
    bool stale; /* the cube, in some return */
};

struct projection *projection_create(const struct catalogue *catalogue,
                                     const struct catalogues *catalogues)
{
    struct projection *projection = memory_zeroed(1, sizeof *projection);
    projection->catalogue = catalogue;
    projection->catalogues = catalogues;
    projection->carried = arena_create();
    projection->cube = cube_create(catalogue);
    projection->plans = plans_create(projection->cube);
    projection->numbers = lookup_create();
    projection->contests = contests_create();
    return projection;
}

void projection_destroy(struct projection **projection)
{
    if (*projection) {
        plans_destroy(&(*projection)->plans);
        cube_destroy(&(*projection)->cube);
        lookup_destroy(&(*projection)->numbers);
        arena_destroy(&(*projection)->carried);
        contests_destroy(&(*projection)->contests);
        memory_free(&(*projection)->items);
        memory_free(&(*projection)->last_of_zones);
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
    projection->last_of_zones = memory_grown(projection->last_of_zones, &projection->last_capacity,
                                             state.zone + 1, sizeof *projection->last_of_zones);
    state.before = projection->last_of_zones[state.zone];
    projection->items[projection->count++] = state;
    projection->last_of_zones[state.zone] = projection->count;
    return &projection->items[projection->count - 1];
}

/* Judging it put it there. */
static bool stands_in_cube(const struct projection *projection, const struct journal_record *record)
{
    return record->placed &&
           digest_equal(&record->statement.catalogue, &projection->catalogue->digest);
}

/* What the statement says in the terms of this catalogue; NULL when nothing can be computed from
 * it. Valid until the next call. */
static const struct submission *in_our_terms(struct projection *projection,
                                             const struct journal_record *record)
{
    const struct statement *statement = &record->statement;
    const struct submission *submission = &statement->submission;
    struct error unfit;
    if (stands_in_cube(projection, record))
        return submission;
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
    state->last_comparison = record->entry.arrival.comparison;
    state->last_finding_count = record->entry.arrival.finding_count;
}

static struct contender contender_of(const struct journal_record *record,
                                     const struct submission *ours)
{
    bool known = record->figures && ours == &record->statement.submission;
    return (struct contender){ .position = record->position,
                               .utc_ms = record->entry.utc_ms,
                               .version = ours->version,
                               .device = record->statement.stream.device,
                               .epoch = record->statement.stream.epoch,
                               .sequence = record->statement.sequence,
                               .figures = known ? *record->figures : figures_mark_of(ours) };
}

/* A stream has one writer, who knows what he sent before; anybody else says what he goes by. The
 * number alone is not enough when he has a version of that number himself. */
static bool knows(const struct projection *projection, const struct return_state *state,
                  const struct contender *author, uint32_t base_version)
{
    return seeded_bug(BUG_LATER_VERSION_WINS) || state->counted == 0 ||
           contender_same_author(&state->counting, author) ||
           (base_version == state->counted &&
            !contests_has_version(projection->contests, &state->contest, author, base_version));
}

bool projection_is_unaware(const struct projection *projection, const struct statement *statement)
{
    const struct submission *submission = &statement->submission;
    const struct return_state *state =
        projection_find(projection, &statement->stream.zone, submission->form, submission->period);
    struct contender author = { .device = statement->stream.device,
                                .epoch = statement->stream.epoch };
    return state && !knows(projection, state, &author, submission->base_version);
}

static bool is_version_rule(const struct catalogue *catalogue, struct code code)
{
    size_t rule = catalogue_rule(catalogue, code);
    return rule != CATALOGUE_NONE && catalogue->rules[rule].builtin == BUILTIN_VERSION;
}

static bool is_explained(const struct submission *submission, const struct verdict_finding *finding)
{
    for (size_t i = 0; i < submission->explanation_count; i++)
        if (code_equal(submission->explanations[i].rule, finding->rule) &&
            strcmp(submission->explanations[i].row_key, finding->row_key) == 0)
            return true;
    return false;
}

/* Nothing speaks against its figures: it was rejected for its version alone. */
static bool only_its_version_is_wrong(const struct projection *projection,
                                      const struct journal_record *record)
{
    const struct arrival *arrival = &record->entry.arrival;
    const struct adopted *its =
        catalogues_find(projection->catalogues, &record->statement.catalogue);
    if (!its || arrival->finding_count >= RECEIPT_FINDINGS_MAX)
        return false;
    bool version = false;
    for (size_t i = 0; i < arrival->finding_count; i++) {
        const struct verdict_finding *finding = &arrival->findings[i];
        bool blocks = finding->class == FINDING_MANDATORY ||
                      (finding->class == FINDING_EXPLAIN &&
                       !is_explained(&record->statement.submission, finding));
        if (is_version_rule(its->catalogue, finding->rule))
            version = true;
        else if (blocks)
            return false;
    }
    return version;
}

static void count(struct return_state *state, const struct contender *contender)
{
    state->counted = contender->version;
    state->counted_position = contender->position;
    state->counted_utc_ms = contender->utc_ms;
    state->counting = *contender;
    state->sent_back_position = 0;
    state->decided_position = 0;
    state->stale = false;
}

static void accept(struct projection *projection, struct return_state *state,
                   const struct journal_record *record, const struct submission *ours)
{
    struct contender contender = contender_of(record, ours);
    if (!stands_in_cube(projection, record))
        cube_put(projection->cube, state->zone, ours, record->position);
    count(state, &contender);
    contests_settle_author(projection->contests, &state->contest, &contender);
    if (state->first_utc_ms == 0)
        state->first_utc_ms = record->entry.utc_ms;
}

/* Somebody who did not know what counts: the same again is nothing, something else is a contest. */
static void contest(struct projection *projection, struct return_state *state,
                    const struct journal_record *record, const struct submission *ours)
{
    struct contender contender = contender_of(record, ours);
    bool differs = !figures_mark_equal(&contender.figures, &state->counting.figures);
    if (differs && !contests_find(projection->contests, &state->contest, record->position))
        contests_add(projection->contests, &state->contest, &contender, true);
}

static void follow_return(struct projection *projection, const struct journal_record *record)
{
    const struct submission *submission = &record->statement.submission;
    const struct stream_id *stream = &record->statement.stream;
    struct return_state *state =
        state_of(projection, &stream->zone, submission->form, submission->period);
    if (!state)
        return;
    note_last(state, record);
    if (submission->version > state->newest)
        state->newest = submission->version;
    bool accepted = record->entry.arrival.verdict == VERDICT_ACCEPTED ||
                    seeded_bug(BUG_COUNT_A_REJECTED_RETURN);
    struct contender author = { .device = stream->device, .epoch = stream->epoch };
    bool known = knows(projection, state, &author, submission->base_version);
    if (known ? !accepted || submission->version < state->counted
              : !accepted && !only_its_version_is_wrong(projection, record))
        return;
    const struct submission *ours = in_our_terms(projection, record);
    if (!ours)
        return;
    if (known)
        accept(projection, state, record, ours);
    else
        contest(projection, state, record, ours);
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
    state->stale = false;
    cube_remove(projection->cube, state->zone, state->form, state->period);
}

/* The other one takes its place, and this one stays where it can be chosen again. */
static void put_in_its_place(struct projection *projection, struct return_state *state,
                             const struct contender *chosen, uint64_t decided_position)
{
    struct contender before = state->counting, after = *chosen;
    if (state->counted > 0 &&
        !contests_find(projection->contests, &state->contest, before.position))
        contests_add(projection->contests, &state->contest, &before, false);
    count(state, &after);
    state->decided_position = decided_position;
    state->stale = projection->stale = true;
    if (state->first_utc_ms == 0)
        state->first_utc_ms = after.utc_ms;
}

static void follow_decision(struct projection *projection, const struct journal_record *record)
{
    const struct decision *decision = &record->entry.decision;
    struct return_state *state =
        state_of(projection, &decision->zone, decision->form, decision->period);
    if (!state)
        return;
    bool counts = state->counted > 0 && state->counted_position == decision->position;
    const struct contender *chosen =
        contests_find(projection->contests, &state->contest, decision->position);
    if (decision->kind == DECISION_SEND_BACK && counts)
        state->sent_back_position = record->position;
    if (decision->kind != DECISION_COUNTS || (!counts && !chosen))
        return;
    if (counts)
        state->decided_position = record->position;
    else
        put_in_its_place(projection, state, chosen, record->position);
    contests_settle_all(projection->contests, &state->contest);
}

void projection_follow(const struct journal_record *record, void *owner)
{
    struct projection *projection = owner;
    if (record->entry.kind == ENTRY_ZONE) {
        size_t zone = cube_add_zone(projection->cube, &record->entry.zone);
        assert(zone < cube_zone_count(projection->cube));
        return;
    }
    if (record->entry.kind == ENTRY_DECISION)
        follow_decision(projection, record);
    if (record->entry.kind != ENTRY_ARRIVAL)
        return;
    if (record->statement.kind == STATEMENT_RETURN)
        follow_return(projection, record);
    if (record->statement.kind == STATEMENT_WITHDRAWAL)
        follow_withdrawal(projection, record);
}

static bool refresh(struct projection *projection, const struct journal *journal,
                    struct transaction *txn, struct return_state *state, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct journal_record record;
    if (!journal_read(journal, txn, state->counted_position, arena, &record, err))
        return false;
    const struct submission *ours = in_our_terms(projection, &record);
    cube_remove(projection->cube, state->zone, state->form, state->period);
    if (ours)
        cube_put(projection->cube, state->zone, ours, state->counted_position);
    state->stale = false;
    return true;
}

bool projection_settle(struct projection *projection, const struct journal *journal,
                       struct transaction *txn, struct error *err)
{
    for (size_t i = 0; projection->stale && i < projection->count; i++)
        if (projection->items[i].stale &&
            !refresh(projection, journal, txn, &projection->items[i], err))
            return false;
    projection->stale = false;
    return true;
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
    const struct submission *ours = in_our_terms(projection, &record);
    if (ours)
        cube_put(projection->cube, number, ours, state->counted_position);
    return true;
}

void projection_each_contender(const struct projection *projection,
                               const struct return_state *state, contests_visit_fn *visit,
                               void *owner)
{
    contests_each(projection->contests, &state->contest, visit, owner);
}

struct cube *projection_cube(const struct projection *projection)
{
    return projection->cube;
}

struct plans *projection_plans(const struct projection *projection)
{
    return projection->plans;
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

static const struct return_state *numbered(const struct projection *projection, size_t plus_one)
{
    return plus_one == 0 ? NULL : &projection->items[plus_one - 1];
}

const struct return_state *projection_last_of(const struct projection *projection, size_t zone)
{
    return zone < projection->last_capacity ? numbered(projection, projection->last_of_zones[zone])
                                            : NULL;
}

const struct return_state *projection_before(const struct projection *projection,
                                             const struct return_state *state)
{
    return numbered(projection, state->before);
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
