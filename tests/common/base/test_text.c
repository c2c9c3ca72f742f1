#include "tests/support/test.h"

#include <string.h>

#include "common/base/text.h"

static void only_well_formed_text_without_tricks_is_clean(void **state)
{
    (void)state;
    /* clang-format off */
    static const struct { const char *text; bool clean; bool clean_lines; } rows[] = {
        { "",                       true,  true  }, { "长春新区 2021", true,  true  },
        { "𠮷",                     true,  true  }, { "a\tb",          false, true  },
        { "a\nb",                   false, true  }, { "a\rb",          false, false },
        { "a\x1b[2J",               false, false }, { "\x7f",          false, false },
        { "\xc2\x85",               false, false }, /* next line, U+0085 */
        { "\xe2\x80\xae" "abc",     false, false }, /* right-to-left override */
        { "\xe2\x81\xa6",           false, false }, /* isolate */
        { "\xef\xbb\xbf" "a",       false, false }, /* byte order mark */
        { "\xef\xbf\xbe",           false, false }, /* U+FFFE */
        { "\xef\xb7\x90",           false, false }, /* U+FDD0 */
        { "\xc0\xaf",               false, false }, /* overlong */
        { "\xe0\x80\xaf",           false, false }, /* overlong */
        { "\xf0\x80\x80\xaf",       false, false }, /* overlong */
        { "\xed\xa0\x80",           false, false }, /* surrogate */
        { "\xf4\x90\x80\x80",       false, false }, /* beyond U+10FFFF */
        { "\xb3\xa4\xb4\xba",       false, false }, /* GBK */
        { "\xe9\x95",               false, false }, /* cut */
        { "\xff",                   false, false },
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_int_equal(text_is_clean(bytes_of_text(rows[i].text), false), rows[i].clean);
        assert_int_equal(text_is_clean(bytes_of_text(rows[i].text), true), rows[i].clean_lines);
    }
    assert_false(text_is_clean((struct bytes){ "a\0b", 3 }, true));
}

static void characters_are_read_one_after_the_other(void **state)
{
    (void)state;
    struct bytes text = bytes_of_text("aé区𠮷");
    static const int32_t expected[] = { 'a', 0xE9, 0x533A, 0x20BB7 };
    size_t position = 0;

    for (size_t i = 0; i < COUNT_OF(expected); i++)
        assert_int_equal(text_next(text, &position), expected[i]);

    assert_int_equal(position, text.size);
}

static void reading_damaged_text_always_moves_on(void **state)
{
    (void)state;
    struct bytes text = bytes_of_text("\xe9\x95\xff\x80z");
    size_t position = 0, steps = 0;
    int32_t last = 0;

    for (; position < text.size; steps++)
        last = text_next(text, &position);

    assert_int_equal(last, 'z');
    assert_true(steps <= text.size);
}

static void a_chinese_character_is_two_columns_wide(void **state)
{
    (void)state;

    assert_int_equal(text_width("abc"), 3);
    assert_int_equal(text_width("长春新区"), 8);
    assert_int_equal(text_width("（％）"), 6);
    assert_int_equal(text_width("e\xcc\x81"), 1);
    assert_int_equal(text_width("é—…"), 3);
    assert_int_equal(text_width("𠮷"), 2);
}

static void text_is_cut_between_characters(void **state)
{
    (void)state;

    assert_int_equal(text_fit("长春", 6), 6);
    assert_int_equal(text_fit("长春", 5), 3);
    assert_int_equal(text_fit("长春", 3), 3);
    assert_int_equal(text_fit("长春", 2), 0);
    assert_int_equal(text_fit("长春", 100), 6);
    assert_int_equal(text_fit("\xe9\x95", 2), 0);
    assert_int_equal(text_fit("ab", 1), 1);
    assert_int_equal(text_fit("a𠮷", 4), 1);
    assert_int_equal(text_fit("", 0), 0);
}

static void a_builder_grows_and_pads_by_columns(void **state)
{
    (void)state;
    CLEANUP(text_builder_free) struct text_builder builder = { 0 };

    text_builder_format(&builder, "%s|", "一");
    size_t from = builder.size;
    text_builder_add(&builder, "长春");
    text_builder_pad(&builder, from, 6);
    text_builder_add_bytes(&builder, (struct bytes){ "|x", 2 });
    text_builder_pad(&builder, 0, 3);

    assert_string_equal(builder.text, "一|长春  |x");
    for (int i = 0; i < 10000; i++)
        text_builder_add(&builder, "0123456789");
    assert_int_equal(strlen(builder.text), builder.size);
}

static void beginnings_are_found(void **state)
{
    (void)state;

    assert_true(text_starts_with("import", "im"));
    assert_true(text_starts_with("import", ""));
    assert_false(text_starts_with("im", "import"));
    assert_true(text_equal("a", "a"));
    assert_false(text_equal("a", "ab"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_well_formed_text_without_tricks_is_clean),
        cmocka_unit_test(characters_are_read_one_after_the_other),
        cmocka_unit_test(reading_damaged_text_always_moves_on),
        cmocka_unit_test(a_chinese_character_is_two_columns_wide),
        cmocka_unit_test(text_is_cut_between_characters),
        cmocka_unit_test(a_builder_grows_and_pads_by_columns),
        cmocka_unit_test(beginnings_are_found),
    };
    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
