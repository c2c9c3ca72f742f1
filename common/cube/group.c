#include "common/cube/group.h"

#include <assert.h>
#include <stdlib.h>

#include "common/base/memory.h"
#include "common/cube/column.h"
#include "common/cube/frame.h"

static const struct leaf *find(const struct group *group, const struct expression *expression,
                               struct period period)
{
    for (size_t i = 0; i < group->count; i++)
        if (group->leaves[i].expression == expression &&
            period_equal(group->leaves[i].period, period))
            return &group->leaves[i];
    return NULL;
}

static void refuse(struct group *group, enum absence absence)
{
    if (group->absence == ABSENCE_NONE || absence < group->absence)
        group->absence = absence;
}

static void add_leaf(struct group *group, const struct cube *cube,
                     const struct expression *expression, struct period period,
                     enum item_total rule)
{
    if (find(group, expression, period))
        return;
    if (rule == TOTAL_NONE)
        refuse(group, ABSENCE_NOT_ADDITIVE);
    group->leaves =
        memory_grown(group->leaves, &group->capacity, group->count + 1, sizeof *group->leaves);
    struct leaf *leaf = &group->leaves[group->count++];
    *leaf = (struct leaf){ .expression = expression, .period = period, .rule = rule };
    leaf->is_item = expression->operation == OPERATION_ITEM;
    if (!leaf->is_item)
        return;
    leaf->reading = reading_of(cube, expression->item, &expression->shift, period);
    leaf->column = reading_column(cube, &leaf->reading);
    leaf->decimals = cube_catalogue(cube)->items[expression->item].decimals;
}

/* Items, converted in scale, that are summed: what stands in for each other in a zone may. */
static bool is_summable(const struct cube *cube, const struct expression *expression)
{
    switch (expression->operation) {
    case OPERATION_ITEM:
        return cube_catalogue(cube)->items[expression->item].total == TOTAL_SUM &&
               cube_catalogue(cube)->items[expression->item].type == ITEM_QUANTITY;
    case OPERATION_SCALE:
        return is_summable(cube, expression->left);
    case OPERATION_FIRST_OF:
    case OPERATION_ADD:
    case OPERATION_SUBTRACT:
        return is_summable(cube, expression->left) && is_summable(cube, expression->right);
    default:
        return false;
    }
}

static enum item_total item_rule(const struct cube *cube, size_t item)
{
    const struct item *described = &cube_catalogue(cube)->items[item];
    return described->type == ITEM_QUANTITY ? described->total : TOTAL_NONE;
}

/* The three largest of each zone are not the three largest of all. */
static enum item_total rows_rule(const struct expression *expression)
{
    if (expression->operation == OPERATION_ROWS_SMALLEST)
        return TOTAL_SMALLEST;
    if (expression->operation == OPERATION_ROWS_LARGEST)
        return TOTAL_LARGEST;
    return expression->top > 0 ? TOTAL_NONE : TOTAL_SUM;
}

static void collect(struct group *group, const struct cube *cube,
                    const struct expression *expression, struct period period)
{
    if (!expression)
        return;
    switch (expression->operation) {
    case OPERATION_ITEM:
        add_leaf(group, cube, expression, period, item_rule(cube, expression->item));
        return;
    case OPERATION_ROWS_COUNT:
    case OPERATION_ROWS_SUM:
    case OPERATION_ROWS_SMALLEST:
    case OPERATION_ROWS_LARGEST:
        add_leaf(group, cube, expression, period, rows_rule(expression));
        return;
    case OPERATION_COLUMN:
    case OPERATION_ATTRIBUTE:
        refuse(group, ABSENCE_NOT_ADDITIVE);
        return;
    case OPERATION_INDICATOR:
        if (reading_shift(&expression->shift, period, &period))
            collect(group, cube, cube_catalogue(cube)->indicators[expression->indicator].value,
                    period);
        else
            refuse(group, ABSENCE_NO_PERIOD);
        return;
    case OPERATION_FIRST_OF:
        if (is_summable(cube, expression)) {
            add_leaf(group, cube, expression, period, TOTAL_SUM);
            return;
        }
        break;
    default:
        break;
    }
    collect(group, cube, expression->left, period);
    collect(group, cube, expression->right, period);
    collect(group, cube, expression->third, period);
}

