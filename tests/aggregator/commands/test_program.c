#include "tests/support/test.h"

#include <string.h>

#include "aggregator/commands/commands.h"
#include "tests/support/temporary_folder.h"

#define WORDS_MAX 12

struct usage {
    int status;
    const char *words[WORDS_MAX];
};

/* clang-format off */
static const struct usage usages[] = {
    { 2, { "nothing-like-it" } },
    { 2, { "enrol" } },
    { 2, { "enrol", "approve" } },
    { 2, { "enrol", "approve", "A", "B" } },
    { 2, { "enrol", "revoke", "A" } },
    { 2, { "registry", "import" } },
    { 2, { "journal", "show", "first" } },
    { 2, { "journal", "list", "--format", "xml" } },
    { 2, { "indicators", "--by", "colour" } },
    { 2, { "indicators", "--colour" } },
    { 2, { "explain", "I101", "province" } },
    { 2, { "explain", "I101", "province", "someday" } },
    { 2, { "init", "--listen", "here" } },
    { 2, { "init", "--province", "a b" } },
    { 1, { "status" } }, /* no init */
    { 1, { "serve" } },
    { 1, { "catalogue", "check", "/nowhere/at/all" } },
    { 0, { "--help" } },
    { 0, { "serve", "--help" } },
};
/* clang-format on */

static int run(const struct usage *usage, const char *data, const char *language)
{
    const char *words[WORDS_MAX + 6] = { "zonetally-aggregator", "--data", data, "--lang",
                                         language };
    int count = 5;
    for (size_t i = 0; i < WORDS_MAX && usage->words[i]; i++)
        words[count++] = usage->words[i];
    return commands_run(&aggregator_program, count, (char **)words);
}

static void wrong_usage_ends_with_2_and_a_refusal_with_1_in_both_languages(void **state)
{
    (void)state;
    CLEANUP(temporary_folder_remove) struct temporary_folder folder;
    char path[TEMPORARY_PATH_SIZE];
    temporary_folder_create(&folder);
    const char *data = temporary_path(&folder, "data", path);

    for (size_t i = 0; i < COUNT_OF(usages); i++) {
        assert_int_equal(run(&usages[i], data, "zh"), usages[i].status);
        assert_int_equal(run(&usages[i], data, "en"), usages[i].status);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_usage_ends_with_2_and_a_refusal_with_1_in_both_languages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
