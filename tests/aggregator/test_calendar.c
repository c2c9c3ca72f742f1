#include "tests/support/test.h"

#include <string.h>

#include "aggregator/calendar.h"
#include "aggregator/projection.h"
#include "common/catalogue/catalogue.h"
#include "common/model/day.h"

#define DAY_MS INT64_C(86400000)
#define BEIJING_MS INT64_C(28800000)

static const struct form monthly = { .frequency = FREQUENCY_MONTH,
                                     .exempt = 1u << 1, /* January */
                                     .due = { .months = 1, .day = 10 } };

static struct return_state arrived_on(int64_t day, int64_t ms_of_day)
{
    return (struct return_state){ .counted = 1,
                                  .first_utc_ms = day * DAY_MS - BEIJING_MS + ms_of_day };
}

static void the_day_of_the_deadline_in_beijing_is_in_time_and_the_next_is_late(void **state)
{
    (void)state;
    struct period march = period_of_month(2021, 3);
    int64_t due = deadline_day(monthly.due, march);
    struct return_state last_minute = arrived_on(due, DAY_MS - 1);
    struct return_state too_late = arrived_on(due + 1, 0);

    struct timeliness in_time = calendar_timeliness(&monthly, march, &last_minute, due + 9);
    struct timeliness late = calendar_timeliness(&monthly, march, &too_late, due + 9);

    assert_int_equal(in_time.punctuality, PUNCTUALITY_IN_TIME);
    assert_int_equal(in_time.days_late, 0);
    assert_int_equal(late.punctuality, PUNCTUALITY_LATE);
    assert_int_equal(late.days_late, 1);
}

static void what_did_not_come_is_missing_only_after_the_deadline(void **state)
{
    (void)state;
    struct period march = period_of_month(2021, 3);
    int64_t due = deadline_day(monthly.due, march);

    assert_int_equal(calendar_timeliness(&monthly, march, NULL, due).punctuality,
                     PUNCTUALITY_NOT_DUE);
    struct timeliness missing = calendar_timeliness(&monthly, march, NULL, due + 3);

    assert_int_equal(missing.punctuality, PUNCTUALITY_MISSING);
    assert_int_equal(missing.days_late, 3);
}

static void a_year_asks_for_the_forms_that_end_with_it(void **state)
{
    (void)state;
    static const struct form yearly = { .frequency = FREQUENCY_YEAR };
    struct period period;

    assert_true(calendar_period(&monthly, period_of_year(2021), &period));
    assert_true(period_equal(period, period_of_month(2021, 12)));
    assert_true(calendar_period(&yearly, period_of_year(2021), &period));
    assert_false(calendar_period(&yearly, period_of_month(2021, 7), &period));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_day_of_the_deadline_in_beijing_is_in_time_and_the_next_is_late),
        cmocka_unit_test(what_did_not_come_is_missing_only_after_the_deadline),
        cmocka_unit_test(a_year_asks_for_the_forms_that_end_with_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
