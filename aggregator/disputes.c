#include "aggregator/disputes.h"

#include "aggregator/projection.h"
#include "common/base/seeded_bug.h"
#include "common/catalogue/catalogue.h"
#include "common/cube/cube.h"
#include "common/cube/reading.h"

struct dispute {
    const struct projection *projection;
    const struct cube *cube;
    const struct catalogue *catalogue;
    struct scope scope;
};

bool disputes_are_open(const struct projection *projection)
{
    for (size_t i = 0; i < projection_count(projection); i++)
        if (projection_at(projection, i)->contest.open > 0)
            return true;
    return false;
}

static bool is_contested(const struct dispute *dispute, size_t zone, const struct origin *origin)
{
    if (!origin->reported || origin->form == CATALOGUE_NONE)
        return false;
    const struct return_state *state =
        projection_find(dispute->projection, &cube_zone(dispute->cube, zone)->id,
                        dispute->catalogue->forms[origin->form].code, origin->period);
    return state && state->contest.open > 0 && !seeded_bug(BUG_OVERLOOK_A_DISPUTE);
}

static bool touches_cell(const struct dispute *dispute, size_t item, struct period period)
{
    for (size_t i = 0; i < dispute->scope.zone_count; i++) {
        size_t zone = dispute->scope.zones[i];
        struct origin origin;
        (void)cube_observe(dispute->cube, zone, item, period, &origin);
        if (is_contested(dispute, zone, &origin))
            return true;
    }
    return false;
}

/* All cells that are added up, and the comparable base. */
static bool touches_item(const struct dispute *dispute, const struct expression *expression,
                         struct period period)
{
    struct reading reading =
        reading_of(dispute->cube, expression->item, &expression->shift, period);
    struct period later;
    if (reading.absence != ABSENCE_NONE)
        return false;
    for (size_t i = 0; i < reading.count; i++)
        if (touches_cell(dispute, expression->item, reading.periods[i]))
            return true;
    return reading.base != CATALOGUE_NONE && period_shift_years(reading.periods[0], 1, &later) &&
           touches_cell(dispute, reading.base, later);
}

static bool touches_roster(const struct dispute *dispute, const struct expression *expression,
                           struct period period)
{
    struct roster roster;
    if (!reading_shift(&expression->shift, period, &period))
        return false;
    for (size_t i = 0; i < dispute->scope.zone_count; i++)
        if (cube_roster(dispute->cube, dispute->scope.zones[i], expression->form, period,
                        &roster) &&
            is_contested(dispute, dispute->scope.zones[i], &roster.origin))
            return true;
    return false;
}

static bool touches(const struct dispute *dispute, const struct expression *expression,
                    struct period period);

static bool touches_leaf(const struct dispute *dispute, const struct expression *expression,
                         struct period period)
{
    switch (expression->operation) {
    case OPERATION_ITEM:
        return touches_item(dispute, expression, period);
    case OPERATION_ROWS_COUNT:
    case OPERATION_ROWS_SUM:
    case OPERATION_ROWS_SMALLEST:
    case OPERATION_ROWS_LARGEST:
        return touches_roster(dispute, expression, period);
    case OPERATION_INDICATOR: /* they have no cycles, so this ends */
        return reading_shift(&expression->shift, period, &period) &&
               touches(dispute, dispute->catalogue->indicators[expression->indicator].value,
                       period);
    default:
        return false;
    }
}

static bool touches(const struct dispute *dispute, const struct expression *expression,
                    struct period period)
{
    return expression && (touches_leaf(dispute, expression, period) ||
                          touches(dispute, expression->left, period) ||
                          touches(dispute, expression->right, period) ||
                          touches(dispute, expression->third, period));
}

bool disputes_touch(const struct projection *projection, size_t indicator, struct scope scope,
                    struct period period)
{
    const struct cube *cube = projection_cube(projection);
    struct dispute dispute = { projection, cube, cube_catalogue(cube), scope };
    return touches(&dispute, dispute.catalogue->indicators[indicator].value, period);
}
