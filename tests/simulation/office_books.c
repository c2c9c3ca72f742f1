#include "tests/simulation/office_books.h"

#include <stdlib.h>
#include <string.h>

#include "aggregator/generation.h"
#include "aggregator/ledger.h"
#include "aggregator/projection.h"
#include "aggregator/province.h"
#include "aggregator/review.h"
#include "aggregator/streams.h"
#include "common/base/arena.h"
#include "common/cube/cube.h"
#include "common/storage/transaction.h"
#include "tests/simulation/office.h"

struct reading {
    office_entry_fn *visit;
    void *owner;
};

static bool read_one(const struct journal_record *record, void *owner)
{
    const struct reading *reading = owner;
    struct office_entry entry = { .position = record->position, .kind = OFFICE_OTHER };
    if (record->entry.kind == ENTRY_ARRIVAL) {
        entry.kind = OFFICE_ARRIVAL;
        entry.sight = sight_of(&record->sealed, &record->statement);
        entry.accepted = record->entry.arrival.verdict == VERDICT_ACCEPTED;
        entry.stream = record->statement.stream;
    }
    if (record->entry.kind == ENTRY_ENROLMENT) {
        const struct enrolment *enrolment = &record->entry.enrolment;
        entry.kind = OFFICE_ENROLMENT;
        entry.stream = (struct stream_id){ enrolment->zone, enrolment->device, enrolment->epoch };
    }
    if (record->entry.kind == ENTRY_REVOCATION) {
        entry.kind = OFFICE_REVOCATION;
        entry.stream =
            (struct stream_id){ record->entry.revocation.zone, record->entry.revocation.device, 0 };
    }
    if (record->entry.kind == ENTRY_SUSPENSION) {
        entry.kind = OFFICE_SUSPENSION;
        entry.stream = record->entry.suspension.stream;
    }
    if (record->entry.kind == ENTRY_DECISION && record->entry.decision.kind == DECISION_COUNTS) {
        entry.kind = OFFICE_DECISION;
        entry.chosen = record->entry.decision.position;
    }
    reading->visit(reading->owner, &entry);
    return true;
}

bool office_read(struct office *office, uint64_t from, office_entry_fn *visit, void *owner)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(office->province->database);
    struct reading reading = { visit, owner };
    return journal_each(ledger_journal(office->province->ledger), txn, from, arena, read_one,
                        &reading, &office->err);
}

enum office_loss office_loss_of(struct office *office, uint64_t position)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(office->province->database);
    struct generation_report report;
    if (!generation_account(office->province, txn, arena, &report, &office->err))
        return OFFICE_LOSS_UNSAID;
    for (size_t i = 0; i < report.line_count; i++) {
        const struct loss_line *line = &report.lines[i];
        if (position >= line->position && position < line->until)
            return line->state == LOSS_RETURNED  ? OFFICE_LOSS_RETURNED
                   : line->state == LOSS_MISSING ? OFFICE_LOSS_MISSING
                                                 : OFFICE_LOSS_UNCLAIMED;
    }
    return OFFICE_LOSS_UNSAID;
}

static struct review review_of(const struct office *office, const char *zone, int year)
{
    struct review review = { .form = office->province->catalogue->forms[0].code,
                             .period = period_of_year(year),
                             .reason = "seen on paper",
                             .by = "the registrar" };
    if (!zone_id_parse(zone, &review.zone))
        abort();
    return review;
}

struct candidates {
    uint64_t *positions;
    size_t count;
};

static bool add_candidate(const struct contender *contender, bool open, void *owner)
{
    struct candidates *candidates = owner;
    (void)open;
    candidates->positions[candidates->count++] = contender->position;
    return candidates->count < OFFICE_CANDIDATES_MAX;
}

size_t office_candidates(const struct office *office, const char *zone, int year,
                         uint64_t out[OFFICE_CANDIDATES_MAX])
{
    struct review review = review_of(office, zone, year);
    const struct projection *projection = office->province->projection;
    const struct return_state *state =
        projection_find(projection, &review.zone, review.form, review.period);
    struct candidates candidates = { .positions = out };
    if (state)
        projection_each_contender(projection, state, add_candidate, &candidates);
    return candidates.count;
}

bool office_resolve(struct office *office, const char *zone, int year, uint64_t position)
{
    struct review review = review_of(office, zone, year);
    struct process *before = process_enter(NULL);
    bool done = review_resolve(office->province, &review, position, &position, &office->err);
    process_leave(before);
    return done;
}

bool office_send_back(struct office *office, const char *zone, int year)
{
    uint64_t position;
    struct review review = review_of(office, zone, year);
    struct process *before = process_enter(NULL);
    bool done = review_send_back(office->province, &review, &position, &office->err);
    process_leave(before);
    return done;
}

struct office_return office_figure(const struct office *office, const char *zone, int year)
{
    const struct province *province = office->province;
    const struct code form = province->catalogue->forms[0].code;
    struct cube *cube = projection_cube(province->projection);
    struct zone_id id;
    struct origin origin;
    struct period period = period_of_year(year);
    if (!zone_id_parse(zone, &id))
        abort();
    const struct return_state *state = projection_find(province->projection, &id, form, period);
    struct value value = cube_observe(cube, cube_find_zone(cube, &id), 0, period, &origin);
    return (struct office_return){ .version = state ? state->counted : 0,
                                   .figure = origin.reported ? value.mantissa : 0 };
}

bool office_is_frozen(const struct office *office, const struct stream_id *stream)
{
    const struct stream *found = streams_find(ledger_streams(office->province->ledger), stream);
    return found && found->frozen;
}

uint64_t office_sequence(const struct office *office, const struct stream_id *stream)
{
    const struct stream *found = streams_find(ledger_streams(office->province->ledger), stream);
    return found ? found->sequence : 0;
}
