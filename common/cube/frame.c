#include "common/cube/frame.h"

#include <assert.h>

#include "common/cube/group.h"
#include "common/cube/reading.h"
#include "common/cube/workday.h"

typedef struct result number_fn(const struct expression *expression, const struct frame *frame);

static struct result of_number(struct number number)
{
    return (struct result){ .number = number };
}

/* A code is compared by its place in its list; one that is not in it has none. */
static struct result of_code(const struct frame *frame, size_t list, struct code code)
{
    if (list == CATALOGUE_NONE || code.packed == 0)
        return result_absent(ABSENCE_MISSING);
    int ordinal = code_list_ordinal(&cube_catalogue(frame->cube)->lists[list], code);
    return ordinal < 0 ? result_absent(ABSENCE_MISSING) : of_number(number_of(ordinal));
}

static struct result constant(const struct expression *expression, const struct frame *frame)
{
    (void)frame;
    return of_number(expression->constant);
}

static struct result code(const struct expression *expression, const struct frame *frame)
{
    return of_code(frame, expression->list, expression->code);
}

static struct result coded(const struct frame *frame, size_t item, struct result state,
                           int64_t mantissa)
{
    const struct item *described = &cube_catalogue(frame->cube)->items[item];
    if (state.absence != ABSENCE_NONE)
        return state;
    if (described->type == ITEM_CODE) {
        struct result ordinal =
            of_code(frame, described->list, (struct code){ (uint64_t)mantissa });
        struct result joined = result_joined(state, ordinal);
        joined.number = ordinal.number;
        return joined;
    }
    int decimals = described->type == ITEM_QUANTITY ? described->decimals : 0;
    state.number = number_of_decimal(mantissa, decimals);
    return state;
}

static struct result read_item(const struct expression *expression, const struct frame *frame)
{
    struct reading reading =
        reading_of(frame->cube, expression->item, &expression->shift, frame->period);
    struct result state = reading_take(frame->cube, &reading, frame->zone);
    if (cube_catalogue(frame->cube)->items[expression->item].type != ITEM_CODE)
        return state;
    return coded(frame, expression->item, state, (int64_t)state.number.numerator);
}

static struct result item(const struct expression *expression, const struct frame *frame)
{
    if (frame->group)
        return group_total(frame->group, expression, frame->period);
    return read_item(expression, frame);
}

static struct result column(const struct expression *expression, const struct frame *frame)
{
    struct roster roster;
    size_t row;
    struct result found = frame_row(frame, expression->form, &expression->shift, &roster, &row);
    if (found.absence != ABSENCE_NONE)
        return found;
    struct value value = roster_cell(&roster, row, expression->item, NULL);
    return coded(frame, expression->item, result_of_cell(value), value.mantissa);
}

static struct result attribute(const struct expression *expression, const struct frame *frame)
{
    if (frame->group)
        return result_absent(ABSENCE_NOT_ADDITIVE);
    const struct attribute *described =
        &cube_catalogue(frame->cube)->attributes[expression->attribute];
    struct code value =
        zone_attribute_at(cube_zone(frame->cube, frame->zone), described->code, frame->period);
    return of_code(frame, described->list, value);
}

static struct result indicator(const struct expression *expression, const struct frame *frame)
{
    const struct indicator *described =
        &cube_catalogue(frame->cube)->indicators[expression->indicator];
    struct frame inside = {
        .cube = frame->cube, .zone = frame->zone, .group = frame->group, .memory = frame->memory
    };
    if (!reading_shift(&expression->shift, frame->period, &inside.period))
        return result_absent(ABSENCE_NO_PERIOD);
    struct roster roster;
    if (described->roster != CATALOGUE_NONE) {
        struct result found =
            frame_row(frame, described->roster, &expression->shift, &roster, &inside.row);
        if (found.absence != ABSENCE_NONE)
            return found;
        inside.roster = &roster;
    }
    return frame_number(described->value, &inside);
}

static struct result period_end(const struct expression *expression, const struct frame *frame)
{
    (void)expression;
    return of_number(number_of(period_last_day(frame->period)));
}

static struct result scale(const struct expression *expression, const struct frame *frame)
{
    struct result result = frame_number(expression->left, frame);
    if (result.absence == ABSENCE_NONE &&
        !number_shift(result.number, expression->exponent, &result.number))
        result.absence = ABSENCE_OVERFLOW;
    return result;
}

static struct result turned(const struct expression *expression, const struct frame *frame)
{
    struct result result = frame_number(expression->left, frame);
    bool turns = expression->operation == OPERATION_NEGATE || number_sign(result.number) < 0;
    if (turns)
        result.number.numerator = -result.number.numerator;
    return result;
}

