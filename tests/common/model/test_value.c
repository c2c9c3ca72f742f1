#include "tests/support/test.h"

#include <string.h>

#include "common/base/language.h"
#include "common/model/code.h"
#include "common/model/value.h"

static void every_status_is_read_back_by_name_and_by_either_persons_word(void **state)
{
    (void)state;
    for (enum value_status status = 0; status < VALUE_STATUS_COUNT; status++) {
        enum value_status read = VALUE_STATUS_COUNT;
        assert_true(value_status_parse(value_status_name(status), &read));
        assert_int_equal(read, status);
        for (enum language language = LANGUAGE_CHINESE; language <= LANGUAGE_ENGLISH; language++) {
            language_set(language);
            assert_true(value_status_parse(value_status_words(status), &read));
            assert_int_equal(read, status);
        }
        language_set(LANGUAGE_CHINESE);
        assert_int_equal(strlen(value_status_sdmx(status)), 1);
    }
}

static void the_marks_of_yearbooks_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum value_status status;
    } rows[] = {
        { "…", VALUE_BELOW_UNIT },     { "—", VALUE_NOT_APPLICABLE },
        { "-", VALUE_NOT_APPLICABLE }, { "不适用", VALUE_NOT_APPLICABLE },
        { "缺报", VALUE_MISSING },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        enum value_status status = VALUE_STATUS_COUNT;
        assert_true(value_status_parse(rows[i].text, &status));
        assert_int_equal(status, rows[i].status);
    }
}

static void nothing_else_is_a_status(void **state)
{
    (void)state;
    static const char *const texts[] = { "", "0", "n/a", "Missing", "missing ", "缺" };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        enum value_status status;
        assert_false(value_status_parse(texts[i], &status));
    }
}

static void only_these_statuses_carry_a_figure(void **state)
{
    (void)state;
    for (enum value_status status = 0; status < VALUE_STATUS_COUNT; status++) {
        bool expected = status == VALUE_PRESENT || status == VALUE_ESTIMATED ||
                        status == VALUE_PROVISIONAL || status == VALUE_SYNTHETIC;
        assert_int_equal(value_status_has_figure(status), expected);
    }
}

static void the_worst_status_is_one_of_the_two_and_never_hides_a_gap(void **state)
{
    (void)state;
    for (enum value_status a = 0; a < VALUE_STATUS_COUNT; a++)
        for (enum value_status b = 0; b < VALUE_STATUS_COUNT; b++) {
            enum value_status worst = value_status_worst(a, b);
            assert_int_equal(worst, value_status_worst(b, a));
            assert_true(worst == a || worst == b);
            assert_int_equal(value_status_has_figure(worst),
                             value_status_has_figure(a) && value_status_has_figure(b));
            assert_int_equal(value_status_worst(worst, a), worst);
            for (enum value_status c = 0; c < VALUE_STATUS_COUNT; c++)
                assert_int_equal(value_status_worst(worst, c),
                                 value_status_worst(a, value_status_worst(b, c)));
        }
    assert_int_equal(value_status_worst(VALUE_PRESENT, VALUE_SYNTHETIC), VALUE_SYNTHETIC);
    assert_int_equal(value_status_worst(VALUE_SUPPRESSED, VALUE_MISSING), VALUE_SUPPRESSED);
}

static void codes_are_read_back_and_sort_by_length_then_text(void **state)
{
    (void)state;
    static const char *const sorted[] = {
        "-", "N", "IB1", "V12", "IB06", "IB07", "IB06a", "JKQ401"
    };
    char text[CODE_TEXT_SIZE];
    for (size_t i = 0; i < COUNT_OF(sorted); i++) {
        assert_string_equal(code_text(code_of(sorted[i]), text), sorted[i]);
        assert_true(code_is_valid(code_of(sorted[i])));
        if (i > 0)
            assert_true(code_of(sorted[i - 1]).packed < code_of(sorted[i]).packed);
    }
}

static void what_is_no_code_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = { "", "123456789", "a b", "区", "a.b", "a\n" };
    struct code code = { 0 };
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        assert_false(code_parse(texts[i], strlen(texts[i]), &code));
    assert_false(code_is_valid((struct code){ 0 }));
    assert_false(code_is_valid((struct code){ (uint64_t)'A' << 48 })); /* a hole behind it */
    assert_false(code_is_valid((struct code){ (uint64_t)'A' << 56 | 'B' }));
    assert_false(code_equal(code_of("A"), code_of("B")));
    assert_int_equal(code_of("IB07").packed - code_of("IB06").packed, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_is_read_back_by_name_and_by_either_persons_word),
        cmocka_unit_test(the_marks_of_yearbooks_are_read),
        cmocka_unit_test(nothing_else_is_a_status),
        cmocka_unit_test(only_these_statuses_carry_a_figure),
        cmocka_unit_test(the_worst_status_is_one_of_the_two_and_never_hides_a_gap),
        cmocka_unit_test(codes_are_read_back_and_sort_by_length_then_text),
        cmocka_unit_test(what_is_no_code_is_refused),
    };
    return cmocka_run_group_tests_name("value", tests, NULL, NULL);
}
