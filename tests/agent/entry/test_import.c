#include "tests/support/test.h"

#include "tests/agent/entry/fixture.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/entry/difference.h"
#include "agent/entry/template.h"
#include "common/base/memory.h"
#include "common/base/text.h"

#define MUTATIONS 60
#define BYTES_MORE 8
#define ROW_COUNT 100000

static void the_file_name_says_form_and_period_in_both_spellings(void **state)
{
    struct fixture *f = *state;
    static const char *const names[] = { "T1-2021-M03.csv", "/a.b/T1-2021-03.csv",
                                         "C:\\x\\T1-2021-M03 (1).csv" };
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        size_t form;
        struct period period;
        import_identify(f->catalogue, names[i], &form, &period);
        assert_int_equal(form, fixture_form(f, "T1"));
        assert_true(period_equal(period, period_of_month(2021, 3)));
    }
}

static void a_name_that_says_nothing_leaves_both_open(void **state)
{
    struct fixture *f = *state;
    size_t form;
    struct period period;
    import_identify(f->catalogue, "三月报表.csv", &form, &period);
    assert_int_equal(form, CATALOGUE_NONE);
    assert_int_equal(period.year, 0);
    import_identify(f->catalogue, "Z9-2021-M03.csv", &form, &period);
    assert_int_equal(form, CATALOGUE_NONE);
    assert_int_equal(period.year, 2021);
}

static struct import import_text(struct fixture *f, const char *name, const char *text)
{
    return fixture_import(f, name, "", "", bytes_of_text(text));
}

static void an_empty_template_imports_without_a_problem(void **state)
{
    struct fixture *f = *state;
    static const char *const forms[] = { "T1", "T2", "R1" };
    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        CLEANUP(text_builder_free) struct text_builder text = { 0 };
        char name[TEMPLATE_NAME_SIZE];
        size_t form = fixture_form(f, forms[i]);
        template_write(f->catalogue, form, NULL, &text);
        template_name(f->catalogue, form, period_of_month(2021, 3), name);
        struct import import = import_text(f, name, text.text);
        assert_true(import_is_clean(&import));
        assert_int_equal(import.submission.cell_count, 0);
        assert_int_equal(import.submission.row_count, 0);
    }
}

static struct period period_of_form(const struct form *form)
{
    if (form->frequency == FREQUENCY_YEAR)
        return period_of_year(2021);
    return form->frequency == FREQUENCY_QUARTER ? period_of_quarter(2021, 4)
                                                : period_of_month(2021, 12);
}

static void assert_template_imports(struct fixture *f, const struct catalogue *catalogue,
                                    size_t form)
{
    CLEANUP(text_builder_free) struct text_builder text = { 0 };
    char name[TEMPLATE_NAME_SIZE];
    template_write(catalogue, form, NULL, &text);
    struct import_request request = {
        .catalogue = catalogue,
        .file_name = template_name(catalogue, form, period_of_form(&catalogue->forms[form]), name),
        .form = CATALOGUE_NONE,
        .content = { text.text, text.size },
    };
    struct import import = import_read(&request, f->arena);
    for (size_t i = 0; i < import.problems.count; i++)
        print_error("%s: %s\n", name, import.problems.items[i].text);
    assert_int_equal(import.form, form);
    assert_true(import_is_clean(&import));
}

static void every_shipped_template_imports_in_both_languages(void **state)
{
    struct fixture *f = *state;
    struct diagnostics diagnostics = { .arena = f->arena };
    CLEANUP(catalogue_destroy)
    struct catalogue *catalogue = catalogue_compile(sources_shipped(), &diagnostics);
    assert_non_null(catalogue);
    assert_true(catalogue->form_count > 0);
    for (size_t form = 0; form < catalogue->form_count; form++) {
        assert_template_imports(f, catalogue, form);
        language_set(LANGUAGE_ENGLISH);
        assert_template_imports(f, catalogue, form);
        language_set(LANGUAGE_CHINESE);
    }
}

static const char table_text[] = "代码,数值,标记\nA01,5,合成\nA02,-0.50,估算\nA03,缺报,\n"
                                 "A04,82.81,\nA05,10.0001,\nA06,01,\nA07,2016-03-18,\nA08,否,\n";
static const char roster_text[] =
    "K1,K2,K4,K5,K6,K7,K8,标记\nP1,=甲,S1,10,0.5,2020-01-02,是,合成\nP2,\"乙,丙\",,缺报,,,,\n";

