#include "common/cube/explanation.h"

#include <stdlib.h>

#include "common/base/arena.h"
#include "common/base/language.h"
#include "common/base/messages.h"
#include "common/cube/figure.h"
#include "common/cube/frame.h"
#include "common/cube/group.h"
#include "common/cube/reading.h"

#define OPERANDS_FIRST 8
#define ROWS_SHOWN_MAX 200 /* of one roster; how many more there are is said */

/* The tree grows from the root; `group` is NULL for a zone. */
struct survey {
    const struct cube *cube;
    size_t zone;
    const struct group *group;
    struct arena *arena;
};

/* Expressions read by one formula, in its order. */
struct operands {
    struct arena *arena;
    const struct expression **expressions;
    size_t count;
    size_t capacity;
};

static struct explained *plant(struct arena *arena)
{
    struct explained *explained = arena_take(arena, 1, sizeof *explained);
    *explained = (struct explained){ .label = "",
                                     .formula = "",
                                     .text = "",
                                     .item = CATALOGUE_NONE,
                                     .zone = CATALOGUE_NONE,
                                     .origin.form = CATALOGUE_NONE };
    return explained;
}

const char *result_text(struct result result, int decimals, const char *unit, struct arena *arena)
{
    if (result.absence != ABSENCE_NONE)
        return absence_words(result.absence);
    return figure_text(result.number, decimals, unit, arena);
}

static void add_operand(struct operands *operands, const struct expression *expression)
{
    if (operands->count == operands->capacity) {
        size_t capacity = operands->capacity ? 2 * operands->capacity : OPERANDS_FIRST;
        const struct expression **grown =
            arena_take(operands->arena, capacity, sizeof(struct expression *));
        for (size_t i = 0; i < operands->count; i++)
            grown[i] = operands->expressions[i];
        operands->expressions = grown;
        operands->capacity = capacity;
    }
    operands->expressions[operands->count++] = expression;
}

static void gather(struct operands *operands, const struct expression *expression)
{
    if (!expression)
        return;
    switch (expression->operation) {
    case OPERATION_ITEM:
    case OPERATION_COLUMN:
    case OPERATION_ATTRIBUTE:
    case OPERATION_INDICATOR:
    case OPERATION_ROWS_COUNT:
    case OPERATION_ROWS_SUM:
    case OPERATION_ROWS_SMALLEST:
    case OPERATION_ROWS_LARGEST:
        add_operand(operands, expression);
        return;
    default:
        gather(operands, expression->left);
        gather(operands, expression->right);
        gather(operands, expression->third);
    }
}

static int decimals_of(const struct catalogue *catalogue, const struct expression *expression)
{
    if (expression->operation == OPERATION_INDICATOR)
        return catalogue->indicators[expression->indicator].decimals;
    if (expression->operation == OPERATION_ROWS_COUNT ||
        expression->operation == OPERATION_ATTRIBUTE)
        return 0;
    return catalogue->items[expression->item].decimals;
}

static const char *text_of(const struct survey *survey, const struct expression *expression,
                           struct result result)
{
    const struct catalogue *catalogue = cube_catalogue(survey->cube);
    if (expression->class == CLASS_CODE && result.absence == ABSENCE_NONE) {
        size_t list = expression->operation == OPERATION_ATTRIBUTE
                          ? catalogue->attributes[expression->attribute].list
                          : catalogue->items[expression->item].list;
        size_t ordinal = (size_t)result.number.numerator;
        return words_say(&catalogue->lists[list].values[ordinal].words);
    }
    const char *unit = expression->operation == OPERATION_ITEM
                           ? catalogue->items[expression->item].unit_text
                           : figure_unit(catalogue, &expression->quantity);
    return result_text(result, decimals_of(catalogue, expression), unit, survey->arena);
}

