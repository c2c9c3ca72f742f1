#include "tests/support/test.h"

#include "common/model/zone.h"

static const struct zone_attribute levels[] = {
    { { 0x41 }, { 'P' }, { 2012, FREQUENCY_YEAR, 0 } },
    { { 0x41 }, { 'N' }, { 2016, FREQUENCY_MONTH, 7 } },
};

static const struct zone upgraded = {
    .attributes = levels,
    .attribute_count = COUNT_OF(levels),
    .active_from = { 2012, FREQUENCY_YEAR, 0 },
    .active_until = { 2020, FREQUENCY_YEAR, 0 },
};

static uint64_t level_in(struct period period)
{
    return zone_attribute_at(&upgraded, (struct code){ 0x41 }, period).packed;
}

static void a_zone_is_judged_by_its_level_of_the_time(void **state)
{
    (void)state;
    assert_int_equal(level_in(period_of_year(2015)), 'P');
    assert_int_equal(level_in(period_of_month(2016, 6)), 'P');
    assert_int_equal(level_in(period_of_month(2016, 7)), 'N');
    assert_int_equal(level_in(period_of_year(2016)), 'N');
    assert_int_equal(level_in(period_of_year(2019)), 'N');
}

static void before_the_first_date_the_earliest_value_holds(void **state)
{
    (void)state;
    assert_int_equal(level_in(period_of_year(2005)), 'P');
}

static void an_attribute_nobody_recorded_is_unknown(void **state)
{
    (void)state;
    assert_int_equal(
        zone_attribute_at(&upgraded, (struct code){ 0x42 }, period_of_year(2015)).packed, 0);
}

static void a_zone_is_active_between_its_dates_and_always_without_them(void **state)
{
    (void)state;
    const struct zone undated = { .attribute_count = 0 };
    assert_false(zone_is_active(&upgraded, period_of_year(2011)));
    assert_true(zone_is_active(&upgraded, period_of_month(2015, 5)));
    assert_false(zone_is_active(&upgraded, period_of_year(2021)));
    assert_true(zone_is_active(&undated, period_of_year(1999)));
}

static void an_id_is_letters_digits_and_hyphens(void **state)
{
    (void)state;
    struct zone_id id, same;
    assert_true(zone_id_parse("22102001", &id) && zone_id_parse("22102001", &same));
    assert_true(zone_id_equal(&id, &same));
    assert_true(zone_id_parse("JL000064", &same));
    assert_false(zone_id_equal(&id, &same));
    assert_false(zone_id_parse("", &id));
    assert_false(zone_id_parse("12345678901234567", &id));
    assert_false(zone_id_parse("22 01", &id));
    assert_false(zone_id_parse("长春", &id));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_zone_is_judged_by_its_level_of_the_time),
        cmocka_unit_test(before_the_first_date_the_earliest_value_holds),
        cmocka_unit_test(an_attribute_nobody_recorded_is_unknown),
        cmocka_unit_test(a_zone_is_active_between_its_dates_and_always_without_them),
        cmocka_unit_test(an_id_is_letters_digits_and_hyphens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
