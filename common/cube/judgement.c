#include "common/cube/judgement.h"

#include <assert.h>

#include "common/base/language.h"
#include "common/base/messages.h"
#include "common/cube/checking.h"
#include "common/cube/evaluate.h"
#include "common/cube/frame.h"

/* clang-format off */
static const struct {
    const char *name;
    struct words words;
} outcomes[] = {
    [JUDGEMENT_PASS]           = { "pass",           WORDS_JUDGEMENT_PASS },
    [JUDGEMENT_FAIL]           = { "fail",           WORDS_JUDGEMENT_FAIL },
    [JUDGEMENT_UNKNOWN]        = { "unknown",        WORDS_JUDGEMENT_UNKNOWN },
    [JUDGEMENT_NOT_APPLICABLE] = { "not_applicable", WORDS_JUDGEMENT_NOT_APPLICABLE },
};
/* clang-format on */

const char *judgement_name(enum judgement_outcome outcome)
{
    assert(outcome < COUNT_OF(outcomes));
    return outcomes[outcome].name;
}

const char *judgement_words(enum judgement_outcome outcome)
{
    assert(outcome < COUNT_OF(outcomes));
    return words_say(&outcomes[outcome].words);
}

static enum judgement_outcome outcome_of(enum truth when, enum truth check)
{
    if (when == TRUTH_FALSE)
        return JUDGEMENT_NOT_APPLICABLE;
    if (check == TRUTH_UNKNOWN) /* also when `when` is, for then nothing is checked */
        return JUDGEMENT_UNKNOWN;
    return check == TRUTH_TRUE ? JUDGEMENT_PASS : JUDGEMENT_FAIL;
}

static bool is_constant(const struct expression *expression)
{
    while (expression->operation == OPERATION_SCALE)
        expression = expression->left;
    return expression->operation == OPERATION_CONSTANT;
}

static bool compares_numbers(const struct expression *check)
{
    return check->operation >= OPERATION_LESS && check->operation <= OPERATION_NOT_EQUAL &&
           check->left->class == CLASS_NUMBER;
}

/* The limit is the right side, unless only the left one is written as a number. */
static void measure(const struct expression *check, const struct context *context,
                    struct judgement *judgement)
{
    if (!compares_numbers(check))
        return;
    bool turned = is_constant(check->left) && !is_constant(check->right);
    struct result value = evaluate_number(turned ? check->right : check->left, context);
    struct result limit = evaluate_number(turned ? check->left : check->right, context);
    if (value.absence != ABSENCE_NONE || limit.absence != ABSENCE_NONE ||
        !number_subtract(value.number, limit.number, &judgement->margin))
        return;
    judgement->has_margin = true;
    judgement->value = value.number;
    judgement->limit = limit.number;
    judgement->comparison = check;
}

static bool judge_once(const struct requirement *requirement, const struct context *context,
                       struct judgement judgement, judgement_visit_fn *visit, void *owner)
{
    enum truth when = evaluate_truth(requirement->when, context);
    enum truth check = TRUTH_UNKNOWN;
    if (when == TRUTH_TRUE) {
        check = evaluate_truth(requirement->check, context);
        measure(requirement->check, context, &judgement);
    }
    judgement.outcome = outcome_of(when, check);
    return visit(&judgement, owner);
}

bool judge_requirement(const struct cube *cube, size_t requirement, size_t zone,
                       struct period period, judgement_visit_fn *visit, void *owner)
{
    const struct requirement *judged = &cube_catalogue(cube)->requirements[requirement];
    struct rows_memory memory;
    rows_memory_begin(&memory);
    struct context context = { .cube = cube, .zone = zone, .period = period, .memory = &memory };
    struct judgement judgement = { .requirement = requirement,
                                   .zone = zone,
                                   .period = period,
                                   .row_key = "",
                                   .outcome = JUDGEMENT_NOT_APPLICABLE };
    if (judged->roster == CATALOGUE_NONE)
        return judge_once(judged, &context, judgement, visit, owner);

    struct roster roster;
    if (!cube_roster(cube, zone, judged->roster, period, &roster))
        judgement.outcome = JUDGEMENT_UNKNOWN;
    if (judgement.outcome == JUDGEMENT_UNKNOWN || roster.row_count == 0)
        return visit(&judgement, owner);
    context.roster = &roster;
    for (context.row = 0; context.row < roster.row_count; context.row++) {
        judgement.row_key = roster.keys[context.row];
        if (!judge_once(judged, &context, judgement, visit, owner))
            return false;
    }
    return true;
}

void judge_zone(const struct cube *cube, size_t zone, struct period period,
                judgement_visit_fn *visit, void *owner)
{
    const struct catalogue *catalogue = cube_catalogue(cube);
    for (size_t i = 0; i < catalogue->requirement_count; i++)
        if (period_in_force(catalogue->requirements[i].since, catalogue->requirements[i].until,
                            period) &&
            !judge_requirement(cube, i, zone, period, visit, owner))
            return;
}
