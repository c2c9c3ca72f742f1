#include "tests/support/test.h"

#include <string.h>

#include "common/format/figure.h"

static void assert_figure(const char *cell, const char *digits, const char *unit, unsigned foldings)
{
    struct figure figure;
    assert_int_equal(figure_read(bytes_of_text(cell), &figure), FIGURE_OK);
    assert_string_equal(figure.digits, digits);
    assert_string_equal(figure.unit, unit);
    assert_int_equal(figure.foldings, foldings);
}

static void odd_characters_are_folded_and_told(void **state)
{
    (void)state;
    assert_figure(" 12.50 ", "12.50", "", 0);
    assert_figure("－１２．５％", "-12.5", "%", FOLDING_WIDTH);
    assert_figure("\xE2\x88\x92"
                  "7",
                  "-7", "", FOLDING_MINUS);
    assert_figure("\xC2\xA0"
                  "7\xE3\x80\x80",
                  "7", "", FOLDING_SPACE);
    assert_figure("\xE2\x80\x8B"
                  "7\xEF\xBB\xBF",
                  "7", "", FOLDING_INVISIBLE);
    assert_figure("1,234,567.8 亿元", "1234567.8", "亿元", FOLDING_GROUPS);
}

static void what_cannot_be_read_one_way_only_is_refused_with_its_cause(void **state)
{
    (void)state;
    static const struct {
        const char *cell;
        enum figure_trouble trouble;
    } rows[] = {
        { "", FIGURE_EMPTY },
        { " \xE3\x80\x80", FIGURE_EMPTY },
        { "1.5E+06", FIGURE_EXPONENT },
        { "2e5", FIGURE_EXPONENT },
        { "1,2345", FIGURE_GROUPS_OF_TEN_THOUSAND },
        { "12,34", FIGURE_GROUPS },
        { "1,,234", FIGURE_GROUPS },
        { "1234,567", FIGURE_GROUPS },
        { "1,234,", FIGURE_GROUPS },
        { "(12)", FIGURE_PARENTHESES },
        { "（1,200.5）", FIGURE_PARENTHESES },
        { "¥12", FIGURE_CURRENCY },
        { "-￥12", FIGURE_CURRENCY },
        { "=A1", FIGURE_FORMULA },
        { "约12", FIGURE_NOT_A_NUMBER },
        { "1.2.3", FIGURE_NOT_A_NUMBER },
        { "12.", FIGURE_NOT_A_NUMBER },
        { ".5", FIGURE_NOT_A_NUMBER },
        { "1 234", FIGURE_NOT_A_NUMBER },
        { "--1", FIGURE_NOT_A_NUMBER },
        { "1/2", FIGURE_NOT_A_NUMBER },
        { "-", FIGURE_NOT_A_NUMBER },
        { "\xFF", FIGURE_TOO_LONG },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct figure figure;
        assert_int_equal(figure_read(bytes_of_text(rows[i].cell), &figure), rows[i].trouble);
    }
}

static void a_unit_moves_the_point_exactly(void **state)
{
    (void)state;
    static const struct {
        const char *cell;
        int exponent;
        int decimals;
        enum decimal_trouble trouble;
        int64_t mantissa;
    } rows[] = {
        { "123.4567", 4, 0, DECIMAL_OK, 1234567 },
        { "123.45678", 4, 0, DECIMAL_TOO_PRECISE, 0 },
        { "5", -4, 4, DECIMAL_OK, 5 },
        { "5", -5, 4, DECIMAL_TOO_PRECISE, 0 },
        { "-0.05", 2, 2, DECIMAL_OK, -500 },
        { "9223372036854775807", 0, 0, DECIMAL_OK, INT64_MAX },
        { "9223372036854775808", 0, 0, DECIMAL_TOO_LARGE, 0 },
        { "1", 18, 2, DECIMAL_TOO_LARGE, 0 },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct figure figure;
        int64_t mantissa = 0;
        assert_int_equal(figure_read(bytes_of_text(rows[i].cell), &figure), FIGURE_OK);
        assert_int_equal(figure_mantissa(&figure, rows[i].exponent, rows[i].decimals, &mantissa),
                         rows[i].trouble);
        if (rows[i].trouble == DECIMAL_OK)
            assert_int_equal(mantissa, rows[i].mantissa);
    }
}

static void a_cell_too_long_for_a_figure_is_told(void **state)
{
    (void)state;
    char cell[FIGURE_TEXT_SIZE + 1];
    struct figure figure;
    memset(cell, '1', sizeof cell);
    assert_int_equal(figure_read((struct bytes){ cell, sizeof cell }, &figure), FIGURE_TOO_LONG);
    assert_int_equal(figure_read((struct bytes){ cell, FIGURE_TEXT_SIZE - 1 }, &figure), FIGURE_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(odd_characters_are_folded_and_told),
        cmocka_unit_test(what_cannot_be_read_one_way_only_is_refused_with_its_cause),
        cmocka_unit_test(a_unit_moves_the_point_exactly),
        cmocka_unit_test(a_cell_too_long_for_a_figure_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