/* The cell a leaf of one zone stands in; the comparable base where it was taken. */
static void trace_cell(const struct survey *survey, const struct expression *expression,
                       size_t zone, struct period period, struct explained *out)
{
    struct reading reading = reading_of(survey->cube, expression->item, &expression->shift, period);
    out->zone = zone;
    out->item = expression->item;
    if (reading.absence != ABSENCE_NONE)
        return;
    struct period later;
    struct origin origin;
    if (reading.base != CATALOGUE_NONE && period_shift_years(reading.periods[0], 1, &later)) {
        struct value base = cube_observe(survey->cube, zone, reading.base, later, &origin);
        if (value_status_has_figure(base.status)) {
            out->item = reading.base;
            out->origin = origin;
            return;
        }
    }
    (void)cube_observe(survey->cube, zone, expression->item, reading.periods[0], &out->origin);
}

static const struct explained *explain_row(const struct survey *survey,
                                           const struct expression *rows, size_t zone,
                                           const struct roster *roster, size_t row)
{
    struct explained *explained = plant(survey->arena);
    explained->label = arena_copy_text(survey->arena, roster->keys[row]);
    explained->zone = zone;
    explained->origin = roster->origin;
    if (rows->operation == OPERATION_ROWS_COUNT)
        return explained;
    struct value value = roster_cell(roster, row, rows->item, NULL);
    explained->item = rows->item;
    explained->result = result_of_cell(value);
    explained->result.number =
        number_of_decimal(value.mantissa, cube_catalogue(survey->cube)->items[rows->item].decimals);
    explained->text = text_of(survey, rows, explained->result);
    return explained;
}

static int largest_first(const void *left, const void *right)
{
    const struct explained *one = *(const struct explained *const *)left;
    const struct explained *other = *(const struct explained *const *)right;
    return number_compare(other->result.number, one->result.number);
}

/* The rows that a figure of a roster was made of. */
static void add_rows(const struct survey *survey, const struct expression *rows, size_t zone,
                     struct period period, struct explained *out)
{
    struct roster roster;
    if (!reading_shift(&rows->shift, period, &period) ||
        !cube_roster(survey->cube, zone, rows->form, period, &roster))
        return;
    const struct explained **children =
        arena_take(survey->arena, roster.row_count + 1, sizeof(struct explained *));
    struct frame row = { .cube = survey->cube, .zone = zone, .period = period, .roster = &roster };
    size_t count = 0;
    for (row.row = 0; row.row < roster.row_count; row.row++)
        if (!rows->left || frame_truth(rows->left, &row).truth != TRUTH_FALSE)
            children[count++] = explain_row(survey, rows, zone, &roster, row.row);
    if (rows->top > 0) {
        qsort(children, count, sizeof(struct explained *), largest_first);
        count = count < (size_t)rows->top ? count : (size_t)rows->top;
    }
    if (count > ROWS_SHOWN_MAX) {
        struct explained *rest = plant(survey->arena);
        rest->label =
            arena_format(survey->arena, MESSAGE_EXPLAIN_MORE_ROWS, count - ROWS_SHOWN_MAX);
        children[ROWS_SHOWN_MAX] = rest;
        count = ROWS_SHOWN_MAX + 1;
    }
    out->origin = roster.origin;
    out->children = children;
    out->child_count = count;
}

static bool reads_rows(const struct expression *expression)
{
    return expression->operation == OPERATION_ROWS_COUNT ||
           expression->operation == OPERATION_ROWS_SUM ||
           expression->operation == OPERATION_ROWS_SMALLEST ||
           expression->operation == OPERATION_ROWS_LARGEST;
}

static const struct explained *explain_zone_leaf(const struct survey *survey,
                                                 const struct expression *expression, size_t zone,
                                                 struct period period)
{
    struct explained *explained = plant(survey->arena);
    struct frame frame = { .cube = survey->cube, .zone = zone, .period = period };
    explained->result = frame_number(expression, &frame);
    explained->text = text_of(survey, expression, explained->result);
    explained->label = cube_zone(survey->cube, zone)->name;
    explained->zone = zone;
    if (expression->operation == OPERATION_ITEM)
        trace_cell(survey, expression, zone, period, explained);
    else if (reads_rows(expression))
        add_rows(survey, expression, zone, period, explained);
    return explained;
}

