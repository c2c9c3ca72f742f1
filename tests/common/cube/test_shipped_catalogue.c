#include "tests/support/test.h"

#include <string.h>

#include "common/base/arena.h"
#include "common/catalogue/catalogue.h"
#include "common/cube/testing.h"

struct fixture {
    struct arena *arena;
    struct diagnostics diagnostics;
    struct catalogue *catalogue;
};

static int set_up(void **state)
{
    struct arena *arena = arena_create();
    struct fixture *f = arena_take(arena, 1, sizeof *f);
    f->arena = f->diagnostics.arena = arena;
    f->catalogue = catalogue_compile(sources_shipped(), &f->diagnostics);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    struct arena *arena = f->arena;
    catalogue_destroy(&f->catalogue);
    arena_destroy(&arena);
    return 0;
}

static void it_compiles_without_a_word(void **state)
{
    const struct fixture *f = *state;
    for (size_t i = 0; i < f->diagnostics.count; i++)
        print_error("%s\n", f->diagnostics.items[i].text);
    assert_non_null(f->catalogue);
    assert_int_equal(f->diagnostics.count, 0);
}

static void its_own_tests_pass(void **state)
{
    const struct fixture *f = *state;

    struct test_summary summary = catalogue_run_tests(f->catalogue, f->arena);

    for (size_t i = 0; i < summary.failure_count; i++)
        print_error("%s:%u: %s: expected %s, found %s\n",
                    f->catalogue->sources.files[summary.failures[i].place.file].name,
                    (unsigned)summary.failures[i].place.line, summary.failures[i].test,
                    summary.failures[i].expected, summary.failures[i].found);
    assert_int_equal(summary.failure_count, 0);
    assert_int_equal(summary.tests, f->catalogue->test_count);
    assert_true(summary.tests >= 100);
}

/* The texts behind a source's name, with one of its parts replaced. */
static struct sources altered(const struct fixture *f, const char *from, const char *to,
                              size_t *out_changes)
{
    const struct sources *shipped = &f->catalogue->sources;
    struct source *files = arena_take(f->arena, shipped->count, sizeof *files);
    for (size_t i = 0; i < shipped->count; i++) {
        files[i] = shipped->files[i];
        char *text = arena_format(f->arena, "%.*s", (int)files[i].text.size,
                                  (const char *)files[i].text.data);
        char *place = strstr(text, from);
        if (place) {
            memcpy(place, to, strlen(to));
            (*out_changes)++;
        }
        files[i].text = bytes_of_text(text);
    }
    return (struct sources){ files, shipped->count };
}

static void a_changed_limit_is_caught_by_its_own_tests(void **state)
{
    struct fixture *f = *state;
    size_t changes = 0;
    static struct diagnostics diagnostics;
    diagnostics.arena = f->arena;

    struct sources wrong = altered(f, "check I105 >= 70%", "check I105 >= 71%", &changes);
    struct catalogue *catalogue = catalogue_compile(wrong, &diagnostics);

    assert_int_equal(changes, 1);
    assert_non_null(catalogue);
    assert_true(catalogue_run_tests(catalogue, f->arena).failure_count > 0);
    catalogue_destroy(&catalogue);
}

static void every_requirement_cites_a_clause(void **state)
{
    const struct fixture *f = *state;
    for (size_t i = 0; i < f->catalogue->requirement_count; i++)
        assert_string_not_equal(f->catalogue->requirements[i].cite, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_compiles_without_a_word),
        cmocka_unit_test(its_own_tests_pass),
        cmocka_unit_test(a_changed_limit_is_caught_by_its_own_tests),
        cmocka_unit_test(every_requirement_cites_a_clause),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
