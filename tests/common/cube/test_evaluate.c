#include "tests/common/cube/fixture.h"

#include <string.h>

static const char indicators[] =
    "indicator I1 \"集中度\" / \"concentration\" { unit % decimals 2 value F2 / F1 }\n"
    "indicator I2 \"同比\" / \"growth\" { unit % decimals 1 value growth(F1) }\n"
    "indicator I3 \"上期累计\" / \"before\" { unit 万元 decimals 0 value F1@prev }\n"
    "indicator I4 \"当期\" / \"own\" { unit 万元 decimals 0 value F1@period }\n"
    "indicator I5 \"环比\" / \"on month\" { unit % decimals 1 value F1@period / F1@prev@period }\n"
    "indicator I6 \"本年累计\" / \"year to date\" { unit 万元 decimals 0 value P1@ytd }\n"
    "indicator I7 \"密度\" / \"density\" { unit 万元/公顷 decimals 2 value sum(项目.K3) / "
    "sum(项目.K4) }\n"
    "indicator I8 \"备选\" / \"either\" { unit 万元 decimals 0 value firstof(F1, F2) }\n"
    "indicator I9 \"十二月\" / \"december\" { unit 万元 decimals 0 value F1@M12 }\n"
    "indicator J1 \"项目投资\" / \"investment\" { unit 万元 decimals 0 value sum(项目.K3 where K2 "
    ">= 立项) }\n"
    "indicator J2 \"前二\" / \"top two\" { unit 万元 decimals 0 value sum(项目.K3) - sum(项目.K3 "
    "top 2) }\n"
    "indicator J3 \"得分\" / \"points\" { unit 个 decimals 0 value N2 }\n"
    "indicator J4 \"上月产值\" / \"last month\" { unit 万元 decimals 0 value P1@prev }\n"
    "indicator J5 \"连乘\" / \"product\" { unit 万元 decimals 0 value F1 * F1 * F1 * F1 / (F2 * F2 "
    "* F2) }\n";

static int open_fixture(void **state)
{
    static struct fixture fixture;
    fixture_open(&fixture, fixture_catalogue, indicators);
    *state = &fixture;
    return 0;
}

static int close_fixture(void **state)
{
    fixture_close(*state);
    return 0;
}

static void a_ratio_is_exact_and_not_rounded(void **state)
{
    struct fixture *f = *state;
    size_t zone = fixture_zone(f, "A", "N");
    fixture_put(f, zone, "F1", "2021-M12", 1000000);
    fixture_put(f, zone, "F2", "2021-M12", 699999);

    struct result result = fixture_value(f, "I1", zone, "2021-M12");

    assert_number(result, 699999, 10000);
    assert_true(number_compare(result.number, number_of(70)) < 0);
}

static void growth_takes_the_comparable_base_when_it_is_filled_in(void **state)
{
    struct fixture *f = *state;
    size_t zone = fixture_zone(f, "A", "N");
    fixture_put(f, zone, "F1", "2021-M05", 120);
    fixture_put(f, zone, "F1", "2020-M05", 80);

    assert_number(fixture_value(f, "I2", zone, "2021-M05"), 50, 1);
    fixture_put(f, zone, "F1B", "2021-M05", 100);
    assert_number(fixture_value(f, "I2", zone, "2021-M05"), 20, 1);
    fixture_put_status(f, zone, "F1B", "2021-M05", VALUE_MISSING);
    assert_number(fixture_value(f, "I2", zone, "2021-M05"), 50, 1);
}

static void growth_on_a_base_of_zero_has_no_number(void **state)
{
    struct fixture *f = *state;
    size_t zone = fixture_zone(f, "A", "N");
    fixture_put(f, zone, "F1", "2021-M05", 120);
    fixture_put(f, zone, "F1B", "2021-M05", 0);

    assert_absent(fixture_value(f, "I2", zone, "2021-M05"), ABSENCE_DIVISION_BY_ZERO);
}

static void the_first_reported_month_carries_january(void **state)
{
    struct fixture *f = *state;
    size_t zone = fixture_zone(f, "A", "N");
    fixture_put(f, zone, "F1", "2020-M12", 900);
    fixture_put(f, zone, "F1", "2021-M02", 200);
    fixture_put(f, zone, "F1", "2021-M03", 330);
    fixture_put(f, zone, "F1", "2021-M04", 430);

    assert_absent(fixture_value(f, "I3", zone, "2021-M02"), ABSENCE_NO_PERIOD);
    assert_number(fixture_value(f, "I3", zone, "2021-M03"), 200, 1);
    assert_number(fixture_value(f, "I4", zone, "2021-M02"), 200, 1);
    assert_number(fixture_value(f, "I4", zone, "2021-M03"), 130, 1);
}

