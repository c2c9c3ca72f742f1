#include "common/cube/reading.h"

#include <assert.h>

#include "common/base/decimal.h"
#include "common/cube/column.h"

static bool is_flow(const struct item *item)
{
    return item->type == ITEM_QUANTITY && item->quantity.kind == KIND_FLOW;
}

static bool is_cumulative(const struct item *item)
{
    return is_flow(item) && item->quantity.basis == BASIS_CUMULATIVE;
}

enum absence reading_unreported(const struct cube *cube, size_t item, struct period period)
{
    bool exempt = false, parts = cube_item_has_parts(cube, item);
    do {
        size_t form = cube_item_form(cube, item, period.frequency);
        if (form == CATALOGUE_NONE)
            continue;
        if (form_reports(&cube_catalogue(cube)->forms[form], period))
            return ABSENCE_NOT_REPORTED;
        exempt = true;
    } while (parts && period_last_part(period, &period));
    return exempt ? ABSENCE_NO_PERIOD : ABSENCE_NOT_REPORTED;
}

static bool is_exempt(const struct cube *cube, size_t item, struct period period)
{
    return reading_unreported(cube, item, period) == ABSENCE_NO_PERIOD;
}

bool reading_shift(const struct shift *shift, struct period period, struct period *out)
{
    if (!period_shift_years(period, shift->years, &period) ||
        !period_shift(period, shift->steps, &period))
        return false;
    if (shift->part_number > 0) {
        period.frequency = shift->part_frequency;
        period.number = shift->part_number;
    }
    *out = period;
    return true;
}

/* The last reported period of the same year before it; false when it is the first one. */
static bool earlier_in_year(const struct cube *cube, size_t item, struct period period,
                            struct period *out, bool *out_skipped)
{
    int16_t year = period.year;
    while (period_shift(period, -1, &period) && period.year == year) {
        if (!is_exempt(cube, item, period)) {
            *out = period;
            return true;
        }
        *out_skipped = true;
    }
    return false;
}

static void add_term(struct reading *reading, struct period period, int8_t sign)
{
    assert(reading->count < READING_TERMS_MAX);
    reading->periods[reading->count] = period;
    reading->signs[reading->count++] = sign;
}

/* January to the period, of a flow of the period alone. */
static void add_year_to_date(const struct cube *cube, struct reading *reading, struct period period)
{
    while (cube_item_form(cube, reading->item, period.frequency) == CATALOGUE_NONE &&
           period_last_part(period, &period))
        continue;
    if (period.frequency == FREQUENCY_YEAR) {
        add_term(reading, period, 1);
        return;
    }
    struct period part = period;
    for (part.number = 1; part.number <= period.number; part.number++)
        if (!is_exempt(cube, reading->item, part))
            add_term(reading, part, 1);
}

struct reading reading_of(const struct cube *cube, size_t item, const struct shift *shift,
                          struct period period)
{
    const struct item *described = &cube_catalogue(cube)->items[item];
    struct reading reading; /* without zeros: the terms are counted */
    reading.absence = ABSENCE_NONE;
    reading.item = item;
    reading.base = CATALOGUE_NONE;
    reading.count = 0;
    if (shift_is_none(shift)) {
        add_term(&reading, period, 1);
        return reading;
    }
    struct period target, earlier = period, last_year = period;
    bool skipped = false, own = shift->basis == SHIFT_PERIOD_ONLY;
    if (!reading_shift(shift, period, &target) ||
        !period_shift_years(period, shift->years, &last_year)) {
        reading.absence = ABSENCE_NO_PERIOD;
        return reading;
    }
    if (shift->years == -1)
        reading.base = described->base;

