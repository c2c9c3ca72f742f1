#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "common/runtime/commands.h"
#include "common/runtime/nearest.h"

static char seen[256];

static bool remember(const struct arguments *arguments, struct error *err)
{
    (void)err;
    const char *period = arguments_option(arguments, "period");
    const char *quiet = arguments_option(arguments, "quiet");
    snprintf(seen, sizeof seen, "%s|%zu|%s|%s|%s|%s", arguments->command->name,
             arguments->operand_count, arguments->operand_count ? arguments->operands[0] : "",
             period ? period : "-", quiet ? "quiet" : "-", arguments->data_folder);
    return true;
}

static bool decline(const struct arguments *arguments, struct error *err)
{
    (void)arguments;
    return error_set(err, ERROR_REFUSED, "%s", "no");
}

/* clang-format off */
static const struct command_option options[] = {
    { "period", "PERIOD", WORDS("报告期", "period") },
    { "quiet",  NULL,     WORDS("安静", "quietly") },
};

static const struct command commands[] = {
    { "form list", "",     0, 0, WORDS("列出报表", "list the forms"), options, 2, remember },
    { "check",     "FORM", 1, 1, WORDS("审核", "check"),              options, 2, remember },
    { "seal",      "",     0, 0, WORDS("封存", "seal"),               NULL,    0, decline },
};
/* clang-format on */

static const struct program program = {
    "clerk", WORDS("一个程序", "a program"), "1", commands, COUNT_OF(commands),
};

/* Words separated by single spaces; runs with standard error closed to the terminal. */
static int run(const char *line)
{
    char copy[256], *words[16] = { (char[]){ "clerk" } };
    int count = 1;
    snprintf(copy, sizeof copy, "%s", line);
    for (char *word = strtok(copy, " "); word; word = strtok(NULL, " "))
        words[count++] = word;
    seen[0] = '\0';
    return commands_run(&program, count, words);
}

static void a_command_gets_its_operands_and_options_in_any_order(void **state)
{
    (void)state;
    assert_int_equal(run("check --data /d --period 2021 JKQ401 --quiet"), 0);
    assert_string_equal(seen, "check|1|JKQ401|2021|quiet|/d");

    assert_int_equal(run("form list --period=2021-M03 --data /e"), 0);
    assert_string_equal(seen, "form list|0||2021-M03|-|/e");
}

static void what_is_not_in_the_table_is_wrong_usage(void **state)
{
    (void)state;
    const char *wrong[] = { "",          "chek JKQ401",          "check",
                            "check A B", "check A --perid 2021", "check A --period",
                            "form",      "seal --lang fr",       "--data" };

    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        assert_int_equal(run(wrong[i]), 2);
        assert_string_equal(seen, "");
    }
}

static void a_refusal_is_status_1_and_help_is_status_0(void **state)
{
    (void)state;
    assert_int_equal(run("seal"), 1);
    assert_int_equal(run("seal --help"), 0);
    assert_int_equal(run("--help --lang en"), 0);
    assert_int_equal(run("--version"), 0);
}

static void the_data_folder_comes_from_the_environment_when_not_given(void **state)
{
    (void)state;
    setenv("ZONETALLY_DATA", "/from/environment", 1);
    assert_int_equal(run("form list"), 0);
    assert_string_equal(seen, "form list|0||-|-|/from/environment");

    unsetenv("ZONETALLY_DATA");
    setenv("HOME", "/home/clerk", 1);
    assert_int_equal(run("form list"), 0);
    assert_string_equal(seen, "form list|0||-|-|/home/clerk/.local/share/clerk");
}

static void the_nearest_name_is_found_and_a_far_one_is_not(void **state)
{
    (void)state;
    struct nearest near = nearest_to("indicatrs"), far = nearest_to("zzz");

    nearest_offer(&near, "init");
    nearest_offer(&near, "indicators");
    nearest_offer(&far, "init");

    assert_string_equal(near.found, "indicators");
    assert_null(far.found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_command_gets_its_operands_and_options_in_any_order),
        cmocka_unit_test(what_is_not_in_the_table_is_wrong_usage),
        cmocka_unit_test(a_refusal_is_status_1_and_help_is_status_0),
        cmocka_unit_test(the_data_folder_comes_from_the_environment_when_not_given),
        cmocka_unit_test(the_nearest_name_is_found_and_a_far_one_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
