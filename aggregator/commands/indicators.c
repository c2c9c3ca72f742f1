#include <stdio.h>
#include <string.h>

#include "aggregator/commands/commands.h"
#include "aggregator/commands/exact.h"
#include "aggregator/commands/table.h"
#include "aggregator/disputes.h"
#include "aggregator/groups.h"
#include "aggregator/projection.h"
#include "aggregator/province.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/catalogue/catalogue.h"
#include "common/cube/evaluate.h"
#include "common/runtime/listing.h"

#define COVERAGE_SIZE 48

struct view {
    const struct catalogue *catalogue;
    const struct cube *cube;
    struct period period;
    struct zone_groups groups;
    bool *chosen; /* of the indicators */
    const struct projection *projection;
    bool disputed; /* some return is contested */
};

/* Indicators of rows have no value of a zone; they are shown by explain and requirements. */
static void choose_all(struct view *view)
{
    for (size_t i = 0; i < view->catalogue->indicator_count; i++)
        view->chosen[i] = view->catalogue->indicators[i].roster == CATALOGUE_NONE;
}

static bool choose(struct view *view, const char *given, struct arena *arena, struct error *err)
{
    if (!given) {
        choose_all(view);
        return true;
    }
    char *list = arena_copy_text(arena, given);
    char *rest = NULL;
    for (char *name = strtok_r(list, ",", &rest); name; name = strtok_r(NULL, ",", &rest)) {
        size_t number = catalogue_find_indicator(view->catalogue, name);
        if (number == CATALOGUE_NONE)
            return error_set(err, ERROR_USAGE, MESSAGE_INDICATOR_UNKNOWN, name);
        view->chosen[number] = true;
    }
    return true;
}

static const char *value_text(const struct indicator *indicator, struct result result,
                              char buffer[NUMBER_TEXT_SIZE])
{
    return result.absence == ABSENCE_NONE
               ? number_text(result.number, indicator->decimals, ROUNDING_HALF_UP, buffer)
               : "";
}

/* May change by a decision that is still to be made. */
static bool is_contested(const struct view *view, size_t indicator, const struct zone_group *group)
{
    return view->disputed &&
           disputes_touch(view->projection, indicator, group->scope, view->period);
}

static void add_row(struct table_writer *table, const struct view *view,
                    const struct zone_group *group, size_t number,
                    const struct indicator_value *value)
{
    const struct indicator *indicator = &view->catalogue->indicators[number];
    char text[NUMBER_TEXT_SIZE];
    char count[COVERAGE_SIZE];
    const struct result *result = &value->result;
    bool known = result->absence == ABSENCE_NONE;
    struct exact_text exact = { "", "" };
    if (known)
        exact = exact_text(result->number);
    table_text(table, period_text(view->period, text));
    table_text(table, group->code);
    table_text(table, group->name);
    table_text(table, code_text(indicator->code, text));
    table_text(table, words_say(&indicator->name));
    table_figure(table, value_text(indicator, *result, text));
    table_text(table, indicator->unit_text);
    table_figure(table, exact.numerator);
    table_figure(table, exact.denominator);
    table_text(table, known ? value_status_name((enum value_status)result->status) : "");
    table_text(table, known ? "" : absence_name((enum absence)result->absence));
    snprintf(count, sizeof count, "%zu", value->coverage.included);
    table_figure(table, count);
    snprintf(count, sizeof count, "%zu", value->coverage.expected);
    table_figure(table, count);
    table_text(table, is_contested(view, number, group) ? "yes" : "");
}

static bool write_rows(const struct view *view, struct table_writer *table, struct error *err)
{
    for (size_t i = 0; i < view->groups.count; i++)
        for (size_t k = 0; k < view->catalogue->indicator_count; k++) {
            if (!view->chosen[k])
                continue;
            struct indicator_value value =
                evaluate_indicator(view->cube, k, view->groups.items[i].scope, view->period);
            add_row(table, view, &view->groups.items[i], k, &value);
        }
    return table_print(table, err);
}

