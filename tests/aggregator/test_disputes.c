#include "tests/support/test.h"

#include "aggregator/disputes.h"
#include "aggregator/projection.h"
#include "common/catalogue/catalogue.h"
#include "common/cube/cube.h"
#include "tests/aggregator/machines.h"
#include "tests/support/edition.h"

/* In a file of their own: figures that rest on the form in several ways. */
static const char indicators[] =
    "indicator N1 \"收入\" / \"revenue\" { unit 万元 decimals 0 value A1 }\n"
    "indicator N2 \"单月\" / \"of the month\" { unit 万元 decimals 0 value A1@period }\n"
    "indicator N3 \"翻倍\" / \"twice\" { unit 万元 decimals 0 value N1 * 2 }\n"
    "indicator N4 \"投资\" / \"investment\" { unit 万元 decimals 0 value sum(项目.K3) }\n";

static int set_up(void **state)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct source files[] = { { "indicators.catalogue", bytes_of_text(indicators) },
                              edition(1, arena).files[0] };
    struct sources sources = { files, COUNT_OF(files) };
    return workbench_set_up_with(state, &sources);
}

static bool touched(struct workbench *bench, const char *indicator, int month)
{
    const struct province *province = bench->province;
    size_t zone = cube_find_zone(projection_cube(province->projection), &bench->stream.zone);
    return disputes_touch(province->projection,
                          catalogue_find_indicator(province->catalogue, indicator),
                          (struct scope){ &zone, 1, false }, period_of_month(2021, month));
}

static void figures_that_rest_on_a_contested_return_are_known_and_no_others(void **state)
{
    struct workbench *bench = *state;
    struct machine first = machine_of(bench), second = machine_enrol(bench, 9);
    (void)machine_send(bench, &first, (struct version_of){ 1, 0, 100 });
    (void)machine_send_month(bench, &first, (struct version_of){ 1, 0, 150 }, MACHINES_MONTH + 1);
    assert_false(disputes_are_open(bench->province->projection));

    (void)machine_send(bench, &second, (struct version_of){ 1, 0, 200 });

    assert_true(disputes_are_open(bench->province->projection));
    assert_true(touched(bench, "N1", MACHINES_MONTH));
    assert_true(touched(bench, "N3", MACHINES_MONTH)); /* by way of N1 */
    assert_false(touched(bench, "N1", MACHINES_MONTH + 1));
    assert_true(touched(bench, "N2", MACHINES_MONTH + 1)); /* the month is what came since */
    assert_false(touched(bench, "N4", MACHINES_MONTH));
}

static void a_decision_frees_the_figures(void **state)
{
    struct workbench *bench = *state;
    struct machine first = machine_of(bench), second = machine_enrol(bench, 9);
    (void)machine_send(bench, &first, (struct version_of){ 1, 0, 100 });
    uint64_t other = machine_send(bench, &second, (struct version_of){ 1, 0, 200 });
    assert_true(touched(bench, "N1", MACHINES_MONTH));

    (void)machines_resolve(bench, other);

    assert_false(touched(bench, "N1", MACHINES_MONTH));
    assert_false(disputes_are_open(bench->province->projection));
}

int main(void)
{
#define A_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, workbench_tear_down)
    const struct CMUnitTest tests[] = {
        A_TEST(figures_that_rest_on_a_contested_return_are_known_and_no_others),
        A_TEST(a_decision_frees_the_figures),
    };
    return cmocka_run_group_tests_name("disputes", tests, NULL, NULL);
}
