#include "tests/support/test.h"

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/text.h"
#include "common/catalogue/catalogue.h"
#include "common/model/day.h"

struct fixture {
    struct arena *arena;
    struct catalogue *catalogue;
};

static const char declarations[] =
    "indicator Y \"效率\" / \"efficiency\" { unit %  value X * 2 }\n"
    "indicator X \"集中度\" / \"concentration\" { unit %  weight 2.5  value A02 / A01 }\n"
    "indicator Z \"用地产出\" { unit 万元/公顷  value sum(项目.P01) / A04 }\n"
    "rule V explain \"增速\" for A01 A02 { check growth(it) in -30% .. 50% }\n"
    "rule W hint \"行\" each 项目 { check P01 > 0 }\n"
    "rule U mandatory \"齐\" { builtin complete  at aggregator  since 2016  until 2020-M12 }\n"
    "rule T hint \"专利\" { check A06 <= A06@prev + stock(A07) }\n"
    "requirement R \"达标\" each 项目 { cite \"三(二)\"  severity soft  check P02 > 0 }\n"
    "test \"例\" { period 2021-M12  given A01 = 700000  given A02 = 70 亿元  given A01@yoy = "
    "missing\n"
    "  given A11 at 2020 = 立项  given 级别 = 国家级  row 项目 \"P1\" { P02 = 10.0001  A12 = "
    "2021-03-01 }\n"
    "  expect X = 70%  expect Z = missing  expect R \"P1\" = fail  expect T = pass  expect Y = 1/3 "
    "}\n";

static int begin(void **state)
{
    static struct fixture fixture;
    struct sources base;
    struct error err = { 0 };
    fixture.arena = arena_create();
    struct diagnostics *diagnostics = arena_take(fixture.arena, 1, sizeof(*diagnostics));
    diagnostics->arena = fixture.arena;
    assert_true(sources_read(DATA_FOLDER "/base.catalogue", fixture.arena, &base, &err));
    struct source files[] = { base.files[0], { "case.catalogue", bytes_of_text(declarations) } };
    fixture.catalogue = catalogue_compile((struct sources){ files, 2 }, diagnostics);
    if (!fixture.catalogue)
        fail_msg("%s", diagnostics->items[0].text);
    *state = &fixture;
    return 0;
}

static int end(void **state)
{
    struct fixture *f = *state;
    catalogue_destroy(&f->catalogue);
    assert_null(f->catalogue);
    arena_destroy(&f->arena);
    return 0;
}

static const struct form *form_named(struct fixture *f, const char *name)
{
    size_t number = catalogue_find_form(f->catalogue, name);
    assert_true(number != CATALOGUE_NONE);
    return &f->catalogue->forms[number];
}

static size_t item(struct fixture *f, const char *code)
{
    return catalogue_item(f->catalogue, code_of(code));
}

static void things_are_found_by_code_and_by_either_name(void **state)
{
    struct fixture *f = *state;
    size_t x = catalogue_indicator(f->catalogue, code_of("X"));
    assert_true(x != CATALOGUE_NONE);
    assert_int_equal(catalogue_find_indicator(f->catalogue, "X"), x);
    assert_int_equal(catalogue_find_indicator(f->catalogue, "集中度"), x);
    assert_int_equal(catalogue_find_indicator(f->catalogue, "concentration"), x);
    assert_true(catalogue_find_indicator(f->catalogue, "没有") == CATALOGUE_NONE);
    assert_ptr_equal(form_named(f, "T3"), form_named(f, "项目"));
    assert_ptr_equal(form_named(f, "台账"), form_named(f, "ledger"));
    assert_true(catalogue_item(f->catalogue, code_of("NONE")) == CATALOGUE_NONE);
}

static void operands_stand_before_their_users(void **state)
{
    struct fixture *f = *state;
    assert_true(catalogue_find_indicator(f->catalogue, "X") <
                catalogue_find_indicator(f->catalogue, "Y"));
}

static void an_indicator_knows_the_items_it_reads_and_how_often_they_come(void **state)
{
    struct fixture *f = *state;
    const struct indicator *y =
        &f->catalogue->indicators[catalogue_find_indicator(f->catalogue, "Y")];
    const struct indicator *z =
        &f->catalogue->indicators[catalogue_find_indicator(f->catalogue, "Z")];

    assert_int_equal(y->leaf_count, 2); /* through X */
    assert_int_equal(y->leaves[0], item(f, "A01"));
    assert_int_equal(y->leaves[1], item(f, "A02"));
    assert_int_equal(y->finest, FREQUENCY_MONTH);
    assert_int_equal(z->finest, FREQUENCY_YEAR); /* the land is asked once a year */
}

static void a_rule_for_several_items_is_one_rule_each(void **state)
{
    struct fixture *f = *state;
    const struct rule *rules = f->catalogue->rules;

    assert_int_equal(f->catalogue->rule_count, 5);
    assert_true(code_equal(rules[0].code, rules[1].code));
    assert_int_equal(rules[0].item, item(f, "A01"));
    assert_int_equal(rules[1].item, item(f, "A02"));
}

