#include "common/cube/plan.h"

#include <assert.h>

#include "common/base/decimal.h"
#include "common/base/memory.h"
#include "common/cube/frame.h"
#include "common/cube/reading.h"

#define POWER_MAX 18 /* of ten, in 64 bits */
/* Indicators of indicators may grow beyond all bounds; places of steps fit in 16 bits. */
#define STEPS_MAX 30000

static void put_number(struct plan *plan, const struct expression *expression, struct period period,
                       size_t depth);
static void put_truth(struct plan *plan, const struct expression *expression, struct period period,
                      size_t depth);
static void put_combined(struct plan *plan, const struct expression *expression,
                         struct period period, size_t depth);

static size_t put(struct plan *plan, struct plan_step step)
{
    plan->steps =
        memory_grown(plan->steps, &plan->step_capacity, plan->step_count + 1, sizeof *plan->steps);
    plan->steps[plan->step_count] = step;
    return plan->step_count++;
}

static uint16_t here(const struct plan *plan)
{
    return (uint16_t)plan->step_count;
}

static uint16_t asked(struct plan *plan, const struct expression *expression, struct period period)
{
    plan->asked = memory_grown(plan->asked, &plan->asked_capacity, plan->asked_count + 1,
                               sizeof *plan->asked);
    plan->asked[plan->asked_count] = (struct plan_asked){ expression, period };
    return (uint16_t)plan->asked_count++;
}

static uint16_t constant(struct plan *plan, struct narrow value)
{
    plan->constants = memory_grown(plan->constants, &plan->constant_capacity,
                                   plan->constant_count + 1, sizeof *plan->constants);
    plan->constants[plan->constant_count] = value;
    return (uint16_t)plan->constant_count++;
}

static void put_constant(struct plan *plan, struct narrow value)
{
    put(plan, (struct plan_step){ .action = PLAN_CONSTANT, .operand = constant(plan, value) });
}

static void put_asked(struct plan *plan, enum plan_action action,
                      const struct expression *expression, struct period period)
{
    put(plan, (struct plan_step){ .action = (uint8_t)action,
                                  .operand = asked(plan, expression, period) });
}

static struct plan_cell cell_of(const struct cube *cube, size_t item, struct period period)
{
    const struct item *described = &cube_catalogue(cube)->items[item];
    int decimals = described->type == ITEM_QUANTITY ? described->decimals : 0;
    return (struct plan_cell){
        .place = cube_place_of(cube, item, period),
        .has_parts = period.frequency != FREQUENCY_MONTH && cube_item_has_parts(cube, item),
        .item = item,
        .period = period,
        .denominator = (int64_t)decimal_power(decimals),
    };
}

static struct plan_figure figure_of(const struct cube *cube, const struct expression *expression,
                                    struct period period)
{
    const struct item *items = cube_catalogue(cube)->items, *item = &items[expression->item];
    struct reading reading = reading_of(cube, expression->item, &expression->shift, period);
    struct plan_figure figure = { .expression = expression, .period = period, .asked = true };
    struct period later;
    figure.none = reading.absence != ABSENCE_NONE;
    if (figure.none || reading.count != 1 || reading.signs[0] < 0)
        return figure;
    figure.own = cell_of(cube, expression->item, reading.periods[0]);
    figure.coded = item->type == ITEM_CODE && reading.base == CATALOGUE_NONE;
    if (item->type == ITEM_CODE)
        return figure;
    figure.based = reading.base != CATALOGUE_NONE;
    if (figure.based && (!period_shift_years(reading.periods[0], 1, &later) ||
                         items[reading.base].quantity.power != item->quantity.power))
        return figure;
    figure.asked = false;
    if (figure.based)
        figure.base = cell_of(cube, reading.base, later);
    return figure;
}

