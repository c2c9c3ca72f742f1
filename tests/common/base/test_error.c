#include "tests/support/test.h"

#include <string.h>

#include "common/base/error.h"
#include "common/base/language.h"
#include "common/base/text.h"

static void failing_takes_one_line(void **state)
{
    (void)state;
    struct error err = { 0 };

    assert_false(error_set(&err, ERROR_REFUSED, "%s %d", "row", 7));

    assert_int_equal(err.kind, ERROR_REFUSED);
    assert_string_equal(err.text, "row 7");
}

static void what_was_being_done_stands_in_front(void **state)
{
    (void)state;
    struct error err = { 0 };
    error_set(&err, ERROR_EXHAUSTED, "%s", "磁盘已满");

    assert_false(error_wrap(&err, "打开 %s", "store"));

    assert_int_equal(err.kind, ERROR_EXHAUSTED);
    assert_string_equal(err.text, "打开 store：磁盘已满");
}

static void an_error_may_quote_itself(void **state)
{
    (void)state;
    struct error err = { 0 };
    error_set(&err, ERROR_SYSTEM, "%s", "inner");

    error_set(&err, ERROR_CORRUPT, "outer (%s)", err.text);

    assert_string_equal(err.text, "outer (inner)");
}

static void a_long_text_is_cut_between_characters(void **state)
{
    (void)state;
    struct error err = { 0 };
    char text[3001] = "";
    for (int i = 0; i < 1000; i++)
        memcpy(text + 3 * i, "区", 3);

    for (size_t shift = 0; shift < 4; shift++) {
        error_set(&err, ERROR_SYSTEM, "%.*s%s", (int)shift, "abc", text);
        assert_true(text_is_clean(bytes_of_text(err.text), false));
        assert_true(strlen(err.text) >= sizeof err.text - 4);
        error_wrap(&err, "%s", "x");
        assert_true(text_is_clean(bytes_of_text(err.text), false));
    }
}

static void every_kind_has_a_name(void **state)
{
    (void)state;
    for (enum error_kind kind = 0; kind < ERROR_KIND_COUNT; kind++)
        assert_non_null(error_kind_name(kind));
}

static void the_language_is_known_by_its_beginning(void **state)
{
    (void)state;
    /* clang-format off */
    static const struct { const char *text; bool known; enum language language; } rows[] = {
        { "zh", true, LANGUAGE_CHINESE },    { "zh-CN", true, LANGUAGE_CHINESE },
        { "zh_CN.UTF-8", true, LANGUAGE_CHINESE }, { "en", true, LANGUAGE_ENGLISH },
        { "en_US.UTF-8", true, LANGUAGE_ENGLISH }, { "EN", true, LANGUAGE_ENGLISH },
        { "enough", false, 0 },              { "", false, 0 },
        { "e", false, 0 },                   { "fr", false, 0 },
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        enum language language = LANGUAGE_CHINESE;
        assert_int_equal(language_parse(rows[i].text, &language), rows[i].known);
        if (rows[i].known)
            assert_int_equal(language, rows[i].language);
    }
}

static void words_follow_the_language(void **state)
{
    (void)state;
    static const struct words words = WORDS("缺报", "missing");

    assert_string_equal(words_say(&words), "缺报");
    assert_string_equal(SAY("一", "one"), "一");
    language_set(LANGUAGE_ENGLISH);
    assert_string_equal(words_say(&words), "missing");
    assert_string_equal(SAY("一", "one"), "one");
    language_set(LANGUAGE_CHINESE);
    assert_true(words_match(&words, "missing"));
    assert_true(words_match(&words, "缺报"));
    assert_false(words_match(&words, "缺"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(failing_takes_one_line),
        cmocka_unit_test(what_was_being_done_stands_in_front),
        cmocka_unit_test(an_error_may_quote_itself),
        cmocka_unit_test(a_long_text_is_cut_between_characters),
        cmocka_unit_test(every_kind_has_a_name),
        cmocka_unit_test(the_language_is_known_by_its_beginning),
        cmocka_unit_test(words_follow_the_language),
    };
    return cmocka_run_group_tests_name("error", tests, NULL, NULL);
}
