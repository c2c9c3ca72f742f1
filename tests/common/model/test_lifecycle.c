#include "tests/support/test.h"

#include "common/base/language.h"
#include "common/model/lifecycle.h"
#include "common/model/receipt.h"

static void every_stage_has_a_name_and_words_in_both_languages(void **state)
{
    (void)state;
    for (enum language language = LANGUAGE_CHINESE; language <= LANGUAGE_ENGLISH; language++) {
        language_set(language);
        for (enum stage stage = 0; stage < STAGE_COUNT; stage++) {
            assert_non_null(stage_name(stage));
            assert_true(stage_words(stage)[0] != '\0');
        }
        for (enum verdict verdict = VERDICT_ACCEPTED; verdict <= VERDICT_SENT_BACK; verdict++) {
            assert_non_null(verdict_name(verdict));
            assert_true(verdict_words(verdict)[0] != '\0');
        }
    }
    language_set(LANGUAGE_CHINESE);
    assert_string_equal(stage_words(STAGE_SEALED), "已封存");
}

static void only_these_moves_are_allowed(void **state)
{
    (void)state;
    /* clang-format off */
    static const bool allowed[STAGE_COUNT][STAGE_COUNT] = {
        /* to:                not draft chk sign seal acc rej back lock over copy wdrn */
        [STAGE_NOT_STARTED] = { 0, 1,   0,  0,   0,   0,  0,  0,   0,   0 },
        [STAGE_DRAFT]       = { 1, 0,   1,  0,   0,   0,  0,  0,   0,   0 },
        [STAGE_CHECKED]     = { 0, 1,   0,  1,   0,   0,  0,  0,   0,   0 },
        [STAGE_SIGNED]      = { 0, 1,   0,  0,   1,   0,  0,  0,   0,   0 },
        [STAGE_SEALED]      = { 0, 0,   0,  0,   0,   1,  1,  0,   0,   0 },
        [STAGE_ACCEPTED]    = { 0, 1,   0,  0,   1,   0,  0,  1,   1,   1,   1,   1 },
        [STAGE_REJECTED]    = { 0, 1,   0,  0,   1,   1,  0,  0,   0,   0,   0 },
        [STAGE_SENT_BACK]   = { 0, 1,   0,  0,   1,   1,  0,  0,   0,   1,   0,   1 },
        [STAGE_LOCKED]      = { 0, 0,   0,  0,   0,   0,  0,  0,   0,   0,   0 },
        [STAGE_OVERRULED]   = { 0, 1,   0,  0,   1,   1,  0,  0,   0,   0,   0 },
        [STAGE_BACKED_UP]   = { 0, 1,   0,  0,   0,   0,  0,  1,   1,   0,   0,   1 },
        [STAGE_WITHDRAWN]   = { 0, 1,   0,  0,   1,   1,  0,  1,   0,   1,   0,   0 },
    };
    /* clang-format on */
    for (enum stage from = 0; from < STAGE_COUNT; from++)
        for (enum stage to = 0; to < STAGE_COUNT; to++)
            assert_int_equal(stage_may_follow(from, to), allowed[from][to]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_stage_has_a_name_and_words_in_both_languages),
        cmocka_unit_test(only_these_moves_are_allowed),
    };
    return cmocka_run_group_tests_name("lifecycle", tests, NULL, NULL);
}
