#include "common/cube/frame.h"

#include <assert.h>
#include <string.h>

#include "common/cube/credit_code.h"
#include "common/cube/reading.h"

typedef struct verdict truth_fn(const struct expression *expression, const struct frame *frame);

static struct verdict known(bool truth, struct result operands)
{
    operands.absence = ABSENCE_NONE;
    return (struct verdict){ truth ? TRUTH_TRUE : TRUTH_FALSE, operands };
}

static struct verdict judged(bool truth, struct result operands)
{
    if (operands.absence != ABSENCE_NONE)
        return (struct verdict){ TRUTH_UNKNOWN, operands };
    return known(truth, operands);
}

const char *frame_text(const struct expression *expression, const struct frame *frame,
                       struct result *out)
{
    struct roster roster;
    size_t row;
    if (expression->operation == OPERATION_IF) {
        struct verdict condition = frame_truth(expression->left, frame);
        *out = condition.operands;
        if (condition.truth == TRUTH_UNKNOWN)
            return NULL;
        return frame_text(condition.truth == TRUTH_TRUE ? expression->right : expression->third,
                          frame, out);
    }
    assert(expression->operation == OPERATION_COLUMN);
    *out = frame_row(frame, expression->form, &expression->shift, &roster, &row);
    if (out->absence != ABSENCE_NONE)
        return NULL;
    const char *text;
    *out = result_of_cell(roster_cell(&roster, row, expression->item, &text));
    if (out->absence == ABSENCE_NONE && *text == '\0')
        *out = result_absent(ABSENCE_MISSING);
    return out->absence == ABSENCE_NONE ? text : NULL;
}

struct result frame_compare(const struct expression *expression, const struct frame *frame,
                            int *out_order)
{
    *out_order = 0;
    if (expression->left->class == CLASS_TEXT) {
        struct result one, other;
        const char *left = frame_text(expression->left, frame, &one);
        const char *right = frame_text(expression->right, frame, &other);
        if (left && right)
            *out_order = strcmp(left, right);
        return result_joined(one, other);
    }
    struct result left = frame_number(expression->left, frame);
    struct result right = frame_number(expression->right, frame);
    struct result joined = result_joined(left, right);
    if (joined.absence == ABSENCE_NONE)
        *out_order = number_compare(left.number, right.number);
    return joined;
}

static struct verdict constant(const struct expression *expression, const struct frame *frame)
{
    (void)frame;
    return known(expression->operation == OPERATION_TRUE,
                 (struct result){ .number = number_of(0) });
}

static struct verdict flag(const struct expression *expression, const struct frame *frame)
{
    struct result result = frame_number(expression->left, frame);
    return judged(!number_is_zero(result.number), result);
}

bool comparison_holds(enum operation operation, int order)
{
    switch (operation) {
    case OPERATION_LESS:
        return order < 0;
    case OPERATION_LESS_OR_EQUAL:
        return order <= 0;
    case OPERATION_GREATER:
        return order > 0;
    case OPERATION_GREATER_OR_EQUAL:
        return order >= 0;
    case OPERATION_EQUAL:
        return order == 0;
    default:
        assert(operation == OPERATION_NOT_EQUAL);
        return order != 0;
    }
}

static struct verdict comparison(const struct expression *expression, const struct frame *frame)
{
    int order;
    struct result operands = frame_compare(expression, frame, &order);
    return judged(comparison_holds(expression->operation, order), operands);
}

static struct verdict in_set(const struct expression *expression, const struct frame *frame)
{
    struct result left = frame_number(expression->left, frame);
    const struct catalogue *catalogue = cube_catalogue(frame->cube);
    bool found = false;
    for (size_t i = 0; i < expression->code_count && left.absence == ABSENCE_NONE; i++) {
        int ordinal = code_list_ordinal(&catalogue->lists[expression->list], expression->codes[i]);
        found = found || number_compare(left.number, number_of(ordinal)) == 0;
    }
    return judged(found, left);
}

