#include "tests/support/test.h"

#include "tests/agent/entry/fixture.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/entry/wording.h"
#include "common/base/text.h"

/*
 * Each <name>.csv has a <name>.expected: first the request (file name, form, period, "-" for
 * what is not given), then what the import must say, byte for byte.
 */

#define NAME_SIZE 64
#define PAIRS_MIN 48

static void render_notes(struct text_builder *out, const char *kind,
                         const struct import_notes *notes)
{
    for (size_t i = 0; i < notes->count; i++)
        text_builder_format(out, "%s %s\n", kind, notes->items[i].text);
}

static void render_value(struct text_builder *out, struct fixture *fixture, struct code item,
                         struct value value, const char *text)
{
    char code[CODE_TEXT_SIZE];
    size_t position = catalogue_item(fixture->catalogue, item);
    text_builder_format(
        out, " %s=%s", code_text(item, code),
        wording_of_value(fixture->catalogue, position, value, text, fixture->arena));
}

static void render_rows(struct text_builder *out, struct fixture *fixture,
                        const struct submission *submission)
{
    for (size_t row = 0; row < submission->row_count; row++) {
        text_builder_format(out, "row %s:", submission->row_keys[row]);
        for (size_t i = 0; i < submission->column_count; i++) {
            const struct roster_column *column = &submission->columns[i];
            struct value value = { column->mantissas[row], column->statuses[row] };
            render_value(out, fixture, column->item, value,
                         column->texts ? column->texts[row] : "");
        }
        text_builder_add(out, "\n");
    }
}

/* Of a refused file only what is said: nobody may store the rest. */
static void render(struct text_builder *out, struct fixture *fixture, const struct import *import)
{
    text_builder_add(out, import_is_clean(import) ? "clean\n" : "refused\n");
    render_notes(out, "problem", &import->problems);
    render_notes(out, "notice", &import->notices);
    if (!import_is_clean(import))
        return;
    for (size_t i = 0; i < import->submission.cell_count; i++) {
        const struct cell *cell = &import->submission.cells[i];
        text_builder_add(out, "cell");
        render_value(out, fixture, cell->item, cell->value, "");
        text_builder_add(out, "\n");
    }
    render_rows(out, fixture, &import->submission);
}

static const char *given(const char *word)
{
    return strcmp(word, "-") == 0 ? "" : word;
}

/* Appends what the pair must be: its request, then the rendered result. */
static void run_pair(struct fixture *fixture, const char *name, struct text_builder *actual,
                     struct text_builder *expected)
{
    const char *folder = DATA_FOLDER;
    char file[NAME_SIZE] = "-", form[NAME_SIZE] = "-", period[NAME_SIZE] = "-";
    struct bytes content =
        fixture_read(fixture, arena_format(fixture->arena, "%s/%s.csv", folder, name));
    text_builder_add_bytes(
        expected,
        fixture_read(fixture, arena_format(fixture->arena, "%s/%s.expected", folder, name)));
    assert_int_equal(sscanf(expected->text, "request %63s %63s %63s", file, form, period), 3);
    struct import import =
        fixture_import(fixture, given(file), given(form), given(period), content);
    text_builder_format(actual, "request %s %s %s\n", file, form, period);
    render(actual, fixture, &import);
}

static bool is_pair(const char *file, char name[NAME_SIZE])
{
    size_t size = strlen(file);
    if (size < 5 || size >= NAME_SIZE || strcmp(file + size - 4, ".csv") != 0)
        return false;
    memcpy(name, file, size - 4);
    name[size - 4] = '\0';
    return true;
}

static void every_file_is_read_or_refused_as_written_beside_it(void **state)
{
    struct fixture *fixture = *state;
    size_t pairs = 0, refused = 0, wrong = 0;
    DIR *folder = opendir(DATA_FOLDER);
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        char name[NAME_SIZE];
        CLEANUP(text_builder_free) struct text_builder actual = { 0 };
        CLEANUP(text_builder_free) struct text_builder expected = { 0 };
        if (!is_pair(entry->d_name, name))
            continue;
        run_pair(fixture, name, &actual, &expected);
        pairs++;
        refused += strstr(actual.text, "\nrefused\n") != NULL;
        if (strcmp(actual.text, expected.text) != 0) {
            fprintf(stderr, "%s: expected\n%s--- but was\n%s\n", name, expected.text, actual.text);
            wrong++;
        }
    }
    closedir(folder);
    assert_int_equal(wrong, 0);
    assert_true(pairs >= PAIRS_MIN);
    assert_true(refused * 2 >= pairs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_file_is_read_or_refused_as_written_beside_it,
                                        fixture_open, fixture_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
