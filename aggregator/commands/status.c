#include <inttypes.h>
#include <stdio.h>

#include "aggregator/calendar.h"
#include "aggregator/commands/commands.h"
#include "aggregator/commands/table.h"
#include "aggregator/projection.h"
#include "aggregator/province.h"
#include "aggregator/second_look.h"
#include "aggregator/vouching.h"
#include "common/base/arena.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/catalogue/catalogue.h"
#include "common/cube/cube.h"
#include "common/model/day.h"
#include "common/runtime/listing.h"
#include "common/storage/database.h"
#include "common/storage/transaction.h"

#define NUMBER_SIZE 24

struct tally {
    size_t expected, counted, late, rejected, contested, sent_back, compared;
};

struct view {
    const struct province *province;
    struct period period;
    int64_t today;
    struct tally tally;
};

struct line {
    const struct zone *zone;
    const struct form *form;
    struct period period;
    const struct return_state *state;
    struct timeliness timeliness;
    bool rejected; /* the newest one was, and nothing counts */
};

static bool is_contested(const struct return_state *state)
{
    return state && state->contest.open > 0;
}

static bool is_sent_back(const struct return_state *state)
{
    return state && state->sent_back_position > 0;
}

/* What asks for somebody comes before how timely it was. */
static const char *state_name(const struct line *line)
{
    if (is_contested(line->state))
        return "contested";
    if (is_sent_back(line->state))
        return "sent-back";
    return line->rejected ? "rejected" : punctuality_name(line->timeliness.punctuality);
}

/* False when the zone owes no such form. */
static bool line_of(struct view *view, size_t zone, size_t form, struct line *out)
{
    const struct cube *cube = projection_cube(view->province->projection);
    out->zone = cube_zone(cube, zone);
    out->form = &view->province->catalogue->forms[form];
    if (!calendar_period(out->form, view->period, &out->period))
        return false;
    out->state =
        projection_find(view->province->projection, &out->zone->id, out->form->code, out->period);
    out->timeliness = calendar_timeliness(out->form, out->period, out->state, view->today);
    bool counts = out->state && out->state->counted > 0;
    out->rejected = out->state && !counts && out->state->last_verdict == VERDICT_REJECTED;
    view->tally.expected++;
    view->tally.counted += counts;
    view->tally.late += counts && out->timeliness.punctuality == PUNCTUALITY_LATE;
    view->tally.rejected += out->rejected;
    view->tally.contested += is_contested(out->state);
    view->tally.sent_back += is_sent_back(out->state);
    view->tally.compared += out->state && out->state->last_comparison == COMPARISON_DIFFERENT;
    return true;
}

static void add_number(struct table_writer *table, int64_t number)
{
    char text[NUMBER_SIZE];
    snprintf(text, sizeof text, "%" PRId64, number);
    table_figure(table, text);
}

static void add_line(struct table_writer *table, const struct line *line)
{
    char text[CLOCK_TEXT_SIZE];
    const struct return_state *state = line->state;
    table_text(table, line->zone->id.text);
    table_text(table, line->zone->name);
    table_text(table, code_text(line->form->code, text));
    table_text(table, period_text(line->period, text));
    table_text(table, state_name(line));
    add_number(table, state ? state->counted : 0);
    add_number(table, state ? state->newest : 0);
    table_text(table, state && state->first_utc_ms ? clock_text(state->first_utc_ms, text) : "");
    table_text(table, day_text(line->timeliness.due_day, text));
    add_number(table, line->timeliness.days_late);
    add_number(table, state ? (int64_t)state->last_finding_count : 0);
}

static bool print_lines(struct view *view, struct table_writer *table, struct error *err)
{
    size_t zones = cube_zone_count(projection_cube(view->province->projection));
    struct line line;
    for (size_t zone = 0; zone < zones; zone++)
        for (size_t form = 0; form < view->province->catalogue->form_count; form++)
            if (zone_is_active(cube_zone(projection_cube(view->province->projection), zone),
                               view->period) &&
                line_of(view, zone, form, &line))
                add_line(table, &line);
    return table_print(table, err);
}

