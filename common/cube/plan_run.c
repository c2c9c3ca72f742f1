#include "common/cube/plan_run.h"

#include <assert.h>
#include <string.h>

#include "common/base/memory.h"
#include "common/base/seeded_bug.h"

/* Without a choice that depends on the figure: those that follow are read meanwhile. */
static struct narrow read_cell(const struct plan *plan, const struct plan_cell *cell, size_t zone)
{
    struct value value;
    bool reported = cube_place_look(&cell->place, zone, &value);
    if (cell->has_parts && !reported)
        cube_look(plan->cube, zone, cell->item, cell->period, &value);
    int64_t known = -(int64_t)value_status_has_figure(value.status);
    return narrow_of_cell(value.mantissa, cell->denominator & known);
}

static struct narrow read_figure(const struct plan *plan, const struct plan_figure *figure,
                                 size_t zone)
{
    struct narrow value =
        figure->base > 0 ? read_cell(plan, &plan->bases[figure->base - 1], zone) : narrow_absent();
    return value.denominator == NARROW_ABSENT ? read_cell(plan, &figure->own, zone) : value;
}

void plan_run_begin(struct plan_run *run, const struct plan *plan, size_t zone,
                    struct rows_memory *memory)
{
    *run = (struct plan_run){ .plan = plan, .zone = zone, .memory = memory };
    run->values = memory_raw((plan->value_count + 1) * sizeof *run->values);
    if (plan->value_count > 0)
        memcpy(run->values, plan->values, plan->value_count * sizeof *run->values);
    for (size_t i = 0; i < plan->figure_count; i++)
        run->values[plan->figures[i].value] = read_figure(plan, &plan->figures[i], zone);
}

void plan_run_end(struct plan_run *run)
{
    memory_free(&run->values);
}

static struct frame frame_at(const struct plan_run *run, struct period period)
{
    return (struct frame){
        .cube = run->plan->cube, .zone = run->zone, .period = period, .memory = run->memory
    };
}

static struct narrow number_of_asked(const struct plan_run *run, const struct plan_asked *asked)
{
    struct frame frame = frame_at(run, asked->period);
    return narrow_of_result(frame_number(asked->expression, &frame));
}

static struct narrow truth_of_asked(const struct plan_run *run, const struct plan_asked *asked)
{
    struct frame frame = frame_at(run, asked->period);
    return (struct narrow){ frame_truth(asked->expression, &frame).truth, 1 };
}

/* Member by member: what was just written in two halves is slow to be read as one. */
static void set(struct narrow *to, struct narrow value)
{
    to->numerator = value.numerator;
    to->denominator = value.denominator;
}

static struct narrow combined(uint8_t operation, struct narrow left, struct narrow right)
{
    if (!narrow_is_number(left) || !narrow_is_number(right))
        return narrow_lacking(left, right);
    switch (operation) {
    case OPERATION_ADD:
        return narrow_sum(left, right);
    case OPERATION_SUBTRACT:
        return narrow_sum(left, narrow_negated(right));
    case OPERATION_MULTIPLY:
        return narrow_product(left, right);
    case OPERATION_DIVIDE:
        return narrow_quotient(left, right);
    case OPERATION_SMALLER:
        return narrow_compare(left, right) <= 0 ? left : right;
    default:
        assert(operation == OPERATION_LARGER);
        return narrow_compare(left, right) >= 0 ? left : right;
    }
}

static struct narrow turned(uint8_t operation, struct narrow value)
{
    return operation == OPERATION_NEGATE || value.numerator < 0 ? narrow_negated(value) : value;
}

static struct narrow compared(const struct plan_run *run, const struct plan_step *step,
                              struct narrow left, struct narrow right)
{
    if (narrow_is_number(left) && narrow_is_number(right))
        return (struct narrow){ comparison_holds(step->operation, narrow_compare(left, right)), 1 };
    if (narrow_lacking(left, right).denominator == NARROW_BEYOND &&
        !seeded_bug(BUG_LOSE_WHAT_DOES_NOT_FIT))
        return truth_of_asked(run, &run->plan->asked[step->operand]);
    return (struct narrow){ TRUTH_UNKNOWN, 1 };
}

