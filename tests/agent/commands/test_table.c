#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/commands/commands.h"
#include "common/base/language.h"
#include "tests/support/temporary_folder.h"

struct fixture {
    struct temporary_folder folder;
    int standard_output, standard_error;
    char said[16384];
};

/* What the program prints goes to a file for the time of a test. */
static int redirected(const struct temporary_folder *folder, FILE *stream)
{
    char path[TEMPORARY_PATH_SIZE];
    fflush(stream);
    int kept = dup(fileno(stream));
    assert_true(kept >= 0);
    assert_non_null(freopen(temporary_path(folder, "said", path), "a", stream));
    return kept;
}

static void restore(FILE *stream, int kept)
{
    fflush(stream);
    assert_true(dup2(kept, fileno(stream)) >= 0);
    close(kept);
}

static int set_up(void **state)
{
    struct fixture *f = test_calloc(1, sizeof *f);
    temporary_folder_create(&f->folder);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    language_set(LANGUAGE_CHINESE);
    temporary_folder_remove(&f->folder);
    test_free(f);
    return 0;
}

/* Words separated by single spaces. */
static int run(struct fixture *f, const char *line)
{
    char copy[512], path[TEMPORARY_PATH_SIZE];
    char *words[24] = { (char[]){ "zonetally-agent" }, (char[]){ "--data" }, f->folder.path };
    int count = 3;
    snprintf(copy, sizeof copy, "%s", line);
    for (char *word = strtok(copy, " "); word; word = strtok(NULL, " "))
        words[count++] = word;

    f->standard_output = redirected(&f->folder, stdout);
    f->standard_error = redirected(&f->folder, stderr);
    int status = commands_run(&agent_program, count, words);
    restore(stdout, f->standard_output);
    restore(stderr, f->standard_error);

    FILE *file = fopen(temporary_path(&f->folder, "said", path), "r");
    assert_non_null(file);
    f->said[fread(f->said, 1, sizeof f->said - 1, file)] = '\0';
    fclose(file);
    remove(path);
    return status;
}

static void assert_says(struct fixture *f, const char *part)
{
    if (!strstr(f->said, part))
        fail_msg("'%s' is not in: %s", part, f->said);
}

static void wrong_usage_ends_with_two(void **state)
{
    static const char *const lines[] = {
        "",
        "impotr",
        "check",
        "check JKQ401",
        "check JKQ401 2021-M03 more",
        "init",
        "init --zone 22102001",
        "init --zone",
        "init --zone a/b --province card",
        "status --format xml",
        "sync --timeout soon",
        "sync --timeout 0",
        "receipt show first",
        "receipt show 0",
        "sign JKQ401 2021-M03",
        "sign JKQ401 2021-M03 --role preparer",
        "explain JKQ401 2021-M03 V52b",
        "--lang fr status",
    };
    for (size_t i = 0; i < COUNT_OF(lines); i++)
        if (run(*state, lines[i]) != 2)
            fail_msg("not 2: %s", lines[i]);
}

static void a_folder_without_an_agent_is_refused_with_what_to_do(void **state)
{
    struct fixture *f = *state;
    static const char *const lines[] = {
        "--lang en status",
        "--lang en form list",
        "--lang en history",
        "--lang en doctor",
        "--lang en receipt list",
        "--lang en sync",
        "--lang en check JKQ401 2021-M03",
        "--lang en seal JKQ401 2021-M03",
    };
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        assert_int_equal(run(f, lines[i]), 1);
        assert_says(f, "run init first");
    }
}

static void a_card_that_is_not_there_is_refused(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(run(f, "--lang en init --zone 22102001 --province /no/such/card"), 1);

    assert_says(f, "/no/such/card");
}

static void the_help_speaks_both_languages(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(run(f, "--lang zh seal --help"), 0);
    assert_says(f, "封存报表");
    assert_int_equal(run(f, "--lang en seal --help"), 0);
    assert_says(f, "seal a return");
}

static void every_command_has_help(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < agent_program.command_count; i++) {
        char line[128];
        snprintf(line, sizeof line, "%s --help", agent_program.commands[i].name);
        assert_int_equal(run(f, line), 0);
        assert_says(f, agent_program.commands[i].summary.chinese);
    }
}

int main(void)
{
#define A_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        A_TEST(wrong_usage_ends_with_two),
        A_TEST(a_folder_without_an_agent_is_refused_with_what_to_do),
        A_TEST(a_card_that_is_not_there_is_refused),
        A_TEST(the_help_speaks_both_languages),
        A_TEST(every_command_has_help),
    };
    setenv("LC_ALL", "zh_CN.UTF-8", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
