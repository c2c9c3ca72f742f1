#include "tests/support/test.h"

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/text.h"
#include "common/catalogue/catalogue.h"

struct fixture {
    struct arena *arena;
    struct catalogue *catalogue;
};

static int begin(void **state)
{
    static struct fixture fixture;
    fixture.arena = arena_create();
    fixture.catalogue = NULL;
    *state = &fixture;
    return 0;
}

static int end(void **state)
{
    struct fixture *f = *state;
    catalogue_destroy(&f->catalogue);
    arena_destroy(&f->arena);
    language_set(LANGUAGE_CHINESE);
    return 0;
}

static void compile(struct fixture *f, const char *declaration)
{
    struct sources base;
    struct error err = { 0 };
    struct diagnostics *diagnostics = arena_take(f->arena, 1, sizeof(*diagnostics));
    diagnostics->arena = f->arena;
    assert_true(sources_read(DATA_FOLDER "/base.catalogue", f->arena, &base, &err));
    struct source files[] = { base.files[0], { "case.catalogue", bytes_of_text(declaration) } };

    catalogue_destroy(&f->catalogue);
    f->catalogue = catalogue_compile((struct sources){ files, 2 }, diagnostics);

    if (!f->catalogue)
        fail_msg("%s", diagnostics->items[0].text);
}

/* The check of a rule with this text. */
static const struct expression *a_check(struct fixture *f, const char *check)
{
    compile(f, arena_format(f->arena, "rule V hint \"规则\" { check %s  on T2 }", check));
    return f->catalogue->rules[0].check;
}

static void assert_text(struct fixture *f, const char *check, const char *expected)
{
    const struct expression *expression = a_check(f, check);
    assert_string_equal(expression_text(f->catalogue, expression, f->arena), expected);
}

static void products_bind_tighter_than_sums(void **state)
{
    assert_text(*state, "A01 + A02 * 2 > (A01 + A02) * 2",
                "营业收入 + 主导收入 * 2 > (营业收入 + 主导收入) * 2");
}

static void equal_operations_go_from_left_to_right(void **state)
{
    struct fixture *f = *state;
    const struct expression *check = a_check(f, "A01 - A02 - A01 > 0");

    assert_int_equal(check->left->operation, OPERATION_SUBTRACT);
    assert_int_equal(check->left->left->operation, OPERATION_SUBTRACT);
    assert_text(f, "A01 - (A02 - A01) > 0", "营业收入 - (主导收入 - 营业收入) > 0");
    assert_text(f, "A01 / (A02 / A01) > 0", "营业收入 / (主导收入 / 营业收入) > 0");
}

static void and_binds_tighter_than_or_and_both_than_implies(void **state)
{
    assert_text(*state, "A14 or A14 and not A14 implies (A14 implies A14)",
                "已备案 or 已备案 and not 已备案 implies (已备案 implies 已备案)");
    assert_text(*state, "(A14 or A14) and A14", "(已备案 or 已备案) and 已备案");
    assert_text(*state, "not (A14 and A14)", "not (已备案 and 已备案)");
}

static void what_is_printed_reads_as_the_same(void **state)
{
    static const char *const checks[] = {
        "-(A01 + A02) < -5 亿元",
        "A11 in {签约, 开工} or 级别 != 国家级",
        "if A14 then A05 > 3 个 else A05 is missing",
        "sum(项目.P01 where P02 > 0 and 当前阶段 >= 立项 top 3) >= A01@yoy@period",
        "A01@M12 = A01@-2y@Q4 and count(项目) = A05",
        "years_later(A12, 2) < period_end() and days(A12, A13) <= 30",
        "min(A01, A02) <= abs(A01 - A02) and firstof(A09, A10) <= 12.5%",
        "A12 > 2021-03-01",
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT_OF(checks); i++) {
        const struct expression *check = a_check(f, checks[i]);
        const char *first = expression_text(f->catalogue, check, f->arena);
        check = a_check(f, first);
        const char *second = expression_text(f->catalogue, check, f->arena);
        assert_string_equal(first, second);
    }
}

