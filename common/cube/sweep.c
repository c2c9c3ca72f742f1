#include "common/cube/evaluate.h"

#include <assert.h>
#include <stdlib.h>

#include "common/base/decimal.h"
#include "common/base/memory.h"
#include "common/cube/column.h"
#include "common/cube/frame.h"
#include "common/cube/reading.h"
#include "common/cube/vector.h"

/*
 * One pass over the zones, block by block: a stack of vectors instead of a stack of numbers.
 * What has no arithmetic of its own on vectors (rows, conditions) is evaluated zone by zone.
 */
struct sweep {
    const struct cube *cube;
    size_t first; /* zone */
    size_t count;
    struct vector **stack;
    size_t capacity;
};

static struct vector *at_depth(struct sweep *sweep, size_t depth)
{
    if (depth >= sweep->capacity)
        sweep->stack =
            memory_grown(sweep->stack, &sweep->capacity, depth + 1, sizeof(struct vector *));
    if (!sweep->stack[depth])
        sweep->stack[depth] = memory_zeroed(1, sizeof(struct vector));
    return sweep->stack[depth];
}

static void note_figures(bool has_figure[UINT8_MAX + 1])
{
    for (int status = 0; status <= UINT8_MAX; status++)
        has_figure[status] =
            status < VALUE_STATUS_COUNT && value_status_has_figure((enum value_status)status);
}

/* Figures straight from the column; what is not there is looked for zone by zone. */
static void load_item(const struct sweep *sweep, const struct expression *expression,
                      struct period period, struct vector *out)
{
    const struct cube *cube = sweep->cube;
    const struct item *item = &cube_catalogue(cube)->items[expression->item];
    struct reading reading = reading_of(cube, expression->item, &expression->shift, period);
    const struct column *column = reading_column(cube, &reading);
    bool has_figure[UINT8_MAX + 1];
    note_figures(has_figure);
    vector_fill(out, sweep->count, number_of_decimal(0, item->decimals));
    uint64_t magnitudes = 0;
    uint8_t statuses = 0;
    for (size_t i = 0; i < sweep->count; i++) {
        size_t zone = sweep->first + i;
        if (!column || zone >= column->capacity || !has_figure[column->statuses[zone]]) {
            vector_set(out, i, reading_take(cube, &reading, zone));
            continue;
        }
        int64_t mantissa = column->mantissas[zone];
        out->numerators[i] = mantissa;
        out->statuses[i] = column->statuses[zone];
        if (!out->shared)
            out->denominators[i] = decimal_power(item->decimals);
        statuses |= column->statuses[zone];
        magnitudes |= (uint64_t)(mantissa < 0 ? -(mantissa + 1) : mantissa);
    }
    if (statuses != VALUE_PRESENT)
        out->whole = false;
    int bits = magnitudes ? 65 - __builtin_clzll(magnitudes) : 1;
    if (bits > out->numerator_bits)
        out->numerator_bits = bits;
}

static void evaluate_each(const struct sweep *sweep, const struct expression *expression,
                          struct period period, struct vector *out)
{
    vector_fill(out, sweep->count, number_of(0));
    for (size_t i = 0; i < sweep->count; i++) {
        struct frame frame = { .cube = sweep->cube, .zone = sweep->first + i, .period = period };
        vector_set(out, i, frame_number(expression, &frame));
    }
}

static void fill_absent(const struct sweep *sweep, enum absence absence, struct vector *out)
{
    vector_fill(out, sweep->count, number_of(0));
    for (size_t i = 0; i < sweep->count; i++)
        vector_set(out, i, result_absent(absence));
}

/* The result stands in the stack at `depth`. */
static void run(struct sweep *sweep, const struct expression *expression, struct period period,
                size_t depth)
{
    struct vector *out = at_depth(sweep, depth);
    switch (expression->operation) {
    case OPERATION_CONSTANT:
        vector_fill(out, sweep->count, expression->constant);
        return;
    case OPERATION_ITEM:
        if (cube_catalogue(sweep->cube)->items[expression->item].type != ITEM_QUANTITY)
            break;
        load_item(sweep, expression, period, out);
        return;
    case OPERATION_INDICATOR:
        if (cube_catalogue(sweep->cube)->indicators[expression->indicator].roster != CATALOGUE_NONE)
            break;
        if (reading_shift(&expression->shift, period, &period))
            run(sweep, cube_catalogue(sweep->cube)->indicators[expression->indicator].value, period,
                depth);
        else
            fill_absent(sweep, ABSENCE_NO_PERIOD, out);
        return;
    case OPERATION_NEGATE:
    case OPERATION_ABSOLUTE:
        run(sweep, expression->left, period, depth);
        vector_turn(expression->operation, out);
        return;
    case OPERATION_SCALE:
        run(sweep, expression->left, period, depth);
        vector_scale(out, expression->exponent);
        return;
    case OPERATION_ADD:
    case OPERATION_SUBTRACT:
    case OPERATION_MULTIPLY:
    case OPERATION_DIVIDE:
    case OPERATION_SMALLER:
    case OPERATION_LARGER:
    case OPERATION_FIRST_OF:
        run(sweep, expression->left, period, depth);
        run(sweep, expression->right, period, depth + 1);
        vector_combine(expression->operation, out, at_depth(sweep, depth + 1));
        return;
    default:
        break;
    }
    evaluate_each(sweep, expression, period, out);
}

void evaluate_indicator_zones(const struct cube *cube, size_t indicator, struct period period,
                              struct result *out)
{
    const struct indicator *described = &cube_catalogue(cube)->indicators[indicator];
    size_t zone_count = cube_zone_count(cube);
    struct sweep sweep = { .cube = cube };
    for (; sweep.first < zone_count; sweep.first += sweep.count) {
        size_t left = zone_count - sweep.first;
        sweep.count = left < VECTOR_SIZE ? left : VECTOR_SIZE;
        if (described->roster == CATALOGUE_NONE)
            run(&sweep, described->value, period, 0);
        else
            fill_absent(&sweep, ABSENCE_NOT_ADDITIVE, at_depth(&sweep, 0));
        for (size_t i = 0; i < sweep.count; i++)
            out[sweep.first + i] = vector_get(sweep.stack[0], i);
    }
    for (size_t i = 0; i < sweep.capacity; i++)
        free(sweep.stack[i]);
    free(sweep.stack);
}