/* What is to be known of the figure, or why there is none. */
static void list_mark(struct listing *listing, const struct result *result, bool contested)
{
    enum value_status status = (enum value_status)result->status;
    const char *mark = result->absence != ABSENCE_NONE
                           ? absence_words((enum absence)result->absence)
                       : status == VALUE_PRESENT ? ""
                                                 : value_status_words(status);
    const char *between = *mark && contested ? MESSAGE_MARK_AND : "";
    listing_format(listing, "%s%s%s", mark, between, contested ? MESSAGE_STATUS_CONTESTED : "");
}

static void list_value(struct listing *listing, const struct indicator *indicator,
                       const struct indicator_value *value, bool contested)
{
    char text[NUMBER_TEXT_SIZE];
    bool known = value->result.absence == ABSENCE_NONE;
    listing_text(listing, words_say(&indicator->name));
    listing_number(listing, value_text(indicator, value->result, text));
    listing_text(listing, known ? indicator->unit_text : "");
    list_mark(listing, &value->result, contested);
    listing_format(listing, "%zu/%zu", value->coverage.included, value->coverage.expected);
}

/* For a person: a list for each group. */
static void print_groups(const struct view *view)
{
    char text[PERIOD_TEXT_SIZE];
    bool any_contested = false;
    for (size_t i = 0; i < view->groups.count; i++) {
        const struct zone_group *group = &view->groups.items[i];
        CLEANUP(listing_destroy) struct listing *listing = listing_create(6);
        printf("%s%s %s  %s\n", i > 0 ? "\n" : "", group->name,
               group->scope.group ? "" : group->code, period_text(view->period, text));
        listing_text(listing, MESSAGE_COLUMN_CODE);
        listing_text(listing, MESSAGE_COLUMN_INDICATOR);
        listing_text(listing, MESSAGE_COLUMN_VALUE);
        listing_text(listing, MESSAGE_COLUMN_UNIT);
        listing_text(listing, MESSAGE_COLUMN_MARK);
        listing_text(listing, MESSAGE_COLUMN_COVERAGE);
        for (size_t k = 0; k < view->catalogue->indicator_count; k++) {
            if (!view->chosen[k])
                continue;
            struct indicator_value value =
                evaluate_indicator(view->cube, k, group->scope, view->period);
            listing_text(listing, code_text(view->catalogue->indicators[k].code, text));
            bool contested = is_contested(view, k, group);
            any_contested |= contested;
            list_value(listing, &view->catalogue->indicators[k], &value, contested);
        }
        listing_print(listing, stdout);
    }
    if (any_contested)
        printf(MESSAGE_INDICATORS_CONTESTED);
}

static bool read_grouping(const struct arguments *arguments, enum group_by *out, struct error *err)
{
    const char *given = arguments_option(arguments, "by");
    *out = GROUP_BY_PROVINCE;
    return !given || group_by_parse(given, out) ||
           error_set(err, ERROR_USAGE, MESSAGE_GROUPING_UNKNOWN, given);
}

bool command_indicators(const struct arguments *arguments, struct error *err)
{
    static const char *const columns[] = { "period",      "group",    "group_name", "indicator",
                                           "name",        "value",    "unit",       "numerator",
                                           "denominator", "status",   "absence",    "included",
                                           "expected",    "contested" };
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    CLEANUP(table_close) struct table_writer table = { 0 };
    enum group_by by;
    if (!table_open(&table, arguments, columns, COUNT_OF(columns), err) ||
        !read_grouping(arguments, &by, err))
        return false;
    CLEANUP(province_close) struct province *province = command_open(arguments, err);
    if (!province)
        return false;
    struct view view = { .catalogue = province->catalogue,
                         .cube = projection_cube(province->projection),
                         .projection = province->projection,
                         .disputed = disputes_are_open(province->projection) };
    view.chosen = arena_take(arena, view.catalogue->indicator_count, sizeof *view.chosen);
    if (!command_period(arguments, province, &view.period, err) ||
        !choose(&view, arguments_option(arguments, "indicator"), arena, err))
        return false;
    view.groups = groups_make(view.cube, by, view.period, arena);
    if (table.format != TABLE_LISTING || table.output)
        return write_rows(&view, &table, err);
    print_groups(&view);
    return true;
}
