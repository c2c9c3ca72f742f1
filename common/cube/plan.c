#include "common/cube/plan.h"

#include <stdlib.h>

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

static uint16_t value(struct plan *plan, struct narrow narrow)
{
    plan->values = memory_grown(plan->values, &plan->value_capacity, plan->value_count + 1,
                                sizeof *plan->values);
    plan->values[plan->value_count] = narrow;
    return (uint16_t)plan->value_count++;
}

/* The same number has one place: those that are not read yet are no number. */
static uint16_t constant(struct plan *plan, struct narrow narrow)
{
    for (size_t i = 0; i < plan->value_count; i++)
        if (plan->values[i].numerator == narrow.numerator &&
            plan->values[i].denominator == narrow.denominator)
            return (uint16_t)i;
    return value(plan, narrow);
}

static void put_value(struct plan *plan, uint16_t operand)
{
    put(plan, (struct plan_step){ .action = PLAN_PUSH, .operand = operand });
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

/* Its place among the values; a new one is unread. */
static uint16_t known(struct plan *plan, const struct expression *expression, struct period period,
                      bool *out_new)
{
    *out_new = false;
    for (size_t i = 0; i < plan->known_count; i++)
        if (period_equal(plan->known[i].period, period) &&
            is_same(plan->known[i].expression, expression))
            return plan->known[i].value;
    *out_new = true;
    plan->known = memory_grown(plan->known, &plan->known_capacity, plan->known_count + 1,
                               sizeof *plan->known);
    uint16_t kept = value(plan, (struct narrow){ 0, NARROW_UNREAD });
    plan->known[plan->known_count++] = (struct plan_known){ expression, period, kept };
    return kept;
}

static uint16_t base(struct plan *plan, struct plan_cell cell)
{
    plan->bases =
        memory_grown(plan->bases, &plan->base_capacity, plan->base_count + 1, sizeof *plan->bases);
    plan->bases[plan->base_count++] = cell;
    return (uint16_t)plan->base_count;
}

static void add_figure(struct plan *plan, struct plan_figure figure)
{
    plan->figures = memory_grown(plan->figures, &plan->figure_capacity, plan->figure_count + 1,
                                 sizeof *plan->figures);
    plan->figures[plan->figure_count++] = figure;
}

/* Of an item at a shift: one cell and perhaps its base's. PLAN_TOP: more than that. */
static uint16_t figure(struct plan *plan, const struct expression *expression, struct period period)
{
    const struct item *items = cube_catalogue(plan->cube)->items, *item = &items[expression->item];
    struct reading reading = reading_of(plan->cube, expression->item, &expression->shift, period);
    struct period later;
    if (reading.absence != ABSENCE_NONE)
        return constant(plan, narrow_absent());
    if (reading.count != 1 || reading.signs[0] < 0 || item->type == ITEM_CODE)
        return PLAN_TOP;
    bool based = reading.base != CATALOGUE_NONE;
    if (based && (!period_shift_years(reading.periods[0], 1, &later) ||
                  items[reading.base].quantity.power != item->quantity.power))
        return PLAN_TOP;
    bool new;
    uint16_t kept = known(plan, expression, period, &new);
    if (new)
        add_figure(plan,
                   (struct plan_figure){
                       .own = cell_of(plan->cube, expression->item, reading.periods[0]),
                       .base = based ? base(plan, cell_of(plan->cube, reading.base, later)) : 0,
                       .value = kept });
    return kept;
}

static struct narrow factor_of(int exponent)
{
    return (struct narrow){ (int64_t)decimal_power(abs(exponent)), 1 };
}

/* Of constants of other units, of which most are. */
static uint16_t scaled_constant(struct plan *plan, const struct expression *expression)
{
    int exponent = expression->exponent;
    if (expression->left->operation != OPERATION_CONSTANT || abs(exponent) > POWER_MAX)
        return PLAN_TOP;
    struct narrow number = narrow_of(expression->left->constant), factor = factor_of(exponent);
    if (!narrow_is_number(number))
        return PLAN_TOP;
    return constant(plan, exponent < 0 ? narrow_quotient(number, factor)
                                       : narrow_product(number, factor));
}

/* Its place in its list, of no zone and no period. */
static uint16_t code(struct plan *plan, const struct expression *expression)
{
    struct frame frame = { .cube = plan->cube };
    return constant(plan, narrow_of_result(frame_number(expression, &frame)));
}

/* PLAN_TOP: it takes steps. */
static uint16_t value_of(struct plan *plan, const struct expression *expression,
                         struct period period)
{
    switch (expression->operation) {
    case OPERATION_CONSTANT:
        return constant(plan, narrow_of(expression->constant));
    case OPERATION_CODE:
        return code(plan, expression);
    case OPERATION_ITEM:
        return figure(plan, expression, period);
    case OPERATION_SCALE:
        return scaled_constant(plan, expression);
    default:
        return PLAN_TOP;
    }
}

/* A value that is there already, or PLAN_TOP behind the steps that leave it there. */
static uint16_t put_operand(struct plan *plan, const struct expression *expression,
                            struct period period, size_t depth)
{
    uint16_t operand = value_of(plan, expression, period);
    if (operand == PLAN_TOP)
        put_number(plan, expression, period, depth);
    return operand;
}

/* Found when it is first needed. */
static size_t begin_shared(struct plan *plan, const struct expression *expression,
                           struct period period)
{
    bool new;
    uint16_t kept = known(plan, expression, period, &new);
    return put(plan, (struct plan_step){ .action = PLAN_RECALL, .operand = kept });
}

static void end_shared(struct plan *plan, size_t recall)
{
    put(plan,
        (struct plan_step){ .action = PLAN_REMEMBER, .operand = plan->steps[recall].operand });
    plan->steps[recall].target = here(plan);
}

static void put_quotient(struct plan *plan, const struct expression *expression,
                         struct period period, size_t depth)
{
    size_t recall = begin_shared(plan, expression, period);
    put_combined(plan, expression, period, depth);
    end_shared(plan, recall);
}

static void put_figure(struct plan *plan, const struct expression *expression, struct period period)
{
    size_t recall = begin_shared(plan, expression, period);
    put_asked(plan, PLAN_ASK, expression, period);
    end_shared(plan, recall);
}

static void put_combined(struct plan *plan, const struct expression *expression,
                         struct period period, size_t depth)
{
    struct plan_step step = { .action = PLAN_COMBINE, .operation = (uint8_t)expression->operation };
    step.left = put_operand(plan, expression->left, period, depth);
    step.right = put_operand(plan, expression->right, period, depth + 1);
    put(plan, step);
}

static void put_scaled(struct plan *plan, const struct expression *expression, struct period period,
                       size_t depth)
{
    int exponent = expression->exponent;
    if (abs(exponent) > POWER_MAX) {
        put_asked(plan, PLAN_ASK, expression, period);
        return;
    }
    enum operation operation = exponent < 0 ? OPERATION_DIVIDE : OPERATION_MULTIPLY;
    struct plan_step step = { .action = PLAN_COMBINE, .operation = (uint8_t)operation };
    step.left = put_operand(plan, expression->left, period, depth);
    step.right = constant(plan, factor_of(exponent));
    put(plan, step);
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
        put_value(plan, constant(plan, narrow_absent()));
    else
        put_number(plan, described->value, shifted, depth);
}

static bool is_crowded(const struct plan *plan, size_t depth)
{
    return plan->step_count >= STEPS_MAX || depth + 1 >= PLAN_STACK_MAX;
}

/* With `depth` values below it on the stack. */
static void put_number(struct plan *plan, const struct expression *expression, struct period period,
                       size_t depth)
{
    uint16_t there = value_of(plan, expression, period);
    if (there != PLAN_TOP) {
        put_value(plan, there);
        return;
    }
    switch (is_crowded(plan, depth) ? OPERATION_COUNT : expression->operation) {
    case OPERATION_ITEM:
        put_figure(plan, expression, period);
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
        put(plan,
            (struct plan_step){ .action = PLAN_TURN, .operation = (uint8_t)expression->operation });
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
    step.left = put_operand(plan, expression->left, period, depth);
    step.right = put_operand(plan, expression->right, period, depth + 1);
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
        plan->value_count = before.value_count;
        plan->figure_count = before.figure_count;
        plan->base_count = before.base_count;
        plan->known_count = before.known_count;
        plan->asked_count = before.asked_count;
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
    memory_free(&(*plan)->values);
    memory_free(&(*plan)->figures);
    memory_free(&(*plan)->bases);
    memory_free(&(*plan)->known);
    memory_free(&(*plan)->asked);
    memory_free(plan);
}