static void february_and_march_have_no_month_on_month(void **state)
{
    struct fixture *f = *state;
    size_t zone = fixture_zone(f, "A", "N");
    fixture_put(f, zone, "F1", "2020-M11", 800);
    fixture_put(f, zone, "F1", "2020-M12", 900);
    fixture_put(f, zone, "F1", "2021-M02", 200);
    fixture_put(f, zone, "F1", "2021-M03", 330);
    fixture_put(f, zone, "F1", "2021-M04", 430);

    assert_absent(fixture_value(f, "I5", zone, "2021-M02"), ABSENCE_NO_PERIOD);
    assert_absent(fixture_value(f, "I5", zone, "2021-M03"), ABSENCE_NO_PERIOD);
    assert_number(fixture_value(f, "I5", zone, "2021-M04"), 10000, 130);
}

static void a_flow_of_the_month_has_no_month_before_march(void **state)
{
    struct fixture *f = *state;
    size_t zone = fixture_zone(f, "A", "N");
    fixture_put(f, zone, "P1", "2021-M02", 20);
    fixture_put(f, zone, "P1", "2021-M03", 10);

    assert_absent(fixture_value(f, "J4", zone, "2021-M03"), ABSENCE_NO_PERIOD);
    assert_number(fixture_value(f, "J4", zone, "2021-M04"), 10, 1);
}

static void year_to_date_adds_up_what_is_reported_alone(void **state)
{
    struct fixture *f = *state;
    size_t zone = fixture_zone(f, "A", "N");
    fixture_put(f, zone, "P1", "2021-M02", 20);
    fixture_put(f, zone, "P1", "2021-M03", 10);

    assert_number(fixture_value(f, "I6", zone, "2021-M03"), 30, 1);
    assert_absent(fixture_value(f, "I6", zone, "2021-M04"), ABSENCE_NOT_REPORTED);
}

static void a_part_of_the_year_is_read_from_anywhere_in_it(void **state)
{
    struct fixture *f = *state;
    size_t zone = fixture_zone(f, "A", "N");
    fixture_put(f, zone, "F1", "2021-M12", 900);

    assert_number(fixture_value(f, "I9", zone, "2021"), 900, 1);
    assert_number(fixture_value(f, "I9", zone, "2021-M03"), 900, 1);
}

static void the_reason_is_the_first_in_order(void **state)
{
    struct fixture *f = *state;
    size_t zone = fixture_zone(f, "A", "N");
    fixture_put_status(f, zone, "F2", "2021-M12", VALUE_NOT_APPLICABLE);

    assert_absent(fixture_value(f, "I1", zone, "2021-M12"), ABSENCE_NOT_REPORTED);
    fixture_put_status(f, zone, "F1", "2021-M12", VALUE_SUPPRESSED);
    assert_absent(fixture_value(f, "I1", zone, "2021-M12"), ABSENCE_MISSING);
    fixture_put(f, zone, "F1", "2021-M12", 0);
    assert_absent(fixture_value(f, "I1", zone, "2021-M12"), ABSENCE_DIVISION_BY_ZERO);
    fixture_put(f, zone, "F1", "2021-M12", 1);
    assert_absent(fixture_value(f, "I1", zone, "2021-M12"), ABSENCE_NOT_APPLICABLE);
    assert_absent(fixture_value(f, "I1", zone, "2021-M01"), ABSENCE_NO_PERIOD);
}

static void the_result_shows_the_worst_status(void **state)
{
    struct fixture *f = *state;
    size_t zone = fixture_zone(f, "A", "N");
    fixture_put(f, zone, "F1", "2021-M12", 100);
    cube_put_figure(f->cube, zone, fixture_item(f, "F2"), period_from("2021-M12"),
                    (struct value){ 50, VALUE_SYNTHETIC });

    struct result result = fixture_value(f, "I1", zone, "2021-M12");

    assert_number(result, 50, 1);
    assert_int_equal(result.status, VALUE_SYNTHETIC);
}

static void the_first_that_is_there_stands_in(void **state)
{
    struct fixture *f = *state;
    size_t zone = fixture_zone(f, "A", "N");
    fixture_put(f, zone, "F2", "2021-M12", 7);

    assert_number(fixture_value(f, "I8", zone, "2021-M12"), 7, 1);
    fixture_put(f, zone, "F1", "2021-M12", 5);
    assert_number(fixture_value(f, "I8", zone, "2021-M12"), 5, 1);
}

