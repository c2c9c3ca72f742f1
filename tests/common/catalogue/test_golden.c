#include "tests/support/test.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/text.h"
#include "common/catalogue/catalogue.h"

/*
 * Every tests/data/catalogue/cases/NAME.catalogue is compiled together with base.catalogue;
 * what is said about it stands in NAME.expected. GOLDEN_WRITE=1 writes them anew, to be read.
 */

#define CASES_MAX 200
#define PATH_SIZE 1024

static struct bytes read_file(const char *path, struct arena *arena)
{
    struct sources sources;
    struct error err = { 0 };
    if (!sources_read(path, arena, &sources, &err))
        fail_msg("%s", err.text);
    return sources.files[0].text;
}

static void compile_case(const char *name, struct arena *arena, struct text_builder *out)
{
    char path[2 * PATH_SIZE];
    snprintf(path, sizeof(path), "%s/cases/%s.catalogue", DATA_FOLDER, name);
    struct source files[] = {
        { "base.catalogue", read_file(DATA_FOLDER "/base.catalogue", arena) },
        { "case.catalogue", read_file(path, arena) },
    };
    struct diagnostics *diagnostics = arena_take(arena, 1, sizeof(*diagnostics));
    diagnostics->arena = arena;

    struct catalogue *catalogue = catalogue_compile((struct sources){ files, 2 }, diagnostics);

    if (catalogue)
        text_builder_add(out, "accepted\n");
    for (size_t i = 0; i < diagnostics->count; i++) {
        const struct diagnostic *diagnostic = &diagnostics->items[i];
        text_builder_format(out, "%s:%u:%u: %s\n", diagnostic->file,
                            (unsigned)diagnostic->place.line, (unsigned)diagnostic->place.column,
                            diagnostic->text);
    }
    assert_true((catalogue != NULL) == (diagnostics->count == 0));
    catalogue_destroy(&catalogue);
}

static void compare_case(const char *name)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    CLEANUP(text_builder_free) struct text_builder found = { 0 };
    char path[2 * PATH_SIZE];
    compile_case(name, arena, &found);
    snprintf(path, sizeof(path), "%s/cases/%s.expected", DATA_FOLDER, name);
    if (getenv("GOLDEN_WRITE")) {
        FILE *file = fopen(path, "wb");
        assert_non_null(file);
        fputs(found.text, file);
        fclose(file);
        return;
    }
    struct bytes expected = read_file(path, arena);
    if (!bytes_equal(expected, (struct bytes){ found.text, found.size }))
        fail_msg("%s: expected\n%.*sfound\n%s", name, (int)expected.size,
                 (const char *)expected.data, found.text);
    bool accepted = text_equal(found.text, "accepted\n");
    if (accepted != text_starts_with(name, "accepted-"))
        fail_msg("%s is not what its name says", name);
}

static void each_case_is_answered_as_expected(void **state)
{
    (void)state;
    size_t count = 0;
    DIR *folder = opendir(DATA_FOLDER "/cases");
    assert_non_null(folder);
    const struct dirent *entry;
    while ((entry = readdir(folder)) != NULL) {
        char name[PATH_SIZE];
        const char *ending = strstr(entry->d_name, ".catalogue");
        if (!ending)
            continue;
        snprintf(name, sizeof(name), "%.*s", (int)(ending - entry->d_name), entry->d_name);
        compare_case(name);
        count++;
    }
    closedir(folder);
    assert_in_range(count, 30, CASES_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(each_case_is_answered_as_expected) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
