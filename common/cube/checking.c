#include "common/cube/checking.h"

#include <assert.h>

#include "common/base/arena.h"
#include "common/cube/builtin.h"
#include "common/cube/evaluate.h"
#include "common/cube/explanation.h"
#include "common/cube/frame.h"

bool rule_in_force(struct period since, struct period until, struct period period)
{
    return (!since.year || period_first_day(since) <= period_last_day(period)) &&
           (!until.year || period_last_day(until) >= period_last_day(period));
}

static bool concerns(const struct check_request *request, const struct rule *rule)
{
    if (rule->where != RULE_EVERYWHERE && rule->where != request->where)
        return false;
    if (rule->builtin == BUILTIN_SIGNED && request->before_signing)
        return false;
    return rule_in_force(rule->since, rule->until, request->submission->period);
}

static void check_once(struct check *check, const struct context *context, const char *row_key)
{
    if (evaluate_truth(check->rule->when, context) != TRUTH_TRUE ||
        evaluate_truth(check->rule->check, context) != TRUTH_FALSE)
        return;
    const char *evidence = "";
    if (check->found < CHECK_EVIDENCE_MAX)
        evidence = explain_check(check->rule->check, context, check->scratch);
    check_add(check, row_key, check->rule->item, evidence);
}

static void check_expression(struct check *check)
{
    const struct check_request *request = check->request;
    struct rows_memory memory;
    struct roster roster;
    rows_memory_begin(&memory, check->items);
    struct context context = { .cube = request->cube,
                               .zone = request->zone,
                               .period = request->submission->period,
                               .memory = &memory };
    if (check->rule->roster == CATALOGUE_NONE) {
        check_once(check, &context, "");
        return;
    }
    if (!cube_roster(request->cube, request->zone, check->rule->roster, context.period, &roster))
        return;
    context.roster = &roster;
    for (context.row = 0; context.row < roster.row_count; context.row++)
        check_once(check, &context, roster.keys[context.row]);
}

void check_submission(const struct check_request *request, struct findings *out)
{
    const struct catalogue *catalogue = cube_catalogue(request->cube);
    size_t number = catalogue_form(catalogue, request->submission->form);
    assert(number != CATALOGUE_NONE);
    const struct form *form = &catalogue->forms[number];
    cube_put(request->cube, request->zone, request->submission, request->source);

    struct item_memory items = { 0 };
    CLEANUP(arena_destroy) struct arena *scratch = arena_create();
    for (size_t i = 0; i < form->rule_count; i++) {
        const struct rule *rule = &catalogue->rules[form->rules[i]];
        struct check check = { .request = request,
                               .catalogue = catalogue,
                               .form = form,
                               .rule = rule,
                               .out = out,
                               .scratch = scratch,
                               .items = &items };
        if (!concerns(request, rule))
            continue;
        if (rule->builtin != BUILTIN_NONE)
            builtin_run(&check);
        else
            check_expression(&check);
    }
    findings_settle(out, request->submission);
}
