#include "tests/common/cube/fixture.h"

#include <stdio.h>

#include "common/base/random.h"
#include "common/base/text.h"
#include "common/cube/frame.h"
#include "common/cube/plan.h"
#include "common/cube/plan_run.h"
#include "common/cube/plans.h"
#include "tests/common/cube/random_case.h"

/* A plan finds the truth that the expression has, for every zone and period. */

#define SEED 20162
#define CATALOGUES 12
#define RULES 60
#define ZONES 60

struct tally {
    size_t truths[TRUTH_UNKNOWN + 1];
};

static enum truth planned_on(struct plans *plans, size_t form, size_t zone, struct period period,
                             size_t rule)
{
    struct rows_memory memory;
    struct plan_run run;
    rows_memory_begin(&memory);
    plan_run_begin(&run, plans_get(plans, form, period), zone, &memory);
    enum truth truth = plan_run_truth(&run, run.plan->rules[rule].check);
    plan_run_end(&run);
    return truth;
}

static enum truth planned(struct plans *plans, size_t zone, struct period period, size_t rule)
{
    return planned_on(plans, 0, zone, period, rule);
}

static void compare_rule(struct fixture *f, struct plans *plans, struct period period, size_t rule,
                         struct tally *tally)
{
    const struct form *form = &f->catalogue->forms[0];
    const struct rule *described = &f->catalogue->rules[form->rules[rule]];
    assert_true(plan_covers(described));
    for (size_t zone = 0; zone < ZONES; zone++) {
        struct context context = { .cube = f->cube, .zone = zone, .period = period };
        enum truth expected = evaluate_truth(described->check, &context);
        assert_int_equal(planned(plans, zone, period, rule), expected);
        tally->truths[expected]++;
    }
}

static void a_plan_finds_what_the_expressions_say(void **state)
{
    struct seeded_random seeded = seeded_random_of(SEED);
    struct tally tally = { { 0 } };
    (void)state;
    for (int i = 0; i < CATALOGUES; i++) {
        struct fixture f;
        random_rules_open(&f, &seeded.random, RULES, ZONES);
        struct plans *plans = plans_create(f.cube);
        for (int month = 2; month <= 12; month += 5)
            for (size_t rule = 0; rule < f.catalogue->forms[0].rule_count; rule++)
                compare_rule(&f, plans, period_of_month(2021, month), rule, &tally);
        plans_destroy(&plans);
        fixture_close(&f);
    }
    printf("%zu true, %zu false, %zu unknown\n", tally.truths[TRUTH_TRUE],
           tally.truths[TRUTH_FALSE], tally.truths[TRUTH_UNKNOWN]);
    for (size_t i = 0; i <= TRUTH_UNKNOWN; i++)
        assert_true(tally.truths[i] > 10000); /* the random rules are not all alike */
}

static void figures_put_after_a_plan_was_made_are_read_by_it(void **state)
{
    struct seeded_random seeded = seeded_random_of(SEED);
    struct period period = period_of_month(2025, 5); /* nothing stands in that year yet */
    struct fixture f;
    (void)state;
    random_rules_open(&f, &seeded.random, 0, 1);
    struct plans *plans = plans_create(f.cube);
    assert_int_equal(planned(plans, 0, period, 0), TRUTH_UNKNOWN);

    cube_put_figure(f.cube, 0, fixture_item(&f, "X1"), period, (struct value){ 7, VALUE_PRESENT });

    assert_int_equal(planned(plans, 0, period, 0), TRUTH_TRUE);
    plans_destroy(&plans);
    fixture_close(&f);
}

static void more_periods_than_are_kept_are_planned_anew(void **state)
{
    struct seeded_random seeded = seeded_random_of(SEED);
    struct fixture f;
    (void)state;
    random_rules_open(&f, &seeded.random, 0, 1);
    struct plans *plans = plans_create(f.cube);
    for (int round = 0; round < 2; round++)
        for (int year = 2001; year <= 2030; year++)
            for (int month = 2; month <= 12; month++) {
                struct period period = period_of_month(year, month);
                const struct plan *plan = plans_get(plans, 0, period);
                assert_true(period_equal(plan->period, period));
            }
    plans_destroy(&plans);
    fixture_close(&f);
}

