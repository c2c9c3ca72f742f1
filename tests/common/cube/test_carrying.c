#include "tests/support/test.h"

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/cube/carrying.h"
#include "common/cube/checking.h"
#include "tests/support/edition.h"

struct fixture {
    struct arena *arena;
    struct catalogue *first, *second;
};

static struct catalogue *compile(struct sources sources, struct arena *arena)
{
    struct diagnostics *diagnostics = arena_take(arena, 1, sizeof *diagnostics);
    diagnostics->arena = arena;
    struct catalogue *catalogue = catalogue_compile(sources, diagnostics);
    if (!catalogue)
        fail_msg("%s", diagnostics->items[0].text);
    return catalogue;
}

static int set_up(void **state)
{
    static struct fixture f;
    f.arena = arena_create();
    f.first = compile(edition(1, f.arena), f.arena);
    f.second = compile(edition(2, f.arena), f.arena);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    catalogue_destroy(&f->first);
    catalogue_destroy(&f->second);
    arena_destroy(&f->arena);
    return 0;
}

static struct cell a_cell(const char *item, int64_t mantissa)
{
    return (struct cell){ code_of(item), { mantissa, VALUE_PRESENT } };
}

static struct submission a_return(const struct cell *cells, size_t count)
{
    return (struct submission){ .form = code_of(EDITION_FORM),
                                .period = period_of_month(2021, 3),
                                .version = 1,
                                .cells = cells,
                                .cell_count = count };
}

static void figures_change_their_unit_and_stay_what_they_are(void **state)
{
    struct fixture *f = *state;
    struct cell cells[] = { a_cell("A1", 12300), a_cell("A2", 7) };
    struct submission submission = a_return(cells, COUNT_OF(cells)), carried, back;
    struct error err;

    assert_true(submission_carry(&submission, f->first, f->second, f->arena, &carried));

    assert_int_equal(carried.cell_count, 2);
    assert_int_equal(carried.cells[0].value.mantissa, 123);
    assert_int_equal(carried.cells[1].value.mantissa, 70000);
    assert_true(submission_fits(&carried, f->second, &err));
    assert_true(submission_carry(&carried, f->second, f->first, f->arena, &back));
    assert_int_equal(back.cells[0].value.mantissa, 12300);
    assert_int_equal(back.cells[1].value.mantissa, 7);
}

static void what_cannot_be_carried_exactly_or_is_no_longer_asked_is_left_out(void **state)
{
    struct fixture *f = *state;
    struct cell cells[] = { a_cell("A1", 12345), a_cell("A2", INT64_MAX), a_cell("A4", 5) };
    struct submission submission = a_return(cells, COUNT_OF(cells)), carried;

    assert_true(submission_carry(&submission, f->first, f->second, f->arena, &carried));

    assert_int_equal(carried.cell_count, 0);
}

static void a_status_is_carried_without_a_figure(void **state)
{
    struct fixture *f = *state;
    struct cell cell = { code_of("A1"), { 0, VALUE_NOT_COLLECTED } };
    struct submission submission = a_return(&cell, 1), carried;

    assert_true(submission_carry(&submission, f->first, f->second, f->arena, &carried));

    assert_int_equal(carried.cell_count, 1);
    assert_int_equal(carried.cells[0].value.status, VALUE_NOT_COLLECTED);
}

static void in_a_roster_one_figure_that_cannot_be_carried_is_missing(void **state)
{
    struct fixture *f = *state;
    static const char *const keys[] = { "P1", "P2" };
    const int64_t stages[] = { (int64_t)code_of("S1").packed, (int64_t)code_of("S2").packed };
    const int64_t investments[] = { 500, 501 };
    const uint8_t present[] = { VALUE_PRESENT, VALUE_PRESENT };
    struct roster_column columns[] = { { code_of("K2"), stages, present, NULL },
                                       { code_of("K3"), investments, present, NULL } };
    struct submission roster = { .form = code_of("R"),
                                 .period = period_of_year(2021),
                                 .version = 1,
                                 .row_keys = keys,
                                 .row_count = 2,
                                 .columns = columns,
                                 .column_count = 2 };
    struct submission carried;
    struct error err;

    assert_true(submission_carry(&roster, f->first, f->second, f->arena, &carried));

    assert_int_equal(carried.column_count, 2);
    assert_int_equal(carried.columns[0].mantissas[1], stages[1]);
    assert_int_equal(carried.columns[1].mantissas[0], 5);
    assert_int_equal(carried.columns[1].statuses[1], VALUE_MISSING);
    assert_int_equal(carried.columns[1].mantissas[1], 0);
    assert_true(submission_fits(&carried, f->second, &err));
}

static void a_form_that_is_no_more_is_not_carried(void **state)
{
    struct fixture *f = *state;
    struct submission submission = a_return(NULL, 0), carried;
    submission.form = code_of("Z");

    assert_false(submission_carry(&submission, f->first, f->second, f->arena, &carried));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_change_their_unit_and_stay_what_they_are),
        cmocka_unit_test(what_cannot_be_carried_exactly_or_is_no_longer_asked_is_left_out),
        cmocka_unit_test(a_status_is_carried_without_a_figure),
        cmocka_unit_test(in_a_roster_one_figure_that_cannot_be_carried_is_missing),
        cmocka_unit_test(a_form_that_is_no_more_is_not_carried),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
