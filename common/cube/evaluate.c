#include "common/cube/evaluate.h"

#include <assert.h>

#include "common/cube/frame.h"
#include "common/cube/group.h"

struct result evaluate_indicator_row(const struct cube *cube, size_t indicator, size_t zone,
                                     struct period period, size_t row)
{
    const struct indicator *described = &cube_catalogue(cube)->indicators[indicator];
    struct roster roster;
    assert(described->roster != CATALOGUE_NONE);
    if (!cube_roster(cube, zone, described->roster, period, &roster))
        return result_absent(ABSENCE_NOT_REPORTED);
    struct frame frame = {
        .cube = cube, .zone = zone, .period = period, .roster = &roster, .row = row
    };
    return frame_number(described->value, &frame);
}

static struct indicator_value of_zone(const struct cube *cube, size_t indicator, size_t zone,
                                      struct period period)
{
    const struct indicator *described = &cube_catalogue(cube)->indicators[indicator];
    struct frame frame = { .cube = cube, .zone = zone, .period = period };
    struct indicator_value value = { .result = result_absent(ABSENCE_NOT_ADDITIVE) };
    if (described->roster == CATALOGUE_NONE)
        value.result = frame_number(described->value, &frame);
    value.coverage.expected = zone_is_active(cube_zone(cube, zone), period);
    if (value.result.absence == ABSENCE_NONE)
        value.coverage.included = value.coverage.expected;
    return value;
}

struct indicator_value evaluate_indicator(const struct cube *cube, size_t indicator,
                                          struct scope scope, struct period period)
{
    if (scope.zone_count == 1 && !scope.group)
        return of_zone(cube, indicator, scope.zones[0], period);
    return group_evaluate(cube, indicator, scope, period);
}

struct frame frame_of(const struct context *context, struct rows_memory *memory)
{
    return (struct frame){ .cube = context->cube,
                           .zone = context->zone,
                           .period = context->period,
                           .roster = context->roster,
                           .row = context->row,
                           .memory = memory };
}

enum truth evaluate_truth(const struct expression *expression, const struct context *context)
{
    if (!expression)
        return TRUTH_TRUE;
    struct frame frame = frame_of(context, context->memory);
    return frame_truth(expression, &frame).truth;
}

struct result evaluate_number(const struct expression *expression, const struct context *context)
{
    struct frame frame = frame_of(context, context->memory);
    return frame_number(expression, &frame);
}
