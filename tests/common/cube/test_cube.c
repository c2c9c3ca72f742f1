#include "tests/common/cube/fixture.h"

#include <stdio.h>

static int open_fixture(void **state)
{
    static struct fixture fixture;
    fixture_open(&fixture, fixture_catalogue, "");
    *state = &fixture;
    return 0;
}

static int close_fixture(void **state)
{
    fixture_close(*state);
    return 0;
}

static void put_month(struct fixture *f, size_t zone, int64_t revenue, uint32_t version)
{
    struct cell cells[] = { { code_of("F1"), { revenue, VALUE_PRESENT } } };
    struct submission submission = { .form = code_of("M"),
                                     .period = period_from("2021-M12"),
                                     .version = version,
                                     .cells = cells,
                                     .cell_count = 1 };
    cube_put(f->cube, zone, &submission, 40 + version);
}

static void zones_that_come_later_change_no_figure(void **state)
{
    struct fixture *f = *state;
    size_t first = fixture_zone(f, "M", "N");
    put_month(f, first, 7, 1);
    for (int i = 0; i < 300; i++) {
        char id[16];
        snprintf(id, sizeof id, "%c%d", i % 2 ? 'A' : 'Z', i);
        size_t zone = fixture_zone(f, id, "P");
        put_month(f, zone, i, 1);
    }
    struct zone_id id;
    assert_true(zone_id_parse("M", &id));

    struct value value =
        cube_observe(f->cube, first, fixture_item(f, "F1"), period_from("2021-M12"), NULL);

    assert_int_equal(value.mantissa, 7);
    assert_int_equal(cube_find_zone(f->cube, &id), first);
    assert_int_equal(cube_zone_count(f->cube), 301);
    for (size_t zone = 1; zone <= 300; zone++) {
        value = cube_observe(f->cube, zone, fixture_item(f, "F1"), period_from("2021-M12"), NULL);
        assert_int_equal(value.mantissa, zone - 1);
    }
}

static void a_zone_that_is_there_is_replaced(void **state)
{
    struct fixture *f = *state;
    size_t zone = fixture_zone(f, "A", "N");
    put_month(f, zone, 7, 1);

    assert_int_equal(fixture_zone(f, "A", "P"), zone);
    assert_int_equal(cube_zone_count(f->cube), 1);
    struct code level =
        zone_attribute_at(cube_zone(f->cube, zone), code_of("RG03"), period_from("2021"));
    assert_true(code_equal(level, code_of("P")));
    assert_int_equal(
        cube_observe(f->cube, zone, fixture_item(f, "F1"), period_from("2021-M12"), NULL).mantissa,
        7);
}

static void a_year_has_the_value_of_its_last_part(void **state)
{
    struct fixture *f = *state;
    size_t zone = fixture_zone(f, "A", "N");
    put_month(f, zone, 7, 3);
    struct origin origin;

    struct value value =
        cube_observe(f->cube, zone, fixture_item(f, "F1"), period_from("2021"), &origin);

    assert_int_equal(value.mantissa, 7);
    assert_true(origin.reported && period_equal(origin.period, period_from("2021-M12")));
    assert_int_equal(origin.version, 3);
    assert_int_equal(origin.source, 43);
    fixture_put(f, zone, "P1", "2021-M12", 5);
    (void)cube_observe(f->cube, zone, fixture_item(f, "P1"), period_from("2021"), &origin);
    assert_false(origin.reported);
}

static void what_a_return_leaves_out_is_missing_not_unreported(void **state)
{
    struct fixture *f = *state;
    size_t zone = fixture_zone(f, "A", "N");
    struct origin origin;
    struct value value =
        cube_observe(f->cube, zone, fixture_item(f, "F2"), period_from("2021-M12"), &origin);
    assert_false(origin.reported);

    put_month(f, zone, 7, 1);

    value = cube_observe(f->cube, zone, fixture_item(f, "F2"), period_from("2021-M12"), &origin);
    assert_true(origin.reported);
    assert_int_equal(value.status, VALUE_MISSING);
}

static void a_later_version_replaces_and_removal_forgets(void **state)
{
    struct fixture *f = *state;
    size_t zone = fixture_zone(f, "A", "N");
    put_month(f, zone, 7, 1);
    uint64_t generation = cube_generation(f->cube);
    struct origin origin;

    put_month(f, zone, 8, 2);
    assert_true(cube_generation(f->cube) != generation);
    assert_int_equal(
        cube_observe(f->cube, zone, fixture_item(f, "F1"), period_from("2021-M12"), &origin)
            .mantissa,
        8);
    assert_int_equal(origin.version, 2);

    cube_remove(f->cube, zone, catalogue_form(f->catalogue, code_of("M")), period_from("2021-M12"));
    (void)cube_observe(f->cube, zone, fixture_item(f, "F1"), period_from("2021-M12"), &origin);
    assert_false(origin.reported);
}

static void rows_are_found_by_their_key(void **state)
{
    struct fixture *f = *state;
    size_t zone = fixture_zone(f, "A", "N");
    const char *keys[] = { "A", "B", "D" };
    const int64_t figures[] = { 1, 2, 3 };
    const uint8_t statuses[] = { VALUE_PRESENT, VALUE_PRESENT, VALUE_ESTIMATED };
    struct roster_column column = { code_of("K3"), figures, statuses, NULL };
    struct submission submission = { .form = code_of("R"),
                                     .period = period_from("2021"),
                                     .version = 1,
                                     .row_keys = keys,
                                     .row_count = 3,
                                     .columns = &column,
                                     .column_count = 1 };
    size_t form = catalogue_form(f->catalogue, code_of("R"));
    struct roster roster;
    const char *text;
    assert_false(cube_roster(f->cube, zone, form, period_from("2021"), &roster));

    cube_put(f->cube, zone, &submission, 9);
    keys[2] = "X"; /* it copied */

    assert_true(cube_roster(f->cube, zone, form, period_from("2021"), &roster));
    size_t row = roster_row(&roster, "D");
    assert_int_equal(row, 2);
    assert_int_equal(roster_cell(&roster, row, fixture_item(f, "K3"), NULL).mantissa, 3);
    assert_int_equal(roster_cell(&roster, row, fixture_item(f, "K4"), NULL).status, VALUE_MISSING);
    (void)roster_cell(&roster, row, fixture_item(f, "K1"), &text);
    assert_string_equal(text, "D");
    assert_int_equal(roster_row(&roster, "C"), CATALOGUE_NONE);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, open_fixture, close_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(zones_that_come_later_change_no_figure),
        CASE(a_zone_that_is_there_is_replaced),
        CASE(a_year_has_the_value_of_its_last_part),
        CASE(what_a_return_leaves_out_is_missing_not_unreported),
        CASE(a_later_version_replaces_and_removal_forgets),
        CASE(rows_are_found_by_their_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
