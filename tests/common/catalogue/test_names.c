#include "tests/support/test.h"

#include "common/base/arena.h"
#include "common/catalogue/catalogue.h"
#include "common/catalogue/names.h"

static int begin(void **state)
{
    struct arena *arena = arena_create();
    *state = arena;
    return 0;
}

static int end(void **state)
{
    struct arena *arena = *state;
    arena_destroy(&arena);
    return 0;
}

static void a_name_belongs_to_its_kind(void **state)
{
    struct names *names = names_create(*state);

    assert_true(names_add(names, NAME_ITEM, "营业收入", 3));
    assert_true(names_add(names, NAME_INDICATOR, "营业收入", 5));
    assert_false(names_add(names, NAME_ITEM, "营业收入", 4));

    assert_int_equal(names_find(names, NAME_ITEM, "营业收入"), 3);
    assert_int_equal(names_find(names, NAME_INDICATOR, "营业收入"), 5);
    assert_true(names_find(names, NAME_UNIT, "营业收入") == CATALOGUE_NONE);
}

static void the_nearest_name_is_one_character_away(void **state)
{
    struct names *names = names_create(*state);
    assert_true(names_add(names, NAME_ITEM, "主导产业营业收入", 0));
    assert_true(names_add(names, NAME_ITEM, "IB06", 1));
    assert_true(names_add(names, NAME_UNIT, "万元", 2));

    assert_string_equal(names_nearest(names, NAME_BIT(NAME_ITEM), "主导产业营业收人"),
                        "主导产业营业收入");
    assert_string_equal(names_nearest(names, NAME_BIT(NAME_ITEM), "IB60"), "IB06");
    assert_string_equal(names_nearest(names, NAME_BIT(NAME_UNIT), "万圆"), "万元");
}

static void a_name_like_nothing_has_no_nearest(void **state)
{
    struct names *names = names_create(*state);
    assert_true(names_add(names, NAME_ITEM, "主导产业营业收入", 0));

    assert_null(names_nearest(names, NAME_BIT(NAME_ITEM), "面积"));
    assert_null(names_nearest(names, NAME_BIT(NAME_UNIT), "主导产业营业收入"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_name_belongs_to_its_kind, begin, end),
        cmocka_unit_test_setup_teardown(the_nearest_name_is_one_character_away, begin, end),
        cmocka_unit_test_setup_teardown(a_name_like_nothing_has_no_nearest, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
