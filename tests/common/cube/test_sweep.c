#include "tests/common/cube/fixture.h"

#include "common/base/random.h"
#include "common/base/text.h"
#include "tests/common/cube/random_case.h"

/* Columns and single zones must agree on everything: value, reason, status. */

#define SEED 20161
#define CATALOGUES 12
#define INDICATORS 20
#define ZONES 600

static void assert_alike(struct result one, struct result other)
{
    assert_string_equal(absence_name(one.absence), absence_name(other.absence));
    assert_int_equal(one.status, other.status);
    if (one.absence == ABSENCE_NONE)
        assert_int_equal(number_compare(one.number, other.number), 0);
}

static size_t compare_period(struct fixture *f, size_t indicator, struct period period)
{
    static struct result columns[ZONES];
    size_t present = 0;
    evaluate_indicator_zones(f->cube, indicator, period, columns);
    for (size_t zone = 0; zone < ZONES; zone++) {
        struct scope scope = { &zone, 1, false };
        struct result alone = evaluate_indicator(f->cube, indicator, scope, period).result;
        assert_alike(columns[zone], alone);
        present += alone.absence == ABSENCE_NONE;
    }
    return present;
}

static void columns_and_single_zones_agree(void **state)
{
    struct seeded_random seeded = seeded_random_of(SEED);
    size_t present = 0;
    (void)state;
    for (int i = 0; i < CATALOGUES; i++) {
        struct fixture f;
        random_case_open(&f, &seeded.random, INDICATORS, ZONES);
        for (size_t indicator = 0; indicator < f.catalogue->indicator_count; indicator++)
            for (int month = 1; month <= 12; month += 5)
                present += compare_period(&f, indicator, period_of_month(2021, month));
        fixture_close(&f);
    }
    assert_true(present > 1000); /* the random figures are not all missing */
}

static void a_group_is_what_adding_by_hand_gives(void **state)
{
    struct seeded_random seeded = seeded_random_of(SEED + 1);
    struct fixture f;
    size_t zones[ZONES], included = 0;
    int128 tops = 0, bottoms = 0;
    (void)state;
    random_case_open(&f, &seeded.random, 0, ZONES);
    struct period period = period_of_month(2021, 7);
    for (size_t zone = 0; zone < ZONES; zone++) {
        zones[zone] = zone;
        struct value top = cube_observe(f.cube, zone, fixture_item(&f, "X1"), period, NULL);
        struct value bottom = cube_observe(f.cube, zone, fixture_item(&f, "X4"), period, NULL);
        if (!value_status_has_figure(top.status) || !value_status_has_figure(bottom.status))
            continue;
        tops += top.mantissa;
        bottoms += bottom.mantissa;
        included++;
    }

    struct indicator_value value = evaluate_indicator(f.cube, fixture_indicator(&f, "J6"),
                                                      (struct scope){ zones, ZONES, true }, period);

    assert_int_equal(value.coverage.included, included);
    assert_int_equal(number_compare(value.result.number, (struct number){ tops * 100, bottoms }),
                     0);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_and_single_zones_agree),
        cmocka_unit_test(a_group_is_what_adding_by_hand_gives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
