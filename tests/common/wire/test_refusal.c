#include "tests/support/test.h"

#include <string.h>

#include "common/base/language.h"
#include "common/wire/message.h"

static void every_refusal_has_its_own_words_in_both_languages(void **state)
{
    (void)state;
    for (int i = REFUSAL_MALFORMED; i < 256; i++) {
        if (!refusal_is_known((uint64_t)i))
            continue;
        language_set(LANGUAGE_ENGLISH);
        const char *english = refusal_words((enum refusal)i);
        language_set(LANGUAGE_CHINESE);
        const char *chinese = refusal_words((enum refusal)i);
        language_set(LANGUAGE_ENGLISH);
        assert_true(strlen(english) > 10 && strlen(chinese) > 10);
        assert_string_not_equal(english, chinese);
        for (int j = REFUSAL_MALFORMED; j < i; j++)
            if (refusal_is_known((uint64_t)j))
                assert_string_not_equal(english, refusal_words((enum refusal)j));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_refusal_has_its_own_words_in_both_languages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
