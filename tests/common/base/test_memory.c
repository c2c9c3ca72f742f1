#include "tests/support/test.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/bytes.h"
#include "common/base/memory.h"

static void an_arena_gives_zeroed_aligned_memory_of_any_size(void **state)
{
    (void)state;
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    static const size_t sizes[] = { 1, 0, 7, 65536, 65537, 3, 1000000, 1 };
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        unsigned char *taken = arena_take(arena, sizes[i], 1);
        assert_non_null(taken);
        assert_int_equal((uintptr_t)taken % _Alignof(max_align_t), 0);
        for (size_t j = 0; j < sizes[i]; j++)
            assert_int_equal(taken[j], 0);
        memset(taken, 0xFF, sizes[i]);
    }
}

static void a_reset_arena_gives_zeroed_memory_again(void **state)
{
    (void)state;
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    memset(arena_take(arena, 100, 1), 0xFF, 100);
    memset(arena_take(arena, 200000, 1), 0xFF, 200000);

    arena_reset(arena);

    unsigned char *again = arena_take(arena, 100, 1);
    for (size_t i = 0; i < 100; i++)
        assert_int_equal(again[i], 0);
}

static void copies_in_an_arena_are_independent(void **state)
{
    (void)state;
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    char source[] = "abc";

    char *text = arena_copy_text(arena, source);
    struct bytes bytes = arena_copy_bytes(arena, bytes_of_text(source));
    char *formatted = arena_format(arena, "%s-%d", source, 5);
    source[0] = 'x';

    assert_string_equal(text, "abc");
    assert_true(bytes_equal(bytes, bytes_of_text("abc")));
    assert_string_equal(formatted, "abc-5");
    assert_int_equal(arena_copy_bytes(arena, (struct bytes){ 0 }).size, 0);
}

static void an_array_grows_and_its_new_part_is_zero(void **state)
{
    (void)state;
    size_t capacity = 0;
    int *array = NULL;
    for (size_t i = 0; i < 1000; i++) {
        array = memory_grown(array, &capacity, i + 1, sizeof *array);
        assert_int_equal(array[i], 0);
        array[i] = (int)i + 1;
    }
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(array[i], i + 1);
    memory_free(&array);
    assert_null(array);
}

static void big_endian_numbers_sort_as_numbers(void **state)
{
    (void)state;
    unsigned char small[8], large[8], four[4];
    bytes_put_u64(small, 255);
    bytes_put_u64(large, 0x0102030405060708u);
    bytes_put_u32(four, 0xFFEEDDCC);

    assert_true(memcmp(small, large, 8) < 0);
    assert_int_equal(large[0], 1);
    assert_int_equal(large[7], 8);
    assert_true(bytes_get_u64(large) == 0x0102030405060708u);
    assert_int_equal(bytes_get_u32(four), 0xFFEEDDCC);
}

static void runs_of_bytes_are_compared_with_their_size(void **state)
{
    (void)state;

    assert_true(bytes_equal((struct bytes){ NULL, 0 }, bytes_of_text("")));
    assert_false(bytes_equal(bytes_of_text("ab"), bytes_of_text("abc")));
    assert_false(bytes_equal(bytes_of_text("ab"), bytes_of_text("ac")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_arena_gives_zeroed_aligned_memory_of_any_size),
        cmocka_unit_test(a_reset_arena_gives_zeroed_memory_again),
        cmocka_unit_test(copies_in_an_arena_are_independent),
        cmocka_unit_test(an_array_grows_and_its_new_part_is_zero),
        cmocka_unit_test(big_endian_numbers_sort_as_numbers),
        cmocka_unit_test(runs_of_bytes_are_compared_with_their_size),
    };
    return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