static void an_overflow_is_said_and_never_wraps(void **state)
{
    struct fixture *f = *state;
    size_t zone = fixture_zone(f, "A", "N");
    fixture_put(f, zone, "F1", "2021-M12", INT64_MAX);
    fixture_put(f, zone, "F2", "2021-M12", INT64_MAX - 1);
    struct result columns[1];

    assert_absent(fixture_value(f, "J5", zone, "2021-M12"), ABSENCE_OVERFLOW);
    evaluate_indicator_zones(f->cube, fixture_indicator(f, "J5"), period_from("2021-M12"), columns);
    assert_absent(columns[0], ABSENCE_OVERFLOW);
}

static void put_projects(struct fixture *f, size_t zone, const int64_t *investments,
                         const uint8_t *statuses, size_t count)
{
    static const char *const keys[] = { "P1", "P2", "P3", "P4" };
    static const char *const stages[] = { "S1", "S2", "S3", "S2" };
    int64_t codes[4];
    const uint8_t present[4] = { 0 };
    for (size_t i = 0; i < count; i++)
        codes[i] = (int64_t)code_of(stages[i]).packed;
    struct roster_column columns[] = { { code_of("K2"), codes, present, NULL },
                                       { code_of("K3"), investments, statuses, NULL } };
    struct submission submission = { .form = code_of("R"),
                                     .period = period_from("2021"),
                                     .version = 1,
                                     .row_keys = keys,
                                     .row_count = count,
                                     .columns = columns,
                                     .column_count = 2 };
    cube_put(f->cube, zone, &submission, 1);
}

static void rows_are_added_up_where_the_condition_holds(void **state)
{
    struct fixture *f = *state;
    size_t zone = fixture_zone(f, "A", "N");
    const int64_t investments[] = { 100, 30, 5, 60 };
    const uint8_t statuses[4] = { 0 };
    put_projects(f, zone, investments, statuses, 4);

    assert_number(fixture_value(f, "J1", zone, "2021"), 95, 1);
    assert_number(fixture_value(f, "J2", zone, "2021"), 35, 1);
}

static void a_missing_row_makes_the_sum_missing_and_no_rows_are_zero(void **state)
{
    struct fixture *f = *state;
    size_t zone = fixture_zone(f, "A", "N");
    const int64_t investments[] = { 100, 0, 5, 60 };
    const uint8_t statuses[4] = { 0, VALUE_MISSING, 0, 0 };

    assert_absent(fixture_value(f, "J1", zone, "2021"), ABSENCE_NOT_REPORTED);
    put_projects(f, zone, investments, statuses, 4);
    assert_absent(fixture_value(f, "J1", zone, "2021"), ABSENCE_MISSING);
    put_projects(f, zone, investments, statuses, 1);
    assert_number(fixture_value(f, "J1", zone, "2021"), 0, 1);
    put_projects(f, zone, investments, statuses, 0);
    assert_number(fixture_value(f, "J1", zone, "2021"), 0, 1);
}

static void a_row_that_may_or_may_not_count_leaves_the_sum_missing(void **state)
{
    struct fixture *f = *state;
    size_t zone = fixture_zone(f, "A", "N");
    static const char *const keys[] = { "P1", "P2" };
    const int64_t codes[] = { (int64_t)code_of("S2").packed, 0 }, figures[] = { 5, 7 };
    const uint8_t stages[] = { VALUE_PRESENT, VALUE_MISSING };
    const uint8_t present[] = { VALUE_PRESENT, VALUE_PRESENT };
    struct roster_column columns[] = { { code_of("K2"), codes, stages, NULL },
                                       { code_of("K3"), figures, present, NULL } };
    struct submission submission = { .form = code_of("R"),
                                     .period = period_from("2021"),
                                     .version = 1,
                                     .row_keys = keys,
                                     .row_count = 2,
                                     .columns = columns,
                                     .column_count = 2 };

    cube_put(f->cube, zone, &submission, 1);

    assert_absent(fixture_value(f, "J1", zone, "2021"), ABSENCE_MISSING);
}

static struct indicator_value of_group(struct fixture *f, const char *indicator,
                                       const size_t *zones, size_t count)
{
    struct scope scope = { zones, count, true };
    return evaluate_indicator(f->cube, fixture_indicator(f, indicator), scope,
                              period_from("2021-M12"));
}