    bool alone = own || (is_flow(described) && !is_cumulative(described));
    bool has_earlier = alone && earlier_in_year(cube, item, target, &earlier, &skipped);
    bool across = is_cumulative(described) && shift->basis == SHIFT_AS_REPORTED &&
                  (target.year != last_year.year || target.frequency == FREQUENCY_YEAR);
    if (shift->steps != 0 && shift->part_number == 0 && (across || (alone && skipped))) {
        /* Also 2021 after 2020: a year's cumulative is its own beginning. */
        reading.absence = ABSENCE_NO_PERIOD;
        return reading;
    }
    if (shift->basis == SHIFT_CUMULATIVE && is_flow(described) && !is_cumulative(described)) {
        add_year_to_date(cube, &reading, target);
        return reading;
    }
    add_term(&reading, target, 1);
    if (own && is_cumulative(described) && has_earlier && !is_exempt(cube, item, target))
        add_term(&reading, earlier, -1);
    return reading;
}

/* Adds the terms up; false at a cell without a figure, whose reason goes to `out`. */
static bool take_terms(const struct cube *cube, const struct reading *reading, size_t item,
                       int years_later, size_t zone, struct result *out)
{
    const struct item *described = &cube_catalogue(cube)->items[item];
    int128 sum = 0;
    *out = (struct result){ .number = number_of(0) };
    for (size_t i = 0; i < reading->count; i++) {
        struct period period = reading->periods[i];
        if (!period_shift_years(period, years_later, &period)) {
            out->absence = ABSENCE_NO_PERIOD;
            return false;
        }
        struct value value = { 0, VALUE_MISSING };
        enum absence absence = ABSENCE_NONE;
        if (!cube_look(cube, zone, item, period, &value))
            absence = reading_unreported(cube, item, period);
        else if (!value_status_has_figure(value.status))
            absence =
                value.status == VALUE_NOT_APPLICABLE ? ABSENCE_NOT_APPLICABLE : ABSENCE_MISSING;
        *out = result_joined(
            *out, (struct result){ .absence = (uint8_t)absence, .status = value.status });
        sum += (int128)value.mantissa * reading->signs[i];
    }
    int decimals = described->type == ITEM_QUANTITY ? described->decimals : 0;
    out->number = (struct number){ sum, decimal_power(decimals) };
    return out->absence == ABSENCE_NONE;
}

struct result reading_take(const struct cube *cube, const struct reading *reading, size_t zone)
{
    struct result result = { .number = number_of(0),
                             .absence = (uint8_t)reading->absence,
                             .status = VALUE_MISSING };
    if (reading->absence != ABSENCE_NONE)
        return result;
    const struct item *items = cube_catalogue(cube)->items;
    if (reading->base != CATALOGUE_NONE &&
        take_terms(cube, reading, reading->base, 1, zone, &result)) {
        int exponent = items[reading->base].quantity.power - items[reading->item].quantity.power;
        if (exponent != 0 && !number_shift(result.number, exponent, &result.number))
            result.absence = ABSENCE_OVERFLOW;
        return result;
    }
    (void)take_terms(cube, reading, reading->item, 0, zone, &result);
    return result;
}

/* The first column in which any zone reports; NULL when none does. */
static const struct column *column_of(const struct cube *cube, size_t item, struct period period)
{
    bool parts = cube_item_has_parts(cube, item);
    do {
        const struct column *column = cube_column(cube, item, period);
        if (column)
            return column;
    } while (parts && period_last_part(period, &period));
    return NULL;
}

const struct column *reading_column(const struct cube *cube, const struct reading *reading)
{
    const struct item *items = cube_catalogue(cube)->items;
    if (reading->absence != ABSENCE_NONE || reading->count != 1 || reading->signs[0] < 0)
        return NULL;
    struct period later;
    if (reading->base != CATALOGUE_NONE && period_shift_years(reading->periods[0], 1, &later)) {
        const struct item *base = &items[reading->base], *item = &items[reading->item];
        const struct column *column = column_of(cube, reading->base, later);
        bool alike =
            base->decimals == item->decimals && base->quantity.power == item->quantity.power;
        if (column)
            return alike ? column : NULL;
    }
    return column_of(cube, reading->item, reading->periods[0]);
}