static void a_filled_template_imports_as_it_was(void **state)
{
    struct fixture *f = *state;
    static const char *const names[] = { "T1-2021-M03.csv", "R1-2021-M03.csv" };
    static const char *const texts[] = { table_text, roster_text };
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct import first = import_text(f, names[i], texts[i]);
        assert_true(import_is_clean(&first));

        CLEANUP(text_builder_free) struct text_builder text = { 0 };
        template_write(f->catalogue, first.form, &first.submission, &text);
        struct import second = import_text(f, names[i], text.text);

        assert_true(import_is_clean(&second));
        struct difference difference = difference_of(f->catalogue, first.form, &first.submission,
                                                     &second.submission, f->arena);
        /* Columns the first file lacked are there and missing in the second. */
        for (size_t j = 0; j < difference.count; j++)
            assert_string_equal(difference.changes[j].before, "");
        assert_int_equal(difference.counts[CHANGE_CHANGED], 0);
        assert_int_equal(difference.counts[CHANGE_REMOVED], 0);
        assert_int_equal(difference.unchanged, i == 0 ? 8 : 12);
    }
}

static void cells_that_appear_change_and_go_are_told_apart(void **state)
{
    struct fixture *f = *state;
    struct import before = import_text(f, "T1-2021-M03.csv", "代码,数值\nA01,5\nA02,1\nA03,7\n");
    struct import after = import_text(f, "T1-2021-M03.csv", "代码,数值\nA01,5\nA02,缺报\nA05,2\n");

    struct difference difference =
        difference_of(f->catalogue, before.form, &before.submission, &after.submission, f->arena);

    assert_int_equal(difference.count, 3);
    assert_int_equal(difference.unchanged, 1);
    assert_int_equal(difference.changes[0].kind, CHANGE_CHANGED);
    assert_string_equal(difference.changes[0].before, "1.00");
    assert_string_equal(difference.changes[0].after, "缺报");
    assert_int_equal(difference.changes[1].kind, CHANGE_REMOVED);
    assert_string_equal(difference.changes[1].before, "7");
    assert_int_equal(difference.changes[2].kind, CHANGE_ADDED);
    assert_string_equal(difference.changes[2].after, "2.0000");
}

static void rows_that_appear_change_and_go_are_told_apart(void **state)
{
    struct fixture *f = *state;
    struct import before = import_text(f, "R1-2021-M03.csv", "K1,K5\nP1,1\nP2,2\n");
    struct import after = import_text(f, "R1-2021-M03.csv", "K1,K5\nP3,3\nP2,5\n");

    struct difference difference =
        difference_of(f->catalogue, before.form, &before.submission, &after.submission, f->arena);

    assert_int_equal(difference.count, 3);
    assert_int_equal(difference.changes[0].kind, CHANGE_REMOVED);
    assert_string_equal(difference.changes[0].row_key, "P1");
    assert_int_equal(difference.changes[1].kind, CHANGE_CHANGED);
    assert_string_equal(difference.changes[1].row_key, "P2");
    assert_int_equal(difference.changes[2].kind, CHANGE_ADDED);
    assert_string_equal(difference.changes[2].row_key, "P3");
}

static void a_printed_difference_counts_what_it_does_not_show(void **state)
{
    struct fixture *f = *state;
    char *printed = NULL;
    size_t size = 0;
    struct import after = import_text(f, "T1-2021-M03.csv", "代码,数值\nA01,5\nA02,1\nA03,7\n");
    struct difference difference =
        difference_of(f->catalogue, after.form, NULL, &after.submission, f->arena);

    FILE *output = open_memstream(&printed, &size);
    difference_print(&difference, f->catalogue, 1, output);
    fclose(output);

    assert_non_null(strstr(printed, "A01 地区生产总值"));
    assert_null(strstr(printed, "A02"));
    assert_non_null(strstr(printed, "另有 2 处"));
    assert_non_null(strstr(printed, "新增 3，修改 0，删除 0，不变 0"));
    free(printed);
}

static void a_large_roster_is_read_whole_and_one_row_more_is_refused(void **state)
{
    struct fixture *f = *state;
    CLEANUP(text_builder_free) struct text_builder text = { 0 };
    text_builder_add(&text, "K1,K5\n");
    for (int i = ROW_COUNT; i > 0; i--)
        text_builder_format(&text, "P%06d,%d\n", i, i);
    struct import whole = import_text(f, "R1-2021-M03.csv", text.text);
    assert_true(import_is_clean(&whole));
    assert_int_equal(whole.submission.row_count, ROW_COUNT);
    assert_string_equal(whole.submission.row_keys[0], "P000001");
    assert_int_equal(whole.submission.columns[0].mantissas[ROW_COUNT - 1], ROW_COUNT);

    text_builder_add(&text, "P,1\n");
    struct import more = import_text(f, "R1-2021-M03.csv", text.text);
    assert_int_equal(more.problems.count, 1);
    assert_int_equal(more.problems.items[0].row, ROW_COUNT + 2);
}