static struct result read_leaf(const struct leaf *leaf, const struct cube *cube, size_t zone)
{
    struct value value;
    if (leaf->column && column_get(leaf->column, zone, &value) &&
        value_status_has_figure(value.status))
        return (struct result){ .number = number_of_decimal(value.mantissa, leaf->decimals),
                                .status = value.status };
    if (leaf->is_item)
        return reading_take(cube, &leaf->reading, zone);
    struct frame frame = { .cube = cube, .zone = zone, .period = leaf->period };
    return frame_number(leaf->expression, &frame);
}

/* All leaves, or the first reason why the zone does not take part. */
static enum absence read_zone(struct group *group, const struct cube *cube, size_t zone)
{
    struct result joined = { .number = number_of(0) };
    for (size_t i = 0; i < group->count; i++) {
        struct leaf *leaf = &group->leaves[i];
        leaf->zone = read_leaf(leaf, cube, zone);
        joined = result_joined(joined, leaf->zone);
    }
    return joined.absence;
}

static void add_to_total(struct leaf *leaf, bool first)
{
    struct result total = result_joined(leaf->total, leaf->zone);
    total.number = leaf->total.number;
    bool fits = true;
    if (first)
        total = leaf->zone;
    else if (leaf->rule == TOTAL_SUM)
        fits = number_add(leaf->total.number, leaf->zone.number, &total.number);
    else if (number_compare(leaf->zone.number, leaf->total.number) *
                 (leaf->rule == TOTAL_LARGEST ? 1 : -1) >
             0)
        total.number = leaf->zone.number;
    if (!fits)
        total.absence = ABSENCE_OVERFLOW;
    leaf->total = total;
}

struct group group_of(const struct cube *cube, size_t indicator, struct scope scope,
                      struct period period)
{
    const struct indicator *described = &cube_catalogue(cube)->indicators[indicator];
    struct group group = { .zones = memory_zeroed(scope.zone_count, sizeof *group.zones) };
    if (described->roster != CATALOGUE_NONE)
        refuse(&group, ABSENCE_NOT_ADDITIVE);
    collect(&group, cube, described->value, period);

    struct result lacking = { .number = number_of(0) };
    for (size_t i = 0; i < scope.zone_count; i++) {
        if (!zone_is_active(cube_zone(cube, scope.zones[i]), period))
            continue;
        group.coverage.expected++;
        if (group.absence != ABSENCE_NONE)
            continue;
        enum absence absence = read_zone(&group, cube, scope.zones[i]);
        lacking = result_joined(lacking, (struct result){ .absence = (uint8_t)absence });
        if (absence != ABSENCE_NONE)
            continue;
        for (size_t k = 0; k < group.count; k++)
            add_to_total(&group.leaves[k], group.coverage.included == 0);
        group.zones[group.coverage.included++] = scope.zones[i];
    }
    if (group.absence == ABSENCE_NONE && group.coverage.included == 0)
        group.absence = lacking.absence ? lacking.absence : ABSENCE_NOT_REPORTED;
    return group;
}

void group_free(struct group *group)
{
    free(group->leaves);
    free(group->zones);
    *group = (struct group){ 0 };
}

struct indicator_value group_result(const struct group *group, const struct cube *cube,
                                    size_t indicator, struct period period)
{
    struct indicator_value value = { result_absent(group->absence), group->coverage };
    if (group->absence != ABSENCE_NONE)
        return value;
    struct frame frame = { .cube = cube, .period = period, .group = group };
    value.result = frame_number(cube_catalogue(cube)->indicators[indicator].value, &frame);
    return value;
}

struct indicator_value group_evaluate(const struct cube *cube, size_t indicator, struct scope scope,
                                      struct period period)
{
    CLEANUP(group_free) struct group group = group_of(cube, indicator, scope, period);
    return group_result(&group, cube, indicator, period);
}

bool group_has_leaf(const struct group *group, const struct expression *expression,
                    struct period period)
{
    return find(group, expression, period) != NULL;
}

struct result group_total(const struct group *group, const struct expression *expression,
                          struct period period)
{
    const struct leaf *leaf = find(group, expression, period);
    assert(leaf);
    return leaf->total;
}
