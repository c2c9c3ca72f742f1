#include "tests/support/test.h"

#include <string.h>

#include "common/base/arena.h"
#include "common/catalogue/lexer.h"
#include "common/catalogue/reporter.h"

struct fixture {
    struct arena *arena;
    struct diagnostics *diagnostics;
};

static int begin(void **state)
{
    static struct fixture fixture;
    fixture.arena = arena_create();
    fixture.diagnostics = arena_take(fixture.arena, 1, sizeof(*fixture.diagnostics));
    fixture.diagnostics->arena = fixture.arena;
    *state = &fixture;
    return 0;
}

static int end(void **state)
{
    struct fixture *f = *state;
    arena_destroy(&f->arena);
    return 0;
}

static struct tokens read_bytes(struct fixture *f, const char *text, size_t size)
{
    struct source file = { "text", { text, size } };
    struct sources sources = { &file, 1 };
    struct reporter reporter = { sources, f->diagnostics };
    return lexer_read(sources, f->arena, f->arena, &reporter);
}

static struct tokens read(struct fixture *f, const char *text)
{
    return read_bytes(f, text, strlen(text));
}

static void assert_kinds(struct tokens tokens, const int *kinds, size_t count)
{
    assert_int_equal(tokens.count, count);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(tokens.items[i].kind, kinds[i]);
    assert_int_equal(tokens.items[count].kind, TOKEN_END);
}

static void names_numbers_and_signs_are_told_apart(void **state)
{
    static const int kinds[] = { TOKEN_NAME, TOKEN_GREATER_OR_EQUAL, TOKEN_NUMBER, '%',
                                 TOKEN_NAME };
    struct tokens tokens = read(*state, "营业收入>=70.5%和 # 注释 \"");

    assert_kinds(tokens, kinds, COUNT_OF(kinds));
    assert_string_equal(tokens.items[0].text, "营业收入");
    assert_string_equal(tokens.items[2].text, "70.5");
}

static void a_range_is_not_a_decimal_point(void **state)
{
    static const int kinds[] = { TOKEN_NUMBER, TOKEN_DOTS, TOKEN_NUMBER };
    assert_kinds(read(*state, "1..2"), kinds, COUNT_OF(kinds));
}

static void dates_and_periods_are_one_token(void **state)
{
    static const int kinds[] = { TOKEN_DATE, TOKEN_PERIOD, TOKEN_PERIOD, TOKEN_NUMBER };
    assert_kinds(read(*state, "2026-10-01 2021-Q3 2021-M07 2021"), kinds, COUNT_OF(kinds));
}

static void a_difference_of_numbers_is_no_period(void **state)
{
    static const int kinds[] = { TOKEN_NUMBER, '-', TOKEN_NUMBER };
    assert_kinds(read(*state, "2021-5"), kinds, COUNT_OF(kinds));
}

static void quotes_take_escapes_and_anything_else(void **state)
{
    struct fixture *f = *state;
    struct tokens tokens = read(f, "\"甲\\\"乙\\\\\" 'R&D经费(内部)'");

    assert_int_equal(f->diagnostics->count, 0);
    assert_string_equal(tokens.items[0].text, "甲\"乙\\");
    assert_string_equal(tokens.items[1].text, "R&D经费(内部)");
    assert_true(tokens.items[1].quoted);
}

static void places_count_lines_and_characters(void **state)
{
    struct tokens tokens = read(*state, "甲 乙\r\n  丙");

    assert_int_equal(tokens.items[1].place.column, 3);
    assert_int_equal(tokens.items[2].place.line, 2);
    assert_int_equal(tokens.items[2].place.column, 3);
}

static void an_open_quote_ends_with_its_line(void **state)
{
    struct fixture *f = *state;
    struct tokens tokens = read(f, "\"没有结束\n后面");

    assert_int_equal(f->diagnostics->count, 1);
    assert_string_equal(tokens.items[1].text, "后面");
}

static void broken_bytes_are_named_and_left_out(void **state)
{
    static const char text[] = "a \xFF\xC0\x80 \0 \xE4\xB8 b";
    struct fixture *f = *state;
    struct tokens tokens = read_bytes(f, text, sizeof(text) - 1);

    assert_true(f->diagnostics->count >= 3);
    assert_string_equal(tokens.items[0].text, "a");
    assert_string_equal(tokens.items[tokens.count - 1].text, "b");
}

static void a_full_width_sign_is_named_and_taken_for_what_it_means(void **state)
{
    struct fixture *f = *state;
    struct tokens tokens = read(f, "（甲");

    assert_int_equal(f->diagnostics->count, 1);
    assert_int_equal(tokens.items[0].kind, '(');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(names_numbers_and_signs_are_told_apart, begin, end),
        cmocka_unit_test_setup_teardown(a_range_is_not_a_decimal_point, begin, end),
        cmocka_unit_test_setup_teardown(dates_and_periods_are_one_token, begin, end),
        cmocka_unit_test_setup_teardown(a_difference_of_numbers_is_no_period, begin, end),
        cmocka_unit_test_setup_teardown(quotes_take_escapes_and_anything_else, begin, end),
        cmocka_unit_test_setup_teardown(places_count_lines_and_characters, begin, end),
        cmocka_unit_test_setup_teardown(an_open_quote_ends_with_its_line, begin, end),
        cmocka_unit_test_setup_teardown(broken_bytes_are_named_and_left_out, begin, end),
        cmocka_unit_test_setup_teardown(a_full_width_sign_is_named_and_taken_for_what_it_means,
                                        begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
