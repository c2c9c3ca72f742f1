#include "common/cube/checking.h"

#include <assert.h>

#include "common/base/arena.h"
#include "common/cube/builtin.h"
#include "common/cube/evaluate.h"
#include "common/cube/explanation.h"
#include "common/cube/frame.h"
#include "common/cube/plan.h"
#include "common/cube/plan_run.h"
#include "common/cube/plans.h"

static bool concerns(const struct check_request *request, const struct rule *rule)
{
    if (rule->where != RULE_EVERYWHERE && rule->where != request->where)
        return false;
    return rule->builtin != BUILTIN_SIGNED || !request->before_signing;
}

static void add_failure(struct check *check, const struct context *context, const char *row_key)
{
    const char *evidence = "";
    if (check->found < CHECK_EVIDENCE_MAX && !check->request->tersely)
        evidence = explain_check(check->rule->check, context, check->scratch);
    check_add(check, row_key, check->rule->item, evidence);
}

static struct context context_of(const struct check_request *request, struct rows_memory *memory)
{
    return (struct context){ .cube = request->cube,
                             .zone = request->zone,
                             .period = request->submission->period,
                             .memory = memory };
}

static void check_row(struct check *check, const struct context *context, const char *row_key)
{
    if (evaluate_truth(check->rule->when, context) == TRUTH_TRUE &&
        evaluate_truth(check->rule->check, context) == TRUTH_FALSE)
        add_failure(check, context, row_key);
}

static void check_rows(struct check *check)
{
    const struct check_request *request = check->request;
    struct rows_memory memory;
    struct roster roster;
    rows_memory_begin(&memory);
    struct context context = context_of(request, &memory);
    if (!cube_roster(request->cube, request->zone, check->rule->roster, context.period, &roster))
        return;
    context.roster = &roster;
    for (context.row = 0; context.row < roster.row_count; context.row++)
        check_row(check, &context, roster.keys[context.row]);
}

static void check_planned(struct check *check, const struct plan_run *run,
                          const struct plan_rule *planned)
{
    if (plan_run_truth(run, planned->when) != TRUTH_TRUE ||
        plan_run_truth(run, planned->check) != TRUTH_FALSE)
        return;
    struct context context = context_of(check->request, run->memory);
    add_failure(check, &context, "");
}

static void check_rules(struct check *check, const struct plan_run *run)
{
    const struct form *form = check->form;
    for (size_t i = 0; i < form->rule_count; i++) {
        check->rule = &check->catalogue->rules[form->rules[i]];
        check->found = 0;
        if (!run->plan->rules[i].in_force || !concerns(check->request, check->rule))
            continue;
        if (check->rule->builtin != BUILTIN_NONE)
            builtin_run(check);
        else if (plan_covers(check->rule))
            check_planned(check, run, &run->plan->rules[i]);
        else
            check_rows(check);
    }
}

void check_submission(const struct check_request *request, struct findings *out)
{
    const struct catalogue *catalogue = cube_catalogue(request->cube);
    struct period period = request->submission->period;
    size_t form = catalogue_form(catalogue, request->submission->form);
    assert(form != CATALOGUE_NONE);
    cube_put(request->cube, request->zone, request->submission, request->source);

    CLEANUP(plans_destroy)
    struct plans *own = request->plans ? NULL : plans_create(request->cube);
    CLEANUP(arena_destroy) struct arena *scratch = arena_create();
    struct check check = { .request = request,
                           .catalogue = catalogue,
                           .form = &catalogue->forms[form],
                           .out = out,
                           .scratch = scratch };
    check.plain = builtin_cells_are_plain(&check);
    struct rows_memory memory;
    struct plan_run run;
    rows_memory_begin(&memory);
    plan_run_begin(&run, plans_get(own ? own : request->plans, form, period), request->zone,
                   &memory);
    check_rules(&check, &run);
    plan_run_end(&run);
    findings_settle(out, request->submission);
}