static void add_zones(const struct survey *survey, const struct expression *expression,
                      struct period period, struct explained *out)
{
    size_t count = survey->group->coverage.included;
    const struct explained **children =
        arena_take(survey->arena, count, sizeof(struct explained *));
    for (size_t i = 0; i < count; i++)
        children[i] = explain_zone_leaf(survey, expression, survey->group->zones[i], period);
    out->children = children;
    out->child_count = count;
    out->coverage = survey->group->coverage;
}

static const struct explained *explain_formula(const struct survey *survey, size_t indicator,
                                               struct period period);

static const struct explained *explain_operand(const struct survey *survey,
                                               const struct expression *expression,
                                               struct period period)
{
    if (expression->operation == OPERATION_INDICATOR) {
        struct explained *shifted = plant(survey->arena);
        shifted->label = expression_text(cube_catalogue(survey->cube), expression, survey->arena);
        shifted->result = result_absent(ABSENCE_NO_PERIOD);
        shifted->text = absence_words(ABSENCE_NO_PERIOD);
        if (!reading_shift(&expression->shift, period, &period))
            return shifted;
        return explain_formula(survey, expression->indicator, period);
    }
    struct explained *explained = plant(survey->arena);
    if (!survey->group) {
        *explained = *explain_zone_leaf(survey, expression, survey->zone, period);
    } else if (group_has_leaf(survey->group, expression, period)) {
        explained->result = group_total(survey->group, expression, period);
        explained->text = text_of(survey, expression, explained->result);
        explained->item =
            expression->operation == OPERATION_ITEM ? expression->item : CATALOGUE_NONE;
        add_zones(survey, expression, period, explained);
    }
    explained->label = expression_text(cube_catalogue(survey->cube), expression, survey->arena);
    return explained;
}

static struct result result_at(const struct survey *survey, size_t indicator, struct period period)
{
    const struct indicator *described = &cube_catalogue(survey->cube)->indicators[indicator];
    if (described->roster != CATALOGUE_NONE)
        return result_absent(ABSENCE_NOT_ADDITIVE);
    if (survey->group)
        return group_result(survey->group, survey->cube, indicator, period).result;
    struct frame frame = { .cube = survey->cube, .zone = survey->zone, .period = period };
    return frame_number(described->value, &frame);
}

/* Indicators have no cycles, so this ends. */
static const struct explained *explain_formula(const struct survey *survey, size_t indicator,
                                               struct period period)
{
    const struct catalogue *catalogue = cube_catalogue(survey->cube);
    const struct indicator *described = &catalogue->indicators[indicator];
    struct explained *explained = plant(survey->arena);
    explained->label = words_say(&described->name);
    explained->formula = expression_text(catalogue, described->value, survey->arena);
    explained->result = result_at(survey, indicator, period);
    explained->text =
        result_text(explained->result, described->decimals, described->unit_text, survey->arena);
    if (survey->group)
        explained->coverage = survey->group->coverage;

    struct operands operands = { .arena = survey->arena };
    gather(&operands, described->value);
    const struct explained **children =
        arena_take(survey->arena, operands.count, sizeof(struct explained *));
    for (size_t i = 0; i < operands.count; i++)
        children[i] = explain_operand(survey, operands.expressions[i], period);
    explained->children = children;
    explained->child_count = operands.count;
    return explained;
}

const struct explained *explain_indicator(const struct cube *cube, size_t indicator,
                                          struct scope scope, struct period period,
                                          struct arena *arena)
{
    struct survey survey = { .cube = cube, .arena = arena };
    if (scope.zone_count == 1 && !scope.group) {
        survey.zone = scope.zones[0];
        return explain_formula(&survey, indicator, period);
    }
    CLEANUP(group_free) struct group group = group_of(cube, indicator, scope, period);
    survey.group = &group;
    return explain_formula(&survey, indicator, period);
}
