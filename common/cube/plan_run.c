#include "common/cube/plan_run.h"

#include <assert.h>

#include "common/base/memory.h"
#include "common/base/seeded_bug.h"

/* Of a figure that was not read yet. */
#define NARROW_UNREAD (-2)

void plan_run_begin(struct plan_run *run, const struct plan *plan, size_t zone,
                    struct rows_memory *memory)
{
    *run = (struct plan_run){ .plan = plan, .zone = zone, .memory = memory };
    size_t count = plan->figure_count + plan->shared_count;
    run->figures = memory_raw((count + 1) * sizeof *run->figures);
    run->shared = run->figures + plan->figure_count;
    for (size_t i = 0; i < count; i++)
        run->figures[i].denominator = NARROW_UNREAD;
}

void plan_run_end(struct plan_run *run)
{
    memory_free(&run->figures);
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

static struct narrow read_cell(const struct plan_run *run, const struct plan_cell *cell)
{
    struct value value;
    bool reported = cube_place_look(&cell->place, run->zone, &value);
    if (!reported && cell->has_parts)
        reported = cube_look(run->plan->cube, run->zone, cell->item, cell->period, &value);
    return reported && value_status_has_figure(value.status)
               ? narrow_of_cell(value.mantissa, cell->denominator)
               : narrow_absent();
}

static struct narrow read_figure(const struct plan_run *run, const struct plan_figure *figure)
{
    if (figure->none ||
        (figure->coded && read_cell(run, &figure->own).denominator == NARROW_ABSENT))
        return narrow_absent();
    if (figure->asked)
        return number_of_asked(run, &(struct plan_asked){ figure->expression, figure->period });
    struct narrow value = figure->based ? read_cell(run, &figure->base) : narrow_absent();
    return value.denominator == NARROW_ABSENT ? read_cell(run, &figure->own) : value;
}

/* Member by member: what was just written in two halves is slow to be read as one. */
static void set(struct narrow *to, struct narrow value)
{
    to->numerator = value.numerator;
    to->denominator = value.denominator;
}

static struct narrow figure_at(const struct plan_run *run, size_t index)
{
    struct narrow *figure = &run->figures[index];
    if (figure->denominator == NARROW_UNREAD)
        set(figure, read_figure(run, &run->plan->figures[index]));
    return *figure;
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

/* Takes what it needs from the stack and leaves one value; returns the new top. */
static struct narrow *computed(const struct plan_run *run, const struct plan_step *step,
                               struct narrow *top)
{
    const struct plan *plan = run->plan;
    switch ((enum plan_action)step->action) {
    case PLAN_CONSTANT:
        set(++top, plan->constants[step->operand]);
        return top;
    case PLAN_FIGURE:
        set(++top, figure_at(run, step->operand));
        return top;
    case PLAN_ASK:
        set(++top, number_of_asked(run, &plan->asked[step->operand]));
        return top;
    case PLAN_JUDGE:
        set(++top, truth_of_asked(run, &plan->asked[step->operand]));
        return top;
    case PLAN_COMBINE:
        top--;
        set(top, combined(step->operation, top[0], top[1]));
        return top;
    case PLAN_COMPARE:
        top--;
        set(top, compared(run, step, top[0], top[1]));
        return top;
    case PLAN_JOIN:
        top--;
        set(top, joined(step->decisive, top[0], top[1]));
        return top;
    case PLAN_LIMIT:
        set(top, compared(run, step, *top, plan->constants[step->target]));
        return top;
    case PLAN_SCALE:
        set(top, combined(step->operation, *top, plan->constants[step->operand]));
        return top;
    case PLAN_TURN:
        set(top, turned(step->operation, *top));
        return top;
    case PLAN_NOT:
        set(top, opposite(*top));
        return top;
    default:
        assert(step->action == PLAN_REMEMBER);
        set(&run->shared[step->operand], *top);
        return top;
    }
}

enum truth plan_run_truth(const struct plan_run *run, size_t next)
{
    struct narrow stack[PLAN_STACK_MAX + 1], *top = stack; /* stack[0] is below the first */
    if (next == CATALOGUE_NONE)
        return TRUTH_TRUE;
    for (;;) {
        const struct plan_step *step = &run->plan->steps[next++];
        if (step->action < PLAN_KEEP) {
            top = computed(run, step, top);
            continue;
        }
        switch ((enum plan_action)step->action) {
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
            if (run->shared[step->operand].denominator == NARROW_UNREAD)
                break;
            set(++top, run->shared[step->operand]);
            next = step->target;
            break;
        case PLAN_DECIDE:
            next = top->numerator == step->decisive ? step->target : next;
            break;
        default:
            assert(step->action == PLAN_END && top == stack + 1);
            return (enum truth)top->numerator;
        }
    }
}