static bool combine(enum operation operation, struct number left, struct number right,
                    struct number *out)
{
    switch (operation) {
    case OPERATION_ADD:
        return number_add(left, right, out);
    case OPERATION_SUBTRACT:
        return number_subtract(left, right, out);
    case OPERATION_MULTIPLY:
        return number_multiply(left, right, out);
    case OPERATION_DIVIDE:
        return number_divide(left, right, out);
    case OPERATION_SMALLER:
        *out = number_compare(left, right) <= 0 ? left : right;
        return true;
    case OPERATION_LARGER:
        *out = number_compare(left, right) >= 0 ? left : right;
        return true;
    default:
        assert(false && "an operation of two numbers");
        return false;
    }
}

static struct result combined(const struct expression *expression, const struct frame *frame)
{
    struct result left = frame_number(expression->left, frame);
    struct result right = frame_number(expression->right, frame);
    struct result result = result_joined(left, right);
    if (expression->operation == OPERATION_DIVIDE && right.absence == ABSENCE_NONE &&
        number_is_zero(right.number))
        return result_joined(result, (struct result){ .absence = ABSENCE_DIVISION_BY_ZERO });
    if (result.absence == ABSENCE_NONE &&
        !combine(expression->operation, left.number, right.number, &result.number)) {
        result.number = number_of(0);
        result.absence = ABSENCE_OVERFLOW;
    }
    return result;
}

static struct result first_of(const struct expression *expression, const struct frame *frame)
{
    if (frame->group && group_has_leaf(frame->group, expression, frame->period))
        return group_total(frame->group, expression, frame->period);
    struct result left = frame_number(expression->left, frame);
    if (left.absence == ABSENCE_NONE)
        return left;
    struct result right = frame_number(expression->right, frame);
    return right.absence == ABSENCE_NONE ? right : result_joined(left, right);
}

static struct result days(const struct expression *expression, const struct frame *frame)
{
    const struct catalogue *catalogue = cube_catalogue(frame->cube);
    struct result left = frame_number(expression->left, frame);
    struct result result = left;
    int64_t from = (int64_t)left.number.numerator;
    if (expression->operation == OPERATION_YEARS_LATER) {
        if (result.absence == ABSENCE_NONE)
            result.number = number_of(day_years_later(from, expression->exponent));
        return result;
    }
    struct result right = frame_number(expression->right, frame);
    int64_t to = (int64_t)right.number.numerator;
    result = result_joined(left, right);
    if (result.absence != ABSENCE_NONE)
        return result;
    result.number = number_of(to - from);
    if (expression->operation == OPERATION_WORKDAYS)
        result.number =
            number_of(workdays_between(from, to, catalogue->holidays, catalogue->holiday_count));
    return result;
}

static struct result rows(const struct expression *expression, const struct frame *frame)
{
    return frame->group ? group_total(frame->group, expression, frame->period)
                        : frame_rows(expression, frame);
}

static struct result choice(const struct expression *expression, const struct frame *frame)
{
    struct verdict condition = frame_truth(expression->left, frame);
    if (condition.truth == TRUTH_UNKNOWN)
        return condition.operands;
    struct result result =
        frame_number(condition.truth == TRUTH_TRUE ? expression->right : expression->third, frame);
    struct number number = result.number;
    condition.operands.absence = ABSENCE_NONE;
    result = result_joined(result, condition.operands);
    result.number = number;
    return result;
}

/* clang-format off */
static number_fn *const numbers[OPERATION_COUNT] = {
    [OPERATION_CONSTANT]      = constant,
    [OPERATION_CODE]          = code,
    [OPERATION_ITEM]          = item,
    [OPERATION_COLUMN]        = column,
    [OPERATION_ATTRIBUTE]     = attribute,
    [OPERATION_INDICATOR]     = indicator,
    [OPERATION_PERIOD_END]    = period_end,
    [OPERATION_NEGATE]        = turned,
    [OPERATION_ADD]           = combined,
    [OPERATION_SUBTRACT]      = combined,
    [OPERATION_MULTIPLY]      = combined,
    [OPERATION_DIVIDE]        = combined,
    [OPERATION_SCALE]         = scale,
    [OPERATION_ABSOLUTE]      = turned,
    [OPERATION_SMALLER]       = combined,
    [OPERATION_LARGER]        = combined,
    [OPERATION_FIRST_OF]      = first_of,
    [OPERATION_DAYS]          = days,
    [OPERATION_WORKDAYS]      = days,
    [OPERATION_YEARS_LATER]   = days,
    [OPERATION_ROWS_COUNT]    = rows,
    [OPERATION_ROWS_SUM]      = rows,
    [OPERATION_ROWS_SMALLEST] = rows,
    [OPERATION_ROWS_LARGEST]  = rows,
    [OPERATION_IF]            = choice,
};
/* clang-format on */

struct result frame_number(const struct expression *expression, const struct frame *frame)
{
    assert(expression->operation < OPERATION_COUNT && numbers[expression->operation]);
    return numbers[expression->operation](expression, frame);
}