static void add_mark(struct listing *listing, const struct line *line)
{
    const char *asks = is_contested(line->state)   ? MESSAGE_STATUS_CONTESTED
                       : is_sent_back(line->state) ? MESSAGE_STATUS_SENT_BACK
                       : line->rejected            ? MESSAGE_STATUS_REJECTED
                                                   : NULL;
    if (asks) {
        listing_text(listing, asks);
        return;
    }
    switch (line->timeliness.punctuality) {
    case PUNCTUALITY_NOT_DUE:
        listing_text(listing, MESSAGE_STATUS_NOT_DUE);
        break;
    case PUNCTUALITY_MISSING:
        listing_text(listing, MESSAGE_STATUS_MISSING);
        break;
    case PUNCTUALITY_IN_TIME:
        listing_text(listing, MESSAGE_STATUS_IN_TIME);
        break;
    case PUNCTUALITY_LATE:
        listing_format(listing, MESSAGE_STATUS_LATE, line->timeliness.days_late);
        break;
    }
}

static size_t forms_of(const struct view *view, size_t forms[LISTING_COLUMNS_MAX])
{
    size_t count = 0;
    struct period period;
    for (size_t i = 0; i < view->province->catalogue->form_count; i++)
        if (count + 2 < LISTING_COLUMNS_MAX &&
            calendar_period(&view->province->catalogue->forms[i], view->period, &period))
            forms[count++] = i;
    return count;
}

/* A row for each zone, a column for each form. */
static void print_matrix(struct view *view)
{
    const struct cube *cube = projection_cube(view->province->projection);
    size_t forms[LISTING_COLUMNS_MAX];
    size_t count = forms_of(view, forms);
    char text[CLOCK_TEXT_SIZE];
    CLEANUP(listing_destroy) struct listing *listing = listing_create(count + 2);
    listing_text(listing, MESSAGE_COLUMN_ZONE);
    listing_text(listing, MESSAGE_COLUMN_NAME);
    for (size_t i = 0; i < count; i++)
        listing_text(listing, code_text(view->province->catalogue->forms[forms[i]].code, text));
    for (size_t zone = 0; zone < cube_zone_count(cube); zone++) {
        struct line line;
        if (!zone_is_active(cube_zone(cube, zone), view->period))
            continue;
        listing_text(listing, cube_zone(cube, zone)->id.text);
        listing_text(listing, cube_zone(cube, zone)->name);
        for (size_t i = 0; i < count; i++)
            if (line_of(view, zone, forms[i], &line))
                add_mark(listing, &line);
    }
    listing_print(listing, stdout);
    printf(MESSAGE_STATUS_TALLY, period_text(view->period, text), view->tally.expected,
           view->tally.counted, view->tally.late, view->tally.rejected,
           view->tally.expected - view->tally.counted - view->tally.rejected);
    if (view->tally.contested + view->tally.sent_back > 0)
        printf(MESSAGE_STATUS_OPEN, view->tally.contested, view->tally.sent_back);
    if (view->tally.compared > 0)
        printf(MESSAGE_STATUS_COMPARED, view->tally.compared);
}

struct suspicions {
    size_t vouched, invalid;
};

static bool count_suspicion(const struct second_look_record *record, void *owner)
{
    struct suspicions *suspicions = owner;
    bool vouched = record->witness != VOUCHING_NOBODY;
    suspicions->vouched += vouched;
    suspicions->invalid += !vouched;
    return true;
}

/* What the signatures looked like when they were verified again. */
static bool print_suspicions(const struct province *province, struct error *err)
{
    struct suspicions suspicions = { 0, 0 };
    CLEANUP(transaction_abort) struct transaction *txn = transaction_read(province->database);
    second_look_each(txn, database_table(province->database, SECOND_LOOK_TABLE), count_suspicion,
                     &suspicions);
    if (!transaction_check(txn, err))
        return false;
    if (suspicions.invalid > 0)
        printf(MESSAGE_STATUS_UNSIGNED, suspicions.invalid);
    if (suspicions.vouched > 0)
        printf(MESSAGE_STATUS_VOUCHED, suspicions.vouched);
    return true;
}

bool command_status(const struct arguments *arguments, struct error *err)
{
    static const char *const columns[] = { "zone",  "name",      "form",    "period",
                                           "state", "version",   "newest",  "received",
                                           "due",   "days_late", "findings" };
    CLEANUP(table_close) struct table_writer table = { 0 };
    if (!table_open(&table, arguments, columns, COUNT_OF(columns), err))
        return false;
    CLEANUP(province_close) struct province *province = command_open(arguments, err);
    struct view view = { .province = province };
    if (!province || !command_period(arguments, province, &view.period, err))
        return false;
    view.today = day_of_utc(province_utc_ms(province));
    if (table.format != TABLE_LISTING || table.output)
        return print_lines(&view, &table, err);
    print_matrix(&view);
    return print_suspicions(province, err);
}