static void the_larger_unit_is_scaled_to_the_left_side(void **state)
{
    const struct expression *check = a_check(*state, "A01 >= A02");

    assert_int_equal(check->left->operation, OPERATION_ITEM);
    assert_int_equal(check->right->operation, OPERATION_SCALE);
    assert_int_equal(check->right->exponent, 4);
    assert_int_equal(check->right->quantity.power, 4);
}

static void a_constant_is_scaled_to_the_figure_wherever_it_stands(void **state)
{
    const struct expression *right = a_check(*state, "A01 >= 2 亿元");
    assert_int_equal(right->right->operation, OPERATION_SCALE);
    assert_int_equal(right->right->exponent, 4);

    const struct expression *left = a_check(*state, "2 亿元 <= A01");
    assert_int_equal(left->left->operation, OPERATION_SCALE);
    assert_int_equal(left->left->exponent, 4);
}

static void an_indicator_is_scaled_to_its_unit(void **state)
{
    struct fixture *f = *state;
    compile(f, "indicator X \"比\" { unit %  value A02 / A01 }");
    const struct indicator *indicator = &f->catalogue->indicators[0];

    assert_int_equal(indicator->value->operation, OPERATION_SCALE);
    assert_int_equal(indicator->value->exponent, 6); /* 亿元/万元 is 10^4, % is 10^-2 */
    assert_int_equal(indicator->quantity.power, -2);
    assert_int_equal(indicator->quantity.kind, KIND_RATIO);
}

static void a_quotient_divides_the_units(void **state)
{
    struct fixture *f = *state;
    const struct expression *check = a_check(f, "A01 / A04 >= 4000 万元/公顷");

    assert_int_equal(check->left->quantity.power, 0);
    assert_int_equal(check->right->operation, OPERATION_CONSTANT);
    assert_int_equal(check->right->quantity.power, 0);
}

static void a_range_is_two_comparisons_with_the_bounds_in_it(void **state)
{
    const struct expression *check = a_check(*state, "A09 in 10% .. 20%");

    assert_int_equal(check->operation, OPERATION_AND);
    assert_int_equal(check->left->operation, OPERATION_GREATER_OR_EQUAL);
    assert_int_equal(check->right->operation, OPERATION_LESS_OR_EQUAL);
}

static void growth_is_the_ratio_to_last_year_less_one(void **state)
{
    assert_text(*state, "growth(A01) < 50%", "营业收入 / 营业收入@yoy - 1 < 50%");
}

static void names_follow_the_language(void **state)
{
    language_set(LANGUAGE_ENGLISH);
    assert_text(*state, "A01 > 0 and 级别 = 国家级", "revenue > 0 and level = national");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(products_bind_tighter_than_sums, begin, end),
        cmocka_unit_test_setup_teardown(equal_operations_go_from_left_to_right, begin, end),
        cmocka_unit_test_setup_teardown(and_binds_tighter_than_or_and_both_than_implies, begin,
                                        end),
        cmocka_unit_test_setup_teardown(what_is_printed_reads_as_the_same, begin, end),
        cmocka_unit_test_setup_teardown(the_larger_unit_is_scaled_to_the_left_side, begin, end),
        cmocka_unit_test_setup_teardown(a_constant_is_scaled_to_the_figure_wherever_it_stands,
                                        begin, end),
        cmocka_unit_test_setup_teardown(an_indicator_is_scaled_to_its_unit, begin, end),
        cmocka_unit_test_setup_teardown(a_quotient_divides_the_units, begin, end),
        cmocka_unit_test_setup_teardown(a_range_is_two_comparisons_with_the_bounds_in_it, begin,
                                        end),
        cmocka_unit_test_setup_teardown(growth_is_the_ratio_to_last_year_less_one, begin, end),
        cmocka_unit_test_setup_teardown(names_follow_the_language, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