static uint16_t figure(struct plan *plan, const struct expression *expression, struct period period)
{
    for (size_t i = 0; i < plan->figure_count; i++) {
        const struct plan_figure *known = &plan->figures[i];
        if (known->expression->item == expression->item && period_equal(known->period, period) &&
            shift_equal(&known->expression->shift, &expression->shift))
            return (uint16_t)i;
    }
    plan->figures = memory_grown(plan->figures, &plan->figure_capacity, plan->figure_count + 1,
                                 sizeof *plan->figures);
    plan->figures[plan->figure_count] = figure_of(plan->cube, expression, period);
    return (uint16_t)plan->figure_count++;
}

/* The same number, wherever it stands in the text: of what most rules are made of. */
static bool is_same(const struct expression *left, const struct expression *right)
{
    if (left == right || !left || !right)
        return left == right;
    if (left->operation != right->operation)
        return false;
    switch (left->operation) {
    case OPERATION_CONSTANT:
        return left->constant.numerator == right->constant.numerator &&
               left->constant.denominator == right->constant.denominator;
    case OPERATION_ITEM:
        return left->item == right->item && shift_equal(&left->shift, &right->shift);
    case OPERATION_ADD:
    case OPERATION_SUBTRACT:
    case OPERATION_MULTIPLY:
    case OPERATION_DIVIDE:
    case OPERATION_SCALE:
        return left->exponent == right->exponent && is_same(left->left, right->left) &&
               is_same(left->right, right->right);
    default:
        return false;
    }
}

static uint16_t shared(struct plan *plan, const struct expression *expression, struct period period)
{
    for (size_t i = 0; i < plan->shared_count; i++)
        if (period_equal(plan->shared[i].period, period) &&
            is_same(plan->shared[i].expression, expression))
            return (uint16_t)i;
    plan->shared = memory_grown(plan->shared, &plan->shared_capacity, plan->shared_count + 1,
                                sizeof *plan->shared);
    plan->shared[plan->shared_count] = (struct plan_asked){ expression, period };
    return (uint16_t)plan->shared_count++;
}

static void put_quotient(struct plan *plan, const struct expression *expression,
                         struct period period, size_t depth)
{
    uint16_t number = shared(plan, expression, period);
    size_t recall = put(plan, (struct plan_step){ .action = PLAN_RECALL, .operand = number });
    put_combined(plan, expression, period, depth);
    put(plan, (struct plan_step){ .action = PLAN_REMEMBER, .operand = number });
    plan->steps[recall].target = here(plan);
}

static void put_combined(struct plan *plan, const struct expression *expression,
                         struct period period, size_t depth)
{
    put_number(plan, expression->left, period, depth);
    put_number(plan, expression->right, period, depth + 1);
    put(plan,
        (struct plan_step){ .action = PLAN_COMBINE, .operation = (uint8_t)expression->operation });
}

static void put_scaled(struct plan *plan, const struct expression *expression, struct period period,
                       size_t depth)
{
    int exponent = expression->exponent, power = exponent < 0 ? -exponent : exponent;
    if (power > POWER_MAX) {
        put_asked(plan, PLAN_ASK, expression, period);
        return;
    }
    struct narrow factor = { (int64_t)decimal_power(power), 1 };
    struct narrow constant_left = expression->left->operation == OPERATION_CONSTANT
                                      ? narrow_of(expression->left->constant)
                                      : narrow_beyond();
    if (narrow_is_number(constant_left)) {
        put_constant(plan, exponent < 0 ? narrow_quotient(constant_left, factor)
                                        : narrow_product(constant_left, factor));
        return;
    }
    put_number(plan, expression->left, period, depth);
    enum operation operation = exponent < 0 ? OPERATION_DIVIDE : OPERATION_MULTIPLY;
    put(plan, (struct plan_step){ .action = PLAN_SCALE,
                                  .operation = (uint8_t)operation,
                                  .operand = constant(plan, factor) });
}

static void put_first_of(struct plan *plan, const struct expression *expression,
                         struct period period, size_t depth)
{
    put_number(plan, expression->left, period, depth);
    size_t keep = put(plan, (struct plan_step){ .action = PLAN_KEEP });
    put_number(plan, expression->right, period, depth);
    plan->steps[keep].target = here(plan);
}