static struct verdict turned(struct verdict verdict)
{
    if (verdict.truth != TRUTH_UNKNOWN)
        verdict.truth = verdict.truth == TRUTH_TRUE ? TRUTH_FALSE : TRUTH_TRUE;
    return verdict;
}

/* True when either is, unknown when that depends on one that is unknown. */
static struct verdict either(struct verdict left, struct verdict right)
{
    if (left.truth == TRUTH_TRUE)
        return left;
    if (right.truth == TRUTH_TRUE)
        return right;
    struct result operands = result_joined(left.operands, right.operands);
    if (left.truth == TRUTH_UNKNOWN || right.truth == TRUTH_UNKNOWN)
        return (struct verdict){ TRUTH_UNKNOWN, operands };
    return (struct verdict){ TRUTH_FALSE, operands };
}

static struct verdict connected(const struct expression *expression, const struct frame *frame)
{
    struct verdict left = frame_truth(expression->left, frame);
    if (expression->operation == OPERATION_NOT)
        return turned(left);
    if (expression->operation == OPERATION_AND && left.truth == TRUTH_FALSE)
        return left;
    struct verdict right = frame_truth(expression->right, frame);
    if (expression->operation == OPERATION_AND)
        return turned(either(turned(left), turned(right)));
    return either(expression->operation == OPERATION_IMPLIES ? turned(left) : left, right);
}

static struct verdict is_missing(const struct expression *expression, const struct frame *frame)
{
    const struct expression *left = expression->left;
    struct result result = { .number = number_of(0) };
    if (left->class == CLASS_TRUTH)
        result.absence =
            frame_truth(left, frame).truth == TRUTH_UNKNOWN ? ABSENCE_MISSING : ABSENCE_NONE;
    else if (left->class == CLASS_TEXT)
        (void)frame_text(left, frame, &result);
    else
        result = frame_number(left, frame);
    return known(result.absence != ABSENCE_NONE, (struct result){ .number = number_of(0) });
}

static struct verdict text_test(const struct expression *expression, const struct frame *frame)
{
    struct result operands;
    const char *text = frame_text(expression->left, frame, &operands);
    if (!text)
        return judged(false, operands);
    if (expression->operation == OPERATION_VALID_CREDIT_CODE)
        return judged(credit_code_is_valid(text), operands);
    struct roster roster;
    if (!cube_roster(frame->cube, frame->zone, expression->form, frame->period, &roster))
        return judged(false, result_absent(ABSENCE_NOT_REPORTED));
    return judged(roster_row(&roster, text) != CATALOGUE_NONE, operands);
}

static struct verdict choice(const struct expression *expression, const struct frame *frame)
{
    struct verdict condition = frame_truth(expression->left, frame);
    if (condition.truth == TRUTH_UNKNOWN)
        return condition;
    return frame_truth(condition.truth == TRUTH_TRUE ? expression->right : expression->third,
                       frame);
}

/* clang-format off */
static truth_fn *const truths[OPERATION_COUNT] = {
    [OPERATION_TRUE]              = constant,
    [OPERATION_FALSE]             = constant,
    [OPERATION_FLAG]              = flag,
    [OPERATION_LESS]              = comparison,
    [OPERATION_LESS_OR_EQUAL]     = comparison,
    [OPERATION_GREATER]           = comparison,
    [OPERATION_GREATER_OR_EQUAL]  = comparison,
    [OPERATION_EQUAL]             = comparison,
    [OPERATION_NOT_EQUAL]         = comparison,
    [OPERATION_IN_SET]            = in_set,
    [OPERATION_AND]               = connected,
    [OPERATION_OR]                = connected,
    [OPERATION_NOT]               = connected,
    [OPERATION_IMPLIES]           = connected,
    [OPERATION_IS_MISSING]        = is_missing,
    [OPERATION_VALID_CREDIT_CODE] = text_test,
    [OPERATION_REFERS]            = text_test,
    [OPERATION_IF]                = choice,
};
/* clang-format on */

struct verdict frame_truth(const struct expression *expression, const struct frame *frame)
{
    assert(expression->operation < OPERATION_COUNT && truths[expression->operation]);
    return truths[expression->operation](expression, frame);
}