static void a_rule_judges_the_forms_that_hold_its_items(void **state)
{
    struct fixture *f = *state;
    const struct catalogue *catalogue = f->catalogue;
    const struct rule *first = &catalogue->rules[0];
    const struct rule *of_rows = &catalogue->rules[catalogue_rule(catalogue, code_of("W"))];
    const struct rule *builtin = &catalogue->rules[catalogue_rule(catalogue, code_of("U"))];
    const struct rule *patents = &catalogue->rules[catalogue_rule(catalogue, code_of("T"))];

    assert_int_equal(first->form_count, 2); /* A01 stands in the monthly and in the annual form */
    assert_int_equal(of_rows->form_count, 1);
    assert_ptr_equal(&catalogue->forms[of_rows->forms[0]], form_named(f, "项目"));
    assert_int_equal(builtin->form_count, catalogue->form_count);
    assert_int_equal(builtin->where, RULE_AGGREGATOR);
    assert_int_equal(builtin->since.year, 2016);
    assert_int_equal(builtin->until.number, 12);
    assert_int_equal(patents->item, item(f, "A06"));
}

static void a_form_reports_at_its_frequency_but_not_when_exempt(void **state)
{
    struct fixture *f = *state;
    assert_true(form_reports(form_named(f, "T1"), period_of_month(2021, 2)));
    assert_false(form_reports(form_named(f, "T1"), period_of_month(2021, 1)));
    assert_false(form_reports(form_named(f, "T1"), period_of_quarter(2021, 2)));
    assert_true(form_reports(form_named(f, "T2"), period_of_year(2021)));
}

static void deadlines_are_days_of_the_month_after(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(deadline_day(form_named(f, "T1")->due, period_of_month(2021, 7)),
                     day_of_date(2021, 8, 18));
    assert_int_equal(deadline_day(form_named(f, "T1")->due, period_of_month(2021, 12)),
                     day_of_date(2022, 1, 18));
    assert_int_equal(deadline_day(form_named(f, "T2")->due, period_of_year(2021)),
                     day_of_date(2022, 3, 31));
    assert_int_equal(deadline_day(form_named(f, "T3")->due, period_of_quarter(2021, 1)),
                     day_of_date(2021, 4, 20));
    assert_int_equal(deadline_day((struct deadline){ 2, 31 }, period_of_month(2021, 12)),
                     day_of_date(2022, 2, 28));
}

static void codes_are_ordered_as_declared(void **state)
{
    struct fixture *f = *state;
    const struct code_list *stages = &f->catalogue->lists[1];
    struct code code;

    assert_true(code_list_parse(stages, "立项", &code));
    assert_int_equal(code_list_ordinal(stages, code), 1);
    assert_true(code_list_parse(stages, "started", &code));
    assert_int_equal(code_list_ordinal(stages, code), 2);
    assert_false(code_list_parse(stages, "竣工", &code));
    assert_int_equal(code_list_ordinal(stages, code_of("S9")), -1);
}

static void holidays_are_ascending(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(f->catalogue->holiday_count, 2);
    assert_true(f->catalogue->holidays[0] < f->catalogue->holidays[1]);
}

static void a_test_is_kept_with_its_figures(void **state)
{
    struct fixture *f = *state;
    const struct catalogue_test *test = &f->catalogue->tests[0];

    assert_int_equal(test->given_count, 7);
    assert_int_equal(test->givens[1].value.mantissa, 700000); /* 亿元 with 4 decimals */
    assert_int_equal(test->givens[2].period.year, 2020);
    assert_int_equal(test->givens[2].value.status, VALUE_MISSING);
    assert_int_equal(test->givens[3].period.frequency, FREQUENCY_YEAR);
    assert_true(test->givens[3].value.mantissa == (int64_t)code_of("S2").packed);
    assert_true(code_equal(test->givens[4].code, code_of("N")));
    assert_string_equal(test->givens[5].row_key, "P1");
    assert_int_equal(test->givens[5].value.mantissa, 100001);
    assert_int_equal(test->givens[6].value.mantissa, day_of_date(2021, 3, 1));
    assert_int_equal(test->expectation_count, 5);
    assert_int_equal(test->expectations[0].indicator, catalogue_find_indicator(f->catalogue, "X"));
    assert_int_equal(number_compare(test->expectations[0].number, number_of(70)), 0);
    assert_true(test->expectations[1].missing);
    assert_int_equal(test->expectations[2].outcome, OUTCOME_FAIL);
    assert_int_equal(test->expectations[3].rule, catalogue_rule(f->catalogue, code_of("T")));
    assert_int_equal((int64_t)test->expectations[4].number.denominator, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(things_are_found_by_code_and_by_either_name, begin, end),
        cmocka_unit_test_setup_teardown(operands_stand_before_their_users, begin, end),
        cmocka_unit_test_setup_teardown(
            an_indicator_knows_the_items_it_reads_and_how_often_they_come, begin, end),
        cmocka_unit_test_setup_teardown(a_rule_for_several_items_is_one_rule_each, begin, end),
        cmocka_unit_test_setup_teardown(a_rule_judges_the_forms_that_hold_its_items, begin, end),
        cmocka_unit_test_setup_teardown(a_form_reports_at_its_frequency_but_not_when_exempt, begin,
                                        end),
        cmocka_unit_test_setup_teardown(deadlines_are_days_of_the_month_after, begin, end),
        cmocka_unit_test_setup_teardown(codes_are_ordered_as_declared, begin, end),
        cmocka_unit_test_setup_teardown(holidays_are_ascending, begin, end),
        cmocka_unit_test_setup_teardown(a_test_is_kept_with_its_figures, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
