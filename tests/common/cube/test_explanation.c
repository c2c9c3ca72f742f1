#include "tests/common/cube/fixture.h"

#include <string.h>

#include "common/cube/explanation.h"
#include "common/cube/figure.h"

static const char definitions[] =
    "indicator I1 \"集中度\" / \"concentration\" { unit % decimals 2 value F2 / F1 }\n"
    "requirement R1 \"集中度\" / \"share\" { cite \"三(二)\" severity hard check I1 >= 70% }\n"
    "requirement R2 \"不超过\" / \"at most\" { cite \"-\" severity hard check F1 + F2 <= F1B + 2 "
    "万元 }\n"
    "requirement R3 \"都不\" / \"both\" { cite \"-\" severity hard check F1 >= 0 万元 and F2 <= F1 "
    "}\n"
    "indicator I9 \"最大两项\" / \"largest two\" { unit 万元 decimals 0 value sum(项目.K3 top 2) "
    "}\n";

static int open_fixture(void **state)
{
    static struct fixture fixture;
    fixture_open(&fixture, fixture_catalogue, definitions);
    *state = &fixture;
    return 0;
}

static int close_fixture(void **state)
{
    fixture_close(*state);
    return 0;
}

static const char *evidence(struct fixture *f, size_t zone, const char *requirement)
{
    size_t index = catalogue_requirement(f->catalogue, code_of(requirement));
    struct context context = { .cube = f->cube, .zone = zone, .period = period_from("2021-M12") };
    return explain_check(f->catalogue->requirements[index].check, &context, f->arena);
}

static void figures_are_written_for_people(void **state)
{
    struct fixture *f = *state;
    assert_string_equal(figure_text(number_of_decimal(123456789, 2), 2, "万元", f->arena),
                        "1,234,567.89 万元");
    assert_string_equal(figure_text(number_of(-123456), 0, "", f->arena), "-123,456");
    assert_string_equal(figure_text(number_of(999), 0, "个", f->arena), "999 个");
    assert_string_equal(figure_text((struct number){ 2, 3 }, 2, "%", f->arena), "0.67 %");
    assert_int_equal(figure_decimals((struct number){ 1, 8 }, 9), 3);
    assert_int_equal(figure_decimals((struct number){ 1, 3 }, 4), 4);
}

static void both_sides_are_printed_with_what_they_come_to(void **state)
{
    struct fixture *f = *state;
    size_t zone = fixture_zone(f, "A", "N");
    fixture_put(f, zone, "F1", "2021-M12", 700);
    fixture_put(f, zone, "F2", "2021-M12", 400);
    fixture_put(f, zone, "F1B", "2021-M12", 1000);

    assert_string_equal(evidence(f, zone, "R2"),
                        "营业收入 700 万元 + 主导收入 400 万元 = 1,100 万元 > "
                        "营业收入上年同期 1,000 万元 + 2 万元 = 1,002 万元");
}

static void a_narrow_miss_is_not_rounded_away(void **state)
{
    struct fixture *f = *state;
    size_t zone = fixture_zone(f, "A", "N");
    fixture_put(f, zone, "F1", "2021-M12", 100000000);
    fixture_put(f, zone, "F2", "2021-M12", 69999999);

    assert_string_equal(evidence(f, zone, "R1"), "集中度 69.999999 % < 70.000000 %");
}

static void of_a_conjunction_only_what_fails_is_printed(void **state)
{
    struct fixture *f = *state;
    size_t zone = fixture_zone(f, "A", "N");
    fixture_put(f, zone, "F1", "2021-M12", 700);
    fixture_put(f, zone, "F2", "2021-M12", 701);

    assert_string_equal(evidence(f, zone, "R3"), "主导收入 701 万元 > 营业收入 700 万元");
}

static void what_is_not_there_is_said(void **state)
{
    struct fixture *f = *state;
    size_t zone = fixture_zone(f, "A", "N");
    fixture_put(f, zone, "F1", "2021-M12", 700);

    assert_non_null(strstr(evidence(f, zone, "R1"), "集中度 未报送 ?"));
}

