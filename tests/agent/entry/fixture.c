#include "tests/support/test.h"

#include "tests/agent/entry/fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "common/base/memory.h"

#define FILE_SIZE_MAX (8 * 1024 * 1024)

int fixture_open(void **state)
{
    struct fixture *fixture = memory_zeroed(1, sizeof *fixture);
    struct sources sources;
    struct error err = { 0 };
    fixture->arena = arena_create();
    struct diagnostics diagnostics = { .arena = fixture->arena };
    if (!sources_read(DATA_FOLDER "/small.catalogue", fixture->arena, &sources, &err))
        fail_msg("%s", err.text);
    fixture->catalogue = catalogue_compile(sources, &diagnostics);
    for (size_t i = 0; i < diagnostics.count; i++)
        print_error("%u: %s\n", diagnostics.items[i].place.line, diagnostics.items[i].text);
    assert_non_null(fixture->catalogue);
    *state = fixture;
    return 0;
}

int fixture_close(void **state)
{
    struct fixture *fixture = *state;
    catalogue_destroy(&fixture->catalogue);
    arena_destroy(&fixture->arena);
    free(fixture);
    return 0;
}

size_t fixture_form(const struct fixture *fixture, const char *code)
{
    return catalogue_form(fixture->catalogue, code_of(code));
}

struct import fixture_import(struct fixture *fixture, const char *file_name, const char *form,
                             const char *period, struct bytes content)
{
    struct import_request request = {
        .catalogue = fixture->catalogue,
        .file_name = file_name,
        .form = *form ? fixture_form(fixture, form) : CATALOGUE_NONE,
        .content = content,
    };
    if (*period)
        assert_true(period_parse(period, &request.period));
    return import_read(&request, fixture->arena);
}

struct bytes fixture_read(struct fixture *fixture, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("%s", path);
    char *content = arena_take(fixture->arena, FILE_SIZE_MAX, 1);
    size_t size = fread(content, 1, FILE_SIZE_MAX, file);
    fclose(file);
    /* Alone on the heap, so that reading past its end is seen. */
    return arena_copy_bytes(fixture->arena, (struct bytes){ content, size });
}
