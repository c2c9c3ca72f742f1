#include "tests/common/cube/fixture.h"

#include <stdio.h>

#include "common/cube/credit_code.h"
#include "common/cube/workday.h"
#include "common/model/day.h"

/* F1 and F2 are 1 for true, 0 for false, missing for unknown. */
static const char requirements[] =
    "requirement T1 \"与\" / \"and\" { cite \"-\" severity hard check F1 >= 1 万元 and F2 >= 1 "
    "万元 }\n"
    "requirement T2 \"或\" / \"or\" { cite \"-\" severity hard check F1 >= 1 万元 or F2 >= 1 万元 "
    "}\n"
    "requirement T3 \"推出\" / \"implies\" { cite \"-\" severity hard check F1 >= 1 万元 implies "
    "F2 >= 1 万元 }\n"
    "requirement T4 \"非\" / \"not\" { cite \"-\" severity hard check not F1 >= 1 万元 }\n"
    "requirement T5 \"缺\" / \"missing\" { cite \"-\" severity hard check F1 is missing }\n"
    "requirement T6 \"级\" / \"level\" { cite \"-\" severity hard check 级别 < 省级 }\n"
    "requirement T7 \"级\" / \"level\" { cite \"-\" severity hard check 级别 in {N, P} }\n";

static const char signs[] = "FT?"; /* in the order of enum truth */

static void put_truth(struct fixture *f, size_t zone, const char *item, enum truth truth)
{
    if (truth == TRUTH_UNKNOWN)
        fixture_put_status(f, zone, item, "2021-M12", VALUE_MISSING);
    else
        fixture_put(f, zone, item, "2021-M12", truth == TRUTH_TRUE);
}

static char judged(struct fixture *f, size_t zone, const char *requirement)
{
    size_t index = catalogue_requirement(f->catalogue, code_of(requirement));
    struct context context = { .cube = f->cube, .zone = zone, .period = period_from("2021-M12") };
    return signs[evaluate_truth(f->catalogue->requirements[index].check, &context)];
}

/* Left F T ? by right F T ?, row by row. */
static void assert_table(const char *requirement, const char *expected)
{
    struct fixture f;
    fixture_open(&f, fixture_catalogue, requirements);
    size_t zone = fixture_zone(&f, "A", "N");
    for (enum truth left = TRUTH_FALSE; left <= TRUTH_UNKNOWN; left++)
        for (enum truth right = TRUTH_FALSE; right <= TRUTH_UNKNOWN; right++) {
            put_truth(&f, zone, "F1", left);
            put_truth(&f, zone, "F2", right);
            assert_int_equal(judged(&f, zone, requirement), expected[3 * left + right]);
        }
    fixture_close(&f);
}

static void and_is_false_when_either_is_false(void **state)
{
    (void)state;
    assert_table("T1", "FFF"
                       "FT?"
                       "F??");
}

static void or_is_true_when_either_is_true(void **state)
{
    (void)state;
    assert_table("T2", "FT?"
                       "TTT"
                       "?T?");
}

static void implies_is_true_unless_true_leads_to_false(void **state)
{
    (void)state;
    assert_table("T3", "TTT"
                       "FT?"
                       "?T?");
}

static void not_leaves_the_unknown_unknown(void **state)
{
    (void)state;
    assert_table("T4", "TTT"
                       "FFF"
                       "???");
}

static void missing_is_never_unknown(void **state)
{
    (void)state;
    assert_table("T5", "FFF"
                       "FFF"
                       "TTT");
}

static void an_unknown_level_decides_nothing(void **state)
{
    struct fixture f;
    (void)state;
    fixture_open(&f, fixture_catalogue, requirements);
    size_t known = fixture_zone(&f, "A", "N"), unknown = fixture_zone(&f, "B", NULL);

    assert_int_equal(judged(&f, known, "T6"), 'T');
    assert_int_equal(judged(&f, known, "T7"), 'T');
    assert_int_equal(judged(&f, unknown, "T6"), '?');
    assert_int_equal(judged(&f, unknown, "T7"), '?');
    fixture_close(&f);
}

static void a_credit_code_has_a_check_character(void **state)
{
    (void)state;
    assert_true(credit_code_is_valid("91350100M000100Y43"));
    assert_false(credit_code_is_valid("91350100M000100Y44"));
    assert_false(credit_code_is_valid("91350100M000100Y4"));
    assert_false(credit_code_is_valid("91350100M000100I43"));
    assert_false(credit_code_is_valid(""));
}

static void workdays_leave_out_weekends_and_holidays(void **state)
{
    const int64_t holidays[] = { day_of_date(2026, 10, 1), day_of_date(2026, 10, 2),
                                 day_of_date(2026, 10, 3) };
    int64_t wednesday = day_of_date(2026, 9, 30), monday = day_of_date(2026, 10, 5);
    (void)state;

    assert_int_equal(workdays_between(wednesday, monday, holidays, 3), 1);
    assert_int_equal(workdays_between(wednesday, monday, NULL, 0), 3);
    assert_int_equal(workdays_between(monday, wednesday, holidays, 3), -1);
    for (int64_t day = wednesday; day < wednesday + 40; day++) {
        int64_t counted = 0;
        for (int64_t i = wednesday + 1; i <= day; i++)
            counted += day_weekday(i) < 5;
        assert_int_equal(workdays_between(wednesday, day, NULL, 0), counted);
    }
}

static void a_leap_day_has_its_year_on_the_28th(void **state)
{
    (void)state;
    assert_int_equal(day_years_later(day_of_date(2024, 2, 29), 1), day_of_date(2025, 2, 28));
    assert_int_equal(day_years_later(day_of_date(2024, 2, 29), 4), day_of_date(2028, 2, 29));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(and_is_false_when_either_is_false),
        cmocka_unit_test(or_is_true_when_either_is_true),
        cmocka_unit_test(implies_is_true_unless_true_leads_to_false),
        cmocka_unit_test(not_leaves_the_unknown_unknown),
        cmocka_unit_test(missing_is_never_unknown),
        cmocka_unit_test(an_unknown_level_decides_nothing),
        cmocka_unit_test(a_credit_code_has_a_check_character),
        cmocka_unit_test(workdays_leave_out_weekends_and_holidays),
        cmocka_unit_test(a_leap_day_has_its_year_on_the_28th),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