static const char coded[] =
    "codes 状态 { A1 \"甲态\" / \"first\" B1 \"乙态\" / \"second\" }\n"
    "item Z1 \"态\" / \"state\" { code 状态 }\n"
    "form N \"季报\" / \"quarterly\" { every quarter due 1 month 18 day review 1 month 20 day\n"
    "  accept 1 month 22 day sign preparer \"填报人\" / \"preparer\"\n"
    "  section \"一\" / \"one\" { Z1 } }\n"
    "rule V1 hint \"甲\" / \"first\" { check Z1 = 乙态 cell Z1 on N }\n"
    "rule V2 hint \"乙\" / \"second\" { check (if Z1 = 甲态 then 1 万元 else 2 万元) < 2 万元 cell "
    "Z1 on N }\n";

static void codes_are_compared_by_their_place_and_unknown_when_missing(void **state)
{
    struct fixture f;
    struct period period = period_from("2021-Q2");
    (void)state;
    random_text_open(&f, coded);
    struct plans *plans = plans_create(f.cube);
    fixture_zone(&f, "Z0", NULL);
    assert_int_equal(planned_on(plans, 1, 0, period, 0), TRUTH_UNKNOWN);
    assert_int_equal(planned_on(plans, 1, 0, period, 1), TRUTH_UNKNOWN);

    fixture_put(&f, 0, "Z1", "2021-Q2", (int64_t)code_of("B1").packed);
    assert_int_equal(planned_on(plans, 1, 0, period, 0), TRUTH_TRUE);
    assert_int_equal(planned_on(plans, 1, 0, period, 1), TRUTH_FALSE);

    fixture_put(&f, 0, "Z1", "2021-Q2", (int64_t)code_of("A1").packed);
    assert_int_equal(planned_on(plans, 1, 0, period, 0), TRUTH_FALSE);
    assert_int_equal(planned_on(plans, 1, 0, period, 1), TRUTH_TRUE);
    plans_destroy(&plans);
    fixture_close(&f);
}

/* Indicators of indicators: J30 alone would be a billion steps. */
static void an_expression_without_bounds_is_asked_for_whole(void **state)
{
    struct fixture f;
    CLEANUP(text_builder_free) struct text_builder text = { 0 };
    (void)state;
    text_builder_add(&text, "indicator K0 \"甲0\" / \"k\" { unit 万元 decimals 0 value X1 }\n");
    for (int i = 1; i <= 24; i++)
        text_builder_format(
            &text, "indicator K%d \"甲%d\" / \"k\" { unit 万元 decimals 0 value K%d + K%d }\n", i,
            i, i - 1, i - 1);
    text_builder_add(&text,
                     "rule V1 hint \"大\" / \"large\" { check K24 >= 0 cell X1 on M }\n"
                     "rule V2 hint \"小\" / \"small\" { check X1 < 10 万元 cell X1 on M }\n");
    random_text_open(&f, text.text);
    struct plans *plans = plans_create(f.cube);
    struct period period = period_of_month(2021, 5);
    fixture_zone(&f, "Z0", NULL);
    cube_put_figure(f.cube, 0, fixture_item(&f, "X1"), period, (struct value){ 7, VALUE_PRESENT });

    assert_in_range(plans_get(plans, 0, period)->step_count, 1, 20);
    assert_int_equal(planned(plans, 0, period, 1), TRUTH_TRUE);

    plans_destroy(&plans);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plan_finds_what_the_expressions_say),
        cmocka_unit_test(figures_put_after_a_plan_was_made_are_read_by_it),
        cmocka_unit_test(more_periods_than_are_kept_are_planned_anew),
        cmocka_unit_test(codes_are_compared_by_their_place_and_unknown_when_missing),
        cmocka_unit_test(an_expression_without_bounds_is_asked_for_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
