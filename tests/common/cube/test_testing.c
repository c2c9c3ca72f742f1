#include "tests/common/cube/fixture.h"

#include "common/cube/testing.h"

static void a_wrong_expectation_fails_with_both_values(void **state)
{
    struct fixture f;
    (void)state;
    fixture_open(
        &f, fixture_catalogue,
        "indicator I1 \"集中度\" / \"share\" { unit % decimals 2 value F2 / F1 }\n"
        "requirement R1 \"达到70%\" / \"70 %\" { cite \"三(二)\" severity hard check I1 >= 70% }\n"
        "test \"不得四舍五入\" { period 2021\n given F1 = 1000000\n given F2 = 699999\n"
        " expect I1 = 70%\n expect R1 = pass\n expect I1 = 69.9999%\n }\n");

    struct test_summary summary = catalogue_run_tests(f.catalogue, f.arena);

    assert_int_equal(summary.expectations, 3);
    assert_int_equal(summary.failure_count, 2);
    assert_string_equal(summary.failures[0].expected, "70 %");
    assert_string_equal(summary.failures[0].found, "69.9999 %");
    assert_string_equal(summary.failures[1].expected, "pass");
    assert_string_equal(summary.failures[1].found, "fail");
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wrong_expectation_fails_with_both_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