static void a_value_comes_apart_down_to_the_statement(void **state)
{
    struct fixture *f = *state;
    size_t zone = fixture_zone(f, "A", "N");
    struct cell cells[] = { { code_of("F1"), { 1000000, VALUE_PRESENT } },
                            { code_of("F2"), { 725000, VALUE_PRESENT } } };
    struct submission submission = { .form = code_of("M"),
                                     .period = period_from("2021-M12"),
                                     .version = 2,
                                     .cells = cells,
                                     .cell_count = 2 };
    cube_put(f->cube, zone, &submission, 42);
    struct scope scope = { &zone, 1, false };

    const struct explained *explained =
        explain_indicator(f->cube, 0, scope, period_from("2021"), f->arena);

    assert_string_equal(explained->label, "集中度");
    assert_string_equal(explained->text, "72.50 %");
    assert_int_equal(explained->child_count, 2);
    assert_string_equal(explained->children[0]->text, "725,000 万元");
    assert_int_equal(explained->children[0]->origin.version, 2);
    assert_int_equal(explained->children[0]->origin.source, 42);
    assert_true(period_equal(explained->children[0]->origin.period, period_from("2021-M12")));
}

static void a_group_comes_apart_into_its_zones(void **state)
{
    struct fixture *f = *state;
    size_t zones[] = { fixture_zone(f, "A", "N"), fixture_zone(f, "B", "N"),
                       fixture_zone(f, "C", "N") };
    for (int i = 0; i < 2; i++) {
        fixture_put(f, zones[i], "F1", "2021-M12", 100);
        fixture_put(f, zones[i], "F2", "2021-M12", 10 + 40 * i);
    }
    struct scope scope = { zones, 3, true };

    const struct explained *explained =
        explain_indicator(f->cube, 0, scope, period_from("2021-M12"), f->arena);

    assert_string_equal(explained->text, "30.00 %");
    assert_int_equal(explained->coverage.included, 2);
    assert_int_equal(explained->coverage.expected, 3);
    assert_string_equal(explained->children[0]->text, "60 万元");
    assert_int_equal(explained->children[0]->child_count, 2);
    assert_string_equal(explained->children[0]->children[1]->label, "B");
    assert_string_equal(explained->children[0]->children[1]->text, "50 万元");
}

static void the_largest_rows_of_a_roster_are_named_largest_first(void **state)
{
    struct fixture *f = *state;
    size_t zone = fixture_zone(f, "A", "N");
    const char *keys[] = { "a", "b", "c" };
    const int64_t mantissas[] = { 10, 30, 20 };
    const uint8_t statuses[] = { VALUE_PRESENT, VALUE_PRESENT, VALUE_PRESENT };
    struct roster_column column = { .item = code_of("K3"),
                                    .mantissas = mantissas,
                                    .statuses = statuses };
    struct submission submission = { .form = code_of("R"),
                                     .period = period_of_year(2021),
                                     .version = 3,
                                     .row_keys = keys,
                                     .row_count = 3,
                                     .columns = &column,
                                     .column_count = 1 };
    cube_put(f->cube, zone, &submission, 7);
    struct scope scope = { &zone, 1, false };
    size_t indicator = catalogue_indicator(f->catalogue, code_of("I9"));

    const struct explained *explained =
        explain_indicator(f->cube, indicator, scope, period_of_year(2021), f->arena);

    const struct explained *sum = explained->children[0];
    assert_int_equal(sum->child_count, 2);
    assert_string_equal(sum->children[0]->label, "b");
    assert_string_equal(sum->children[1]->label, "c");
    assert_int_equal(sum->children[1]->origin.source, 7);
    assert_int_equal(sum->children[1]->origin.version, 3);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, open_fixture, close_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(figures_are_written_for_people),
        CASE(both_sides_are_printed_with_what_they_come_to),
        CASE(a_narrow_miss_is_not_rounded_away),
        CASE(of_a_conjunction_only_what_fails_is_printed),
        CASE(what_is_not_there_is_said),
        CASE(a_value_comes_apart_down_to_the_statement),
        CASE(a_group_comes_apart_into_its_zones),
        CASE(the_largest_rows_of_a_roster_are_named_largest_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
