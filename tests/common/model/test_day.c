#include "tests/support/test.h"

#include "common/model/day.h"

static void known_days_are_where_the_calendar_has_them(void **state)
{
    (void)state;
    assert_int_equal(day_of_date(1970, 1, 1), 0);
    assert_int_equal(day_of_date(2000, 2, 29), 11016);
    assert_int_equal(day_of_date(2026, 11, 23), 20780);
    assert_int_equal(day_weekday(day_of_date(2026, 11, 23)), 0); /* a Monday */
    assert_int_equal(day_weekday(day_of_date(1970, 1, 1)), 3);   /* a Thursday */
}

static void every_day_of_four_centuries_goes_there_and_back(void **state)
{
    (void)state;
    int64_t expected = day_of_date(1800, 1, 1);
    for (int year = 1800; year < 2200; year++)
        for (int month = 1; month <= 12; month++)
            for (int day = 1; day <= day_month_length(year, month); day++, expected++) {
                int found_year, found_month, found_day;
                assert_int_equal(day_of_date(year, month, day), expected);
                day_to_date(expected, &found_year, &found_month, &found_day);
                assert_true(found_year == year && found_month == month && found_day == day);
            }
}

static void a_day_is_read_in_the_ways_people_write_it(void **state)
{
    (void)state;
    const char *texts[] = { "2026-03-08", "2026/3/8", "2026年3月8日", "20260308" };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        int64_t day;
        assert_true(day_parse(texts[i], &day));
        assert_int_equal(day, day_of_date(2026, 3, 8));
    }
}

static void what_is_no_day_is_refused(void **state)
{
    (void)state;
    const char *texts[] = { "",           "2026-02-29", "2026-13-01",  "2026-00-10", "2026-3",
                            "2026-03-32", "26-03-08",   "2026-03-08x", "八月",       "2026.3.8.1" };
    int64_t day;
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        assert_false(day_parse(texts[i], &day));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_days_are_where_the_calendar_has_them),
        cmocka_unit_test(every_day_of_four_centuries_goes_there_and_back),
        cmocka_unit_test(a_day_is_read_in_the_ways_people_write_it),
        cmocka_unit_test(what_is_no_day_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
