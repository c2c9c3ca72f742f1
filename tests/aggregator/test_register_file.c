#include "tests/support/test.h"

#include <string.h>

#include "aggregator/register_file.h"
#include "aggregator/registry.h"
#include "tests/aggregator/workbench.h"

#define HEADING "code,name,level,active_until\n"

static bool read(struct workbench *bench, const char *text, struct register_reading *out)
{
    return register_file_read(bytes_of_text(text), bench->province->catalogue,
                              ledger_registry(bench->province->ledger), period_of_month(2022, 1),
                              bench->arena, out, &bench->err);
}

static void every_problem_is_named_with_its_cell(void **state)
{
    struct register_reading reading;
    const char *text = HEADING "22101001,甲,N,\n22101002,,X9,\n22101001,乙,N,someday\n!,丙,N,\n";

    assert_true(read(*state, text, &reading));

    assert_int_equal(reading.problem_count, 5);
    assert_non_null(strstr(reading.problems.text, "B3"));
    assert_non_null(strstr(reading.problems.text, "C3"));
    assert_non_null(strstr(reading.problems.text, "A4"));
    assert_non_null(strstr(reading.problems.text, "D4"));
    assert_non_null(strstr(reading.problems.text, "A5"));
    text_builder_free(&reading.problems);
}

static void a_changed_level_holds_from_the_given_period_and_not_before(void **state)
{
    struct workbench *bench = *state;
    struct register_reading reading;
    assert_true(read(bench, HEADING "22101001,甲,P,\n", &reading));
    assert_int_equal(reading.change_count, 1);
    assert_true(reading.changes[0].is_new);
    struct journal_record record = { .entry = { .kind = ENTRY_ZONE,
                                                .zone = reading.changes[0].zone } };
    assert_true(ledger_begin(bench->province->ledger, WORKBENCH_UTC_MS, &bench->err));
    assert_true(ledger_take(bench->province->ledger, &record) > 0);
    assert_true(ledger_commit(bench->province->ledger, &bench->err));

    assert_true(read(bench, HEADING "22101001,甲,N,\n", &reading));

    const struct zone *zone = &reading.changes[0].zone;
    assert_int_equal(reading.change_count, 1);
    assert_false(reading.changes[0].is_new);
    assert_true(
        code_equal(zone_attribute_at(zone, code_of("RG03"), period_of_year(2020)), code_of("P")));
    assert_true(
        code_equal(zone_attribute_at(zone, code_of("RG03"), period_of_year(2022)), code_of("N")));
}

static void what_is_there_already_changes_nothing(void **state)
{
    struct workbench *bench = *state;
    struct register_reading reading;
    const char *text = "code,name,prefecture,prefecture_code\n22102001,长春新区,长春市,220100\n";

    assert_true(read(bench, text, &reading));

    assert_int_equal(reading.zone_count, 1);
    assert_int_equal(reading.change_count, 0);
}

static void a_file_without_a_known_heading_is_refused(void **state)
{
    struct workbench *bench = *state;
    struct register_reading reading;

    assert_false(read(bench, "a,b,c\n1,2,3\n", &reading));
    assert_int_equal(bench->err.kind, ERROR_REFUSED);
    assert_false(read(bench, "code,level\nA,N\n", &reading));
    assert_int_equal(bench->err.kind, ERROR_MALFORMED);
}

#define WITH_BENCH(test)                                                                           \
    cmocka_unit_test_setup_teardown(test, workbench_set_up, workbench_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_BENCH(every_problem_is_named_with_its_cell),
        WITH_BENCH(a_changed_level_holds_from_the_given_period_and_not_before),
        WITH_BENCH(what_is_there_already_changes_nothing),
        WITH_BENCH(a_file_without_a_known_heading_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