static void put_choice(struct plan *plan, const struct expression *expression, struct period period,
                       size_t depth)
{
    put_truth(plan, expression->left, period, depth);
    size_t choose = put(plan, (struct plan_step){ .action = PLAN_CHOOSE });
    put_number(plan, expression->right, period, depth);
    size_t go = put(plan, (struct plan_step){ .action = PLAN_GO });
    plan->steps[choose].target = here(plan);
    put_number(plan, expression->third, period, depth);
    plan->steps[choose].otherwise = plan->steps[go].target = here(plan);
}

static void put_indicator(struct plan *plan, const struct expression *expression,
                          struct period period, size_t depth)
{
    const struct indicator *described =
        &cube_catalogue(plan->cube)->indicators[expression->indicator];
    struct period shifted;
    if (described->roster != CATALOGUE_NONE)
        put_asked(plan, PLAN_ASK, expression, period);
    else if (!reading_shift(&expression->shift, period, &shifted))
        put_constant(plan, narrow_absent());
    else
        put_number(plan, described->value, shifted, depth);
}

/* Its place in its list, of no zone and no period. */
static void put_code(struct plan *plan, const struct expression *expression)
{
    struct frame frame = { .cube = plan->cube };
    put_constant(plan, narrow_of_result(frame_number(expression, &frame)));
}

static bool is_crowded(const struct plan *plan, size_t depth)
{
    return plan->step_count >= STEPS_MAX || depth + 1 >= PLAN_STACK_MAX;
}

/* With `depth` values below it on the stack. */
static void put_number(struct plan *plan, const struct expression *expression, struct period period,
                       size_t depth)
{
    enum operation operation = is_crowded(plan, depth) ? OPERATION_COUNT : expression->operation;
    switch (operation) {
    case OPERATION_CONSTANT:
        put_constant(plan, narrow_of(expression->constant));
        return;
    case OPERATION_CODE:
        put_code(plan, expression);
        return;
    case OPERATION_ITEM:
        put(plan, (struct plan_step){ .action = PLAN_FIGURE,
                                      .operand = figure(plan, expression, period) });
        return;
    case OPERATION_ADD:
    case OPERATION_SUBTRACT:
    case OPERATION_MULTIPLY:
    case OPERATION_SMALLER:
    case OPERATION_LARGER:
        put_combined(plan, expression, period, depth);
        return;
    case OPERATION_DIVIDE:
        put_quotient(plan, expression, period, depth);
        return;
    case OPERATION_SCALE:
        put_scaled(plan, expression, period, depth);
        return;
    case OPERATION_NEGATE:
    case OPERATION_ABSOLUTE:
        put_number(plan, expression->left, period, depth);
        put(plan, (struct plan_step){ .action = PLAN_TURN, .operation = (uint8_t)operation });
        return;
    case OPERATION_FIRST_OF:
        put_first_of(plan, expression, period, depth);
        return;
    case OPERATION_IF:
        put_choice(plan, expression, period, depth);
        return;
    case OPERATION_INDICATOR:
        put_indicator(plan, expression, period, depth);
        return;
    default:
        put_asked(plan, PLAN_ASK, expression, period);
    }
}

static void put_comparison(struct plan *plan, const struct expression *expression,
                           struct period period, size_t depth)
{
    struct plan_step step = { .action = PLAN_COMPARE,
                              .operation = (uint8_t)expression->operation,
                              .operand = asked(plan, expression, period) };
    put_number(plan, expression->left, period, depth);
    size_t right = plan->step_count;
    put_number(plan, expression->right, period, depth + 1);
    if (plan->step_count == right + 1 && plan->steps[right].action == PLAN_CONSTANT) {
        step.action = PLAN_LIMIT;
        step.target = plan->steps[right].operand;
        plan->step_count = right;
    }
    put(plan, step);
}

