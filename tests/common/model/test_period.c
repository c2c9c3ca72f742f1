#include "tests/support/test.h"

#include "common/model/day.h"
#include "common/model/period.h"
#include "common/model/zone.h"

static struct period period(const char *text)
{
    struct period parsed = { 0 };
    assert_true(period_parse(text, &parsed));
    return parsed;
}

static void every_slot_is_one_period_and_is_read_back(void **state)
{
    (void)state;
    char text[PERIOD_TEXT_SIZE];
    for (size_t slot = 0; slot < PERIOD_SLOT_COUNT; slot++) {
        struct period one = period_of_slot(slot);
        assert_int_equal(period_slot(one), slot);
        assert_true(period_equal(period(period_text(one, text)), one));
        assert_true(period_first_day(one) < period_last_day(one));
    }
}

static void what_is_no_period_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = { "",        "21",       "1989",     "2090",    "2021-",
                                         "2021-Q0", "2021-Q5",  "2021-M00", "2021-13", "2021-7",
                                         "2021Q1",  "2021-M7",  "2021-Q12", " 2021",   "2021 ",
                                         "2021-q1", "2021-M010" };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct period out;
        assert_false(period_parse(texts[i], &out));
    }
    assert_true(period_equal(period("2021-07"), period("2021-M07")));
}

static void periods_are_ordered_by_their_end_then_by_their_length(void **state)
{
    (void)state;
    static const char *const sorted[] = {
        "2020",    "2021-M01", "2021-M03", "2021-Q1", "2021-M04",
        "2021-Q3", "2021-M12", "2021-Q4",  "2021",    "2022-M01"
    };
    for (size_t i = 0; i < COUNT_OF(sorted); i++)
        for (size_t j = 0; j < COUNT_OF(sorted); j++)
            assert_int_equal(period_compare(period(sorted[i]), period(sorted[j])),
                             (i > j) - (i < j));
}

static void shifting_crosses_years_and_stops_at_the_ends(void **state)
{
    (void)state;
    struct period out;

    assert_true(period_shift(period("2021-M01"), -1, &out));
    assert_true(period_equal(out, period("2020-M12")));
    assert_true(period_shift(period("2021-Q4"), 5, &out));
    assert_true(period_equal(out, period("2023-Q1")));
    assert_true(period_shift_years(period("2021-M07"), -1, &out));
    assert_true(period_equal(out, period("2020-M07")));
    assert_false(period_shift(period("1990-M01"), -1, &out));
    assert_false(period_shift(period("2089"), 1, &out));
    assert_false(period_shift_years(period("2021-M07"), INT32_MAX, &out));
    assert_false(period_shift(period("2021-M07"), INT32_MIN, &out));
}

static void a_year_has_the_value_of_its_last_quarter_and_month(void **state)
{
    (void)state;
    struct period out;

    assert_true(period_last_part(period("2021"), &out));
    assert_true(period_equal(out, period("2021-Q4")));
    assert_true(period_last_part(period("2021-Q2"), &out));
    assert_true(period_equal(out, period("2021-M06")));
    assert_int_equal(period_last_day(out), period_last_day(period("2021-Q2")));
    assert_false(period_last_part(out, &out));
}

static void days_follow_each_other_for_centuries(void **state)
{
    (void)state;
    int64_t day = day_of_date(1899, 1, 1);
    for (int year = 1899; year <= 2101; year++)
        for (int month = 1; month <= 12; month++)
            for (int number = 1; number <= day_month_length(year, month); number++, day++) {
                int y, m, d;
                day_to_date(day, &y, &m, &d);
                assert_true(y == year && m == month && d == number);
                assert_int_equal(day_of_date(year, month, number), day);
            }
    assert_int_equal(day_of_date(1970, 1, 1), 0);
    assert_int_equal(day_month_length(1900, 2), 28);
    assert_int_equal(day_month_length(2000, 2), 29);
    assert_int_equal(day_weekday(0), 3);
    assert_int_equal(day_weekday(day_of_date(2026, 3, 18)), 2);
    assert_int_equal(day_weekday(-4), 6);
}

static void days_are_read_as_people_write_them(void **state)
{
    (void)state;
    static const char *const good[] = { "2026-03-18", "2026/3/18", "2026年3月18日", "20260318" };
    static const char *const bad[] = { "",           "2026-02-29", "2026-13-01", "2026-00-10",
                                       "2026-3-18x", "2026-3-18",  "202603180",  "0000-01-01",
                                       "2026/3/0",   "2026年3月18" };
    char text[DAY_TEXT_SIZE];
    int64_t day = 0;
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        assert_true(day_parse(good[i], &day));
        assert_string_equal(day_text(day, text), "2026-03-18");
    }
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_false(day_parse(bad[i], &day));
}

static void a_zone_is_judged_by_its_level_of_that_time(void **state)
{
    (void)state;
    struct code level = code_of("RG03");
    const struct zone_attribute attributes[] = {
        { level, code_of("N"), period("2018-M05") },
        { code_of("RG04"), code_of("X"), period("2001") },
        { level, code_of("P"), period("2010") },
    };
    const struct zone zone = { .attributes = attributes, .attribute_count = COUNT_OF(attributes) };

    assert_true(code_equal(zone_attribute_at(&zone, level, period("2005")), code_of("P")));
    assert_true(code_equal(zone_attribute_at(&zone, level, period("2018-M04")), code_of("P")));
    assert_true(code_equal(zone_attribute_at(&zone, level, period("2018-M05")), code_of("N")));
    assert_true(code_equal(zone_attribute_at(&zone, level, period("2018")), code_of("N")));
    assert_int_equal(zone_attribute_at(&zone, code_of("RG99"), period("2018")).packed, 0);
}

static void a_zone_is_active_from_its_first_to_its_last_day(void **state)
{
    (void)state;
    struct zone zone = { 0 };
    assert_true(zone_is_active(&zone, period("1990")));

    zone.active_from = period("2016-M02");
    zone.active_until = period("2020");

    assert_false(zone_is_active(&zone, period("2016-M01")));
    assert_true(zone_is_active(&zone, period("2016")));
    assert_true(zone_is_active(&zone, period("2020-M12")));
    assert_false(zone_is_active(&zone, period("2021-M01")));
}

static void zone_codes_are_letters_digits_and_hyphens(void **state)
{
    (void)state;
    struct zone_id one, other;

    assert_true(zone_id_parse("22010001", &one));
    assert_true(zone_id_parse("JL-0123456789abc", &other));
    assert_false(zone_id_equal(&one, &other));
    assert_false(zone_id_parse("", &one));
    assert_false(zone_id_parse("12345678901234567", &one));
    assert_false(zone_id_parse("a/b", &one));
    assert_string_equal(one.text, "22010001");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_slot_is_one_period_and_is_read_back),
        cmocka_unit_test(what_is_no_period_is_refused),
        cmocka_unit_test(periods_are_ordered_by_their_end_then_by_their_length),
        cmocka_unit_test(shifting_crosses_years_and_stops_at_the_ends),
        cmocka_unit_test(a_year_has_the_value_of_its_last_quarter_and_month),
        cmocka_unit_test(days_follow_each_other_for_centuries),
        cmocka_unit_test(days_are_read_as_people_write_them),
        cmocka_unit_test(a_zone_is_judged_by_its_level_of_that_time),
        cmocka_unit_test(a_zone_is_active_from_its_first_to_its_last_day),
        cmocka_unit_test(zone_codes_are_letters_digits_and_hyphens),
    };
    return cmocka_run_group_tests_name("period", tests, NULL, NULL);
}
