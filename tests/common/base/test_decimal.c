#include "tests/support/test.h"

#include <string.h>

#include "common/base/decimal.h"
#include "common/base/random.h"

#define UNTOUCHED 777

static void figures_are_read_exactly_or_refused_with_the_reason(void **state)
{
    (void)state;
    /* clang-format off */
    static const struct {
        const char *text; int decimals; enum decimal_trouble trouble; int64_t mantissa;
    } rows[] = {
        { "0", 0, DECIMAL_OK, 0 },              { "-0", 2, DECIMAL_OK, 0 },
        { "123.45", 2, DECIMAL_OK, 12345 },     { "+7", 3, DECIMAL_OK, 7000 },
        { "-1234.5", 2, DECIMAL_OK, -123450 },  { "0.070", 2, DECIMAL_OK, 7 },
        { "0007", 0, DECIMAL_OK, 7 },           { "5.000000", 0, DECIMAL_OK, 5 },
        { "9223372036854775807", 0, DECIMAL_OK, INT64_MAX },
        { "-9223372036854775808", 0, DECIMAL_OK, INT64_MIN },
        { "9223372036854775808", 0, DECIMAL_TOO_LARGE, 0 },
        { "-9223372036854775809", 0, DECIMAL_TOO_LARGE, 0 },
        { "18446744073709551616", 0, DECIMAL_TOO_LARGE, 0 },
        { "92233720368547758.08", 2, DECIMAL_TOO_LARGE, 0 },
        { "99999999999999999999999999999999999999999999", 0, DECIMAL_TOO_LARGE, 0 },
        { "1.234", 2, DECIMAL_TOO_PRECISE, 0 }, { "0.5", 0, DECIMAL_TOO_PRECISE, 0 },
        { "", 2, DECIMAL_EMPTY, 0 },            { "-", 2, DECIMAL_NOT_A_NUMBER, 0 },
        { ".5", 2, DECIMAL_NOT_A_NUMBER, 0 },   { "5.", 2, DECIMAL_NOT_A_NUMBER, 0 },
        { "1,234", 2, DECIMAL_NOT_A_NUMBER, 0 }, { " 1", 2, DECIMAL_NOT_A_NUMBER, 0 },
        { "1 ", 2, DECIMAL_NOT_A_NUMBER, 0 },   { "1e3", 2, DECIMAL_NOT_A_NUMBER, 0 },
        { "1.2.3", 2, DECIMAL_NOT_A_NUMBER, 0 }, { "--1", 2, DECIMAL_NOT_A_NUMBER, 0 },
        { "１", 2, DECIMAL_NOT_A_NUMBER, 0 },   { "1.23x", 1, DECIMAL_NOT_A_NUMBER, 0 },
        { "nan", 2, DECIMAL_NOT_A_NUMBER, 0 },
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int64_t mantissa = UNTOUCHED;
        enum decimal_trouble trouble =
            decimal_parse(rows[i].text, strlen(rows[i].text), rows[i].decimals, &mantissa);
        assert_int_equal(trouble, rows[i].trouble);
        assert_true(mantissa == (trouble == DECIMAL_OK ? rows[i].mantissa : UNTOUCHED));
    }
}

static void only_the_given_bytes_are_read(void **state)
{
    (void)state;
    int64_t mantissa = 0;

    assert_int_equal(decimal_parse("123456", 3, 0, &mantissa), DECIMAL_OK);

    assert_int_equal(mantissa, 123);
}

static void what_is_written_is_read_back(void **state)
{
    (void)state;
    struct seeded_random source = seeded_random_of(1);
    char buffer[DECIMAL_TEXT_SIZE];
    for (int i = 0; i < 20000; i++) {
        int64_t mantissa =
            (int64_t)(random_u64(&source.random) >> random_below(&source.random, 64));
        int decimals = (int)random_below(&source.random, DECIMAL_DECIMALS_MAX + 1);
        int64_t again = 0;
        decimal_text(i % 2 ? mantissa : -mantissa, decimals, buffer);
        assert_int_equal(decimal_parse(buffer, strlen(buffer), decimals, &again), DECIMAL_OK);
        assert_true(again == (i % 2 ? mantissa : -mantissa));
    }
}

static void a_figure_is_shown_with_all_its_decimals(void **state)
{
    (void)state;
    char buffer[DECIMAL_TEXT_SIZE];

    assert_string_equal(decimal_text(-123450, 2, buffer), "-1234.50");
    assert_string_equal(decimal_text(-5, 2, buffer), "-0.05");
    assert_string_equal(decimal_text(0, 3, buffer), "0.000");
    assert_string_equal(decimal_text(INT64_MIN, 0, buffer), "-9223372036854775808");
    assert_string_equal(decimal_text(INT64_MIN, 18, buffer), "-9.223372036854775808");
}

static void powers_of_ten_are_exact_to_the_last(void **state)
{
    (void)state;
    int128 power = 1;
    for (int exponent = 0; exponent <= 38; exponent++) {
        assert_true(decimal_power(exponent) == power);
        if (exponent < 38)
            power *= 10;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_are_read_exactly_or_refused_with_the_reason),
        cmocka_unit_test(only_the_given_bytes_are_read),
        cmocka_unit_test(what_is_written_is_read_back),
        cmocka_unit_test(a_figure_is_shown_with_all_its_decimals),
        cmocka_unit_test(powers_of_ten_are_exact_to_the_last),
    };
    return cmocka_run_group_tests_name("decimal", tests, NULL, NULL);
}