static void more_problems_than_can_be_shown_are_counted(void **state)
{
    struct fixture *f = *state;
    CLEANUP(text_builder_free) struct text_builder text = { 0 };
    text_builder_add(&text, "K1,K5\n");
    for (int i = 0; i < IMPORT_NOTES_MAX + 5; i++)
        text_builder_format(&text, "P%d,x\n", i);
    struct import import = import_text(f, "R1-2021-M03.csv", text.text);
    assert_int_equal(import.problems.count, IMPORT_NOTES_MAX);
    assert_int_equal(import.problems.omitted, 5);
}

static unsigned dice(unsigned *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* Bytes changed, inserted and taken out, on the heap to their last byte. */
static char *mutate(struct bytes original, unsigned *seed, size_t *out_size)
{
    char *bytes = memory_zeroed(original.size + BYTES_MORE + 1, 1);
    if (original.size > 0)
        memcpy(bytes, original.data, original.size);
    *out_size = original.size;
    for (unsigned times = dice(seed) % BYTES_MORE + 1; times > 0 && *out_size > 0; times--) {
        static const char likely[] = "\"',;\t\r\n-+=.E%\xEF\xBB\xBF\xFF\x81\x30";
        size_t at = dice(seed) % *out_size;
        unsigned kind = dice(seed) % 3;
        char byte = dice(seed) % 2 ? likely[dice(seed) % (sizeof likely - 1)] : (char)dice(seed);
        if (kind == 0) {
            bytes[at] = byte;
        } else if (kind == 1) {
            memmove(bytes + at + 1, bytes + at, *out_size - at);
            bytes[at] = byte;
            ++*out_size;
        } else {
            memmove(bytes + at, bytes + at + 1, --*out_size - at);
        }
    }
    char *exact = memory_zeroed(*out_size ? *out_size : 1, 1);
    memcpy(exact, bytes, *out_size);
    free(bytes);
    return exact;
}

static void assert_readable(const struct import_notes *notes)
{
    for (size_t i = 0; i < notes->count; i++)
        assert_true(text_is_clean(bytes_of_text(notes->items[i].text), false));
}

static void assert_storable(const struct import *import)
{
    const struct submission *submission = &import->submission;
    for (size_t i = 1; i < submission->cell_count; i++)
        assert_true(submission->cells[i - 1].item.packed < submission->cells[i].item.packed);
    for (size_t i = 1; i < submission->row_count; i++)
        assert_true(strcmp(submission->row_keys[i - 1], submission->row_keys[i]) < 0);
    for (size_t i = 0; i < submission->row_count; i++)
        assert_true(text_is_clean(bytes_of_text(submission->row_keys[i]), false));
}

static void run_mutations(struct fixture *f, const char *file, unsigned *seed)
{
    const char *path = arena_format(f->arena, "%s/%s", DATA_FOLDER, file);
    struct bytes original = fixture_read(f, path);
    for (int i = 0; i < MUTATIONS; i++) {
        CLEANUP(arena_destroy) struct arena *arena = arena_create();
        size_t size;
        char *bytes = mutate(original, seed, &size);
        struct import_request request = { f->catalogue,
                                          "x",
                                          fixture_form(f, i % 2 ? "T1" : "R1"),
                                          period_of_month(2021, 3),
                                          { bytes, size } };
        struct import import = import_read(&request, arena);
        assert_readable(&import.problems);
        assert_readable(&import.notices);
        if (import_is_clean(&import))
            assert_storable(&import);
        free(bytes);
    }
}

static void damaged_files_are_answered_with_sentences(void **state)
{
    struct fixture *f = *state;
    unsigned seed = 20210303;
    DIR *folder = opendir(DATA_FOLDER);
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        size_t size = strlen(entry->d_name);
        if (size > 4 && strcmp(entry->d_name + size - 4, ".csv") == 0)
            run_mutations(f, entry->d_name, &seed);
        arena_reset(f->arena);
    }
    closedir(folder);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_file_name_says_form_and_period_in_both_spellings),
        TEST(a_name_that_says_nothing_leaves_both_open),
        TEST(an_empty_template_imports_without_a_problem),
        TEST(every_shipped_template_imports_in_both_languages),
        TEST(a_filled_template_imports_as_it_was),
        TEST(cells_that_appear_change_and_go_are_told_apart),
        TEST(rows_that_appear_change_and_go_are_told_apart),
        TEST(a_printed_difference_counts_what_it_does_not_show),
        TEST(a_large_roster_is_read_whole_and_one_row_more_is_refused),
        TEST(more_problems_than_can_be_shown_are_counted),
        TEST(damaged_files_are_answered_with_sentences),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
