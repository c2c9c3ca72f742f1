#include "tests/support/test.h"

#include <string.h>

#include "common/model/code.h"

static void a_code_reads_back_as_it_was_written(void **state)
{
    (void)state;
    const char *texts[] = { "N", "IB06", "JKQ401", "a-b_C9", "12345678" };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        char buffer[CODE_TEXT_SIZE];
        struct code code = code_of(texts[i]);
        assert_true(code_is_valid(code));
        assert_string_equal(code_text(code, buffer), texts[i]);
    }
}

static void what_is_no_code_is_refused(void **state)
{
    (void)state;
    const char *texts[] = { "", "123456789", "IB 06", "营业", "A.B", "A\n" };
    struct code code;
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        assert_false(code_parse(texts[i], strlen(texts[i]), &code));
}

static void numbers_that_stand_for_no_text_are_not_valid(void **state)
{
    (void)state;
    const uint64_t packed[] = { 0, 0x20, 0x4100, 0x410042, UINT64_MAX };
    for (size_t i = 0; i < COUNT_OF(packed); i++)
        assert_false(code_is_valid((struct code){ packed[i] }));
}

static void neighbours_differ_by_one(void **state)
{
    (void)state;
    assert_int_equal(code_of("IB07").packed - code_of("IB06").packed, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_code_reads_back_as_it_was_written),
        cmocka_unit_test(what_is_no_code_is_refused),
        cmocka_unit_test(numbers_that_stand_for_no_text_are_not_valid),
        cmocka_unit_test(neighbours_differ_by_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