static void put_connected(struct plan *plan, const struct expression *expression,
                          struct period period, size_t depth)
{
    uint8_t decisive = expression->operation == OPERATION_AND ? TRUTH_FALSE : TRUTH_TRUE;
    put_truth(plan, expression->left, period, depth);
    if (expression->operation == OPERATION_IMPLIES)
        put(plan, (struct plan_step){ .action = PLAN_NOT });
    size_t decide = put(plan, (struct plan_step){ .action = PLAN_DECIDE, .decisive = decisive });
    put_truth(plan, expression->right, period, depth + 1);
    put(plan, (struct plan_step){ .action = PLAN_JOIN, .decisive = decisive });
    plan->steps[decide].target = here(plan);
}

static bool compares_texts(const struct expression *expression)
{
    return expression->left && expression->left->class == CLASS_TEXT;
}

static void put_truth(struct plan *plan, const struct expression *expression, struct period period,
                      size_t depth)
{
    bool whole = is_crowded(plan, depth) || compares_texts(expression);
    switch (whole ? OPERATION_COUNT : expression->operation) {
    case OPERATION_LESS:
    case OPERATION_LESS_OR_EQUAL:
    case OPERATION_GREATER:
    case OPERATION_GREATER_OR_EQUAL:
    case OPERATION_EQUAL:
    case OPERATION_NOT_EQUAL:
        put_comparison(plan, expression, period, depth);
        return;
    case OPERATION_NOT:
        put_truth(plan, expression->left, period, depth);
        put(plan, (struct plan_step){ .action = PLAN_NOT });
        return;
    case OPERATION_AND:
    case OPERATION_OR:
    case OPERATION_IMPLIES:
        put_connected(plan, expression, period, depth);
        return;
    default:
        put_asked(plan, PLAN_JUDGE, expression, period);
    }
}

/* The first step. What grew beyond all bounds is taken back and asked for whole. */
static size_t put_expression(struct plan *plan, const struct expression *expression)
{
    struct plan before = *plan;
    if (!expression)
        return CATALOGUE_NONE;
    put_truth(plan, expression, plan->period, 0);
    if (plan->step_count >= STEPS_MAX) {
        plan->step_count = before.step_count;
        plan->constant_count = before.constant_count;
        plan->figure_count = before.figure_count;
        plan->asked_count = before.asked_count;
        plan->shared_count = before.shared_count;
        put_asked(plan, PLAN_JUDGE, expression, plan->period);
    }
    put(plan, (struct plan_step){ .action = PLAN_END });
    return before.step_count;
}

bool plan_covers(const struct rule *rule)
{
    return rule->builtin == BUILTIN_NONE && rule->roster == CATALOGUE_NONE;
}

struct plan *plan_create(const struct cube *cube, size_t form, struct period period)
{
    const struct catalogue *catalogue = cube_catalogue(cube);
    const struct form *described = &catalogue->forms[form];
    struct plan *plan = memory_zeroed(1, sizeof *plan);
    plan->cube = cube;
    plan->form = form;
    plan->period = period;
    plan->rules = memory_zeroed(described->rule_count, sizeof *plan->rules);
    for (size_t i = 0; i < described->rule_count; i++) {
        const struct rule *rule = &catalogue->rules[described->rules[i]];
        plan->rules[i].in_force = period_in_force(rule->since, rule->until, period);
        if (!plan_covers(rule))
            continue;
        plan->rules[i].when = put_expression(plan, rule->when);
        plan->rules[i].check = put_expression(plan, rule->check);
    }
    return plan;
}

void plan_destroy(struct plan **plan)
{
    if (!*plan)
        return;
    memory_free(&(*plan)->rules);
    memory_free(&(*plan)->steps);
    memory_free(&(*plan)->constants);
    memory_free(&(*plan)->figures);
    memory_free(&(*plan)->asked);
    memory_free(&(*plan)->shared);
    memory_free(plan);
}