static void a_group_is_a_ratio_of_sums_over_zones_that_have_both(void **state)
{
    struct fixture *f = *state;
    size_t zones[] = { fixture_zone(f, "A", "N"), fixture_zone(f, "B", "P"),
                       fixture_zone(f, "C", "P") };
    fixture_put(f, zones[0], "F1", "2021-M12", 100);
    fixture_put(f, zones[0], "F2", "2021-M12", 50);
    fixture_put(f, zones[1], "F1", "2021-M12", 300);
    fixture_put(f, zones[1], "F2", "2021-M12", 60);
    fixture_put(f, zones[2], "F1", "2021-M12", 999);

    struct indicator_value value = of_group(f, "I1", zones, 3);

    assert_number(value.result, 110 * 100, 400);
    assert_int_equal(value.coverage.included, 2);
    assert_int_equal(value.coverage.expected, 3);
}

static void the_order_of_zones_changes_nothing(void **state)
{
    struct fixture *f = *state;
    size_t zones[] = { fixture_zone(f, "A", "N"), fixture_zone(f, "B", "P"),
                       fixture_zone(f, "C", "P") };
    size_t turned[] = { zones[2], zones[0], zones[1] };
    for (int i = 0; i < 3; i++) {
        fixture_put(f, zones[i], "F1", "2021-M12", INT64_MAX - i);
        fixture_put(f, zones[i], "F2", "2021-M12", i == 1 ? INT64_MIN + 1 : 17);
    }

    struct result one = of_group(f, "I1", zones, 3).result;
    struct result other = of_group(f, "I1", turned, 3).result;

    assert_int_equal(one.absence, ABSENCE_NONE);
    assert_int_equal(number_compare(one.number, other.number), 0);
}

static void what_has_no_total_has_no_group_value(void **state)
{
    struct fixture *f = *state;
    size_t zones[] = { fixture_zone(f, "A", "N"), fixture_zone(f, "B", "P") };
    fixture_put(f, zones[0], "N2", "2021", 1);
    fixture_put(f, zones[1], "N2", "2021", 2);
    struct scope scope = { zones, 2, true };

    struct indicator_value value =
        evaluate_indicator(f->cube, fixture_indicator(f, "J3"), scope, period_from("2021"));

    assert_absent(value.result, ABSENCE_NOT_ADDITIVE);
    assert_int_equal(value.coverage.expected, 2);
    assert_number(fixture_value(f, "J3", zones[1], "2021"), 2, 1);
}

static void zones_that_are_closed_are_not_expected(void **state)
{
    struct fixture *f = *state;
    size_t zones[] = { fixture_zone(f, "A", "N"), 0 };
    struct zone closed = { .id.text = "B",
                           .name = "B",
                           .active_until = { 2019, FREQUENCY_YEAR, 0 } };
    zones[1] = cube_add_zone(f->cube, &closed);
    for (int i = 0; i < 2; i++) {
        fixture_put(f, zones[i], "F1", "2021-M12", 100);
        fixture_put(f, zones[i], "F2", "2021-M12", 10 + 10 * i);
    }

    struct indicator_value value = of_group(f, "I1", zones, 2);

    assert_number(value.result, 10, 1);
    assert_int_equal(value.coverage.expected, 1);
}

static void an_empty_group_was_not_reported(void **state)
{
    struct fixture *f = *state;
    size_t zone = fixture_zone(f, "A", "N");

    assert_absent(of_group(f, "I1", &zone, 1).result, ABSENCE_NOT_REPORTED);
    assert_absent(of_group(f, "I1", NULL, 0).result, ABSENCE_NOT_REPORTED);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, open_fixture, close_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_ratio_is_exact_and_not_rounded),
        CASE(growth_takes_the_comparable_base_when_it_is_filled_in),
        CASE(growth_on_a_base_of_zero_has_no_number),
        CASE(the_first_reported_month_carries_january),
        CASE(february_and_march_have_no_month_on_month),
        CASE(a_flow_of_the_month_has_no_month_before_march),
        CASE(year_to_date_adds_up_what_is_reported_alone),
        CASE(a_part_of_the_year_is_read_from_anywhere_in_it),
        CASE(the_reason_is_the_first_in_order),
        CASE(the_result_shows_the_worst_status),
        CASE(the_first_that_is_there_stands_in),
        CASE(an_overflow_is_said_and_never_wraps),
        CASE(rows_are_added_up_where_the_condition_holds),
        CASE(a_missing_row_makes_the_sum_missing_and_no_rows_are_zero),
        CASE(a_row_that_may_or_may_not_count_leaves_the_sum_missing),
        CASE(a_group_is_a_ratio_of_sums_over_zones_that_have_both),
        CASE(the_order_of_zones_changes_nothing),
        CASE(what_has_no_total_has_no_group_value),
        CASE(zones_that_are_closed_are_not_expected),
        CASE(an_empty_group_was_not_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