/* Kleene's logic; the left one is not decisive, or it would not have come here. */
static struct narrow joined(int64_t decisive, struct narrow left, struct narrow right)
{
    return left.numerator == TRUTH_UNKNOWN && right.numerator != decisive ? left : right;
}

static struct narrow opposite(struct narrow truth)
{
    if (truth.numerator != TRUTH_UNKNOWN)
        truth.numerator = truth.numerator == TRUTH_TRUE ? TRUTH_FALSE : TRUTH_TRUE;
    return truth;
}

/* Where it goes on after a choice; an unknown one leaves ABSENT. */
static size_t chosen(const struct plan_step *step, size_t next, struct narrow **top)
{
    int64_t truth = (*top)->numerator;
    if (truth == TRUTH_UNKNOWN) {
        **top = narrow_absent();
        return step->otherwise;
    }
    --*top;
    return truth == TRUTH_TRUE ? next : step->target;
}

/* A value, or the top of the stack, which is dropped. */
static struct narrow taken(const struct plan_run *run, uint16_t from, struct narrow **top)
{
    return from == PLAN_TOP ? *(*top)-- : run->values[from];
}

static struct narrow *combine(const struct plan_run *run, const struct plan_step *step,
                              struct narrow *top)
{
    struct narrow right = taken(run, step->right, &top), left = taken(run, step->left, &top);
    set(++top, combined(step->operation, left, right));
    return top;
}

static struct narrow *compare(const struct plan_run *run, const struct plan_step *step,
                              struct narrow *top)
{
    struct narrow right = taken(run, step->right, &top), left = taken(run, step->left, &top);
    set(++top, compared(run, step, left, right));
    return top;
}

/* Where it goes on: with the value when it was kept. */
static size_t recalled(const struct plan_run *run, const struct plan_step *step, size_t next,
                       struct narrow **top)
{
    const struct narrow *kept = &run->values[step->operand];
    if (kept->denominator == NARROW_UNREAD)
        return next;
    set(++*top, *kept);
    return step->target;
}

enum truth plan_run_truth(const struct plan_run *run, size_t next)
{
    const struct plan *plan = run->plan;
    struct narrow stack[PLAN_STACK_MAX + 1], *top = stack; /* stack[0] is below the first */
    if (next == CATALOGUE_NONE)
        return TRUTH_TRUE;
    for (;;) {
        const struct plan_step *step = &plan->steps[next++];
        switch ((enum plan_action)step->action) {
        case PLAN_PUSH:
            set(++top, run->values[step->operand]);
            break;
        case PLAN_ASK:
            set(++top, number_of_asked(run, &plan->asked[step->operand]));
            break;
        case PLAN_JUDGE:
            set(++top, truth_of_asked(run, &plan->asked[step->operand]));
            break;
        case PLAN_COMBINE:
            top = combine(run, step, top);
            break;
        case PLAN_COMPARE:
            top = compare(run, step, top);
            break;
        case PLAN_TURN:
            set(top, turned(step->operation, *top));
            break;
        case PLAN_REMEMBER:
            set(&run->values[step->operand], *top);
            break;
        case PLAN_NOT:
            set(top, opposite(*top));
            break;
        case PLAN_JOIN:
            top--;
            set(top, joined(step->decisive, top[0], top[1]));
            break;
        case PLAN_KEEP:
            if (top->denominator == NARROW_ABSENT)
                top--;
            else
                next = step->target;
            break;
        case PLAN_CHOOSE:
            next = chosen(step, next, &top);
            break;
        case PLAN_GO:
            next = step->target;
            break;
        case PLAN_RECALL:
            next = recalled(run, step, next, &top);
            break;
        case PLAN_DECIDE:
            next = top->numerator == step->decisive ? step->target : next;
            break;
        case PLAN_END:
            assert(top == stack + 1);
            return (enum truth)top->numerator;
        }
    }
}
