#include "tests/support/test.h"

#include <stdio.h>

#include "common/base/decimal.h"
#include "common/base/number.h"
#include "common/base/random.h"

#define ROUNDS 20000
#define BIGGEST ((int128)(~(uint128)0 >> 1))

static struct number fraction(int128 numerator, int128 denominator)
{
    return (struct number){ numerator, denominator };
}

static void assert_equals(struct number actual, struct number expected)
{
    assert_int_equal(number_compare(actual, expected), 0);
}

static int64_t rounded(struct number number, int decimals, enum rounding rounding)
{
    int64_t mantissa = -1;
    assert_true(number_round(number, decimals, rounding, &mantissa));
    return mantissa;
}

static void halves_go_to_the_even_neighbour_or_away_from_zero(void **state)
{
    (void)state;
    /* clang-format off */
    static const struct {
        int64_t mantissa; int scale; int decimals; int64_t even; int64_t up;
    } rows[] = {
        /* 2.5, 3.5, -2.5, -3.5, 0.5, -0.5 */
        { 25, 1, 0, 2, 3 },   { 35, 1, 0, 4, 4 },   { -25, 1, 0, -2, -3 },
        { -35, 1, 0, -4, -4 }, { 5, 1, 0, 0, 1 },   { -5, 1, 0, 0, -1 },
        /* 2.675, 2.665, -2.665, 2.6650001, 2.664999 */
        { 2675, 3, 2, 268, 268 }, { 2665, 3, 2, 266, 267 }, { -2665, 3, 2, -266, -267 },
        { 26650001, 7, 2, 267, 267 }, { 2664999, 6, 2, 266, 266 },
        /* after GB/T 8170: 12.1498, 1.05, 0.35, 325, 99.999 */
        { 121498, 4, 1, 121, 121 }, { 105, 2, 1, 10, 11 }, { 35, 2, 1, 4, 4 },
        { 325, 0, 0, 325, 325 }, { 99999, 3, 2, 10000, 10000 },
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct number number = number_of_decimal(rows[i].mantissa, rows[i].scale);
        assert_int_equal(rounded(number, rows[i].decimals, ROUNDING_HALF_EVEN), rows[i].even);
        assert_int_equal(rounded(number, rows[i].decimals, ROUNDING_HALF_UP), rows[i].up);
    }
}

static void a_share_just_below_the_limit_is_below_it(void **state)
{
    (void)state;
    struct number limit = number_of_decimal(70, 2);

    assert_int_equal(number_compare(fraction(699999, 1000000), limit), -1);
    assert_int_equal(number_compare(fraction(700000, 1000000), limit), 0);
    assert_int_equal(number_compare(fraction(700001, 1000000), limit), 1);
}

static void numbers_are_compared_exactly_when_the_products_need_256_bits(void **state)
{
    (void)state;
    struct number less = fraction(BIGGEST - 2, BIGGEST - 1);
    struct number more = fraction(BIGGEST - 1, BIGGEST);

    assert_int_equal(number_compare(less, more), -1);
    assert_int_equal(number_compare(more, less), 1);
    assert_int_equal(number_compare(more, more), 0);
    assert_int_equal(number_compare(fraction(-less.numerator, less.denominator),
                                    fraction(-more.numerator, more.denominator)),
                     1);
    assert_int_equal(number_compare(fraction(-1, BIGGEST), fraction(1, BIGGEST - 1)), -1);
    assert_int_equal(number_compare(fraction(0, BIGGEST), fraction(0, 3)), 0);
}

static void an_overflow_is_a_failure_and_never_wraps(void **state)
{
    (void)state;
    struct number out;
    struct number big = fraction(BIGGEST, 1);

    assert_false(number_add(big, number_of(1), &out));
    assert_false(number_subtract(fraction(-BIGGEST, 1), number_of(1), &out));
    assert_false(number_multiply(big, number_of(2), &out));
    assert_false(number_divide(big, fraction(1, 3), &out));
    assert_false(number_shift(number_of(1), 39, &out));
    assert_false(number_shift(number_of(17), 38, &out));
    assert_false(number_add(fraction(1, BIGGEST), fraction(1, BIGGEST - 1), &out));
}

static void what_fits_after_reducing_is_computed(void **state)
{
    (void)state;
    struct number out;
    int128 half = BIGGEST / 2;

    assert_true(number_multiply(fraction(half, 3), fraction(3, half), &out));
    assert_equals(out, number_of(1));
    assert_true(number_divide(fraction(half, 7), fraction(half, 3), &out));
    assert_equals(out, fraction(3, 7));
    assert_true(number_add(fraction(1, half), fraction(1, half), &out));
    assert_equals(out, fraction(2, half));
    int128 shared = (int128)1 << 122;
    assert_true(number_add(fraction(1, 3 * shared), fraction(1, 5 * shared), &out));
    assert_equals(out, fraction(1, 15 * (shared / 8)));
}

static void dividing_by_zero_fails(void **state)
{
    (void)state;
    struct number out;

    assert_false(number_divide(number_of(1), number_of(0), &out));
    assert_false(number_divide(number_of(0), number_of(0), &out));
    assert_true(number_divide(number_of(0), number_of(-5), &out));
    assert_true(number_is_zero(out));
}

static void dividing_by_a_negative_number_keeps_the_denominator_positive(void **state)
{
    (void)state;
    struct number out;

    assert_true(number_divide(number_of(7), number_of(-2), &out));

    assert_true(out.denominator > 0);
    assert_equals(out, fraction(-7, 2));
}

/* Sizes from a few bits to nearly all, so that every path is taken. */
static int128 random_part(struct random *random, unsigned bits_max)
{
    unsigned bits = 1 + (unsigned)random_below(random, bits_max);
    uint128 value = (uint128)random_u64(random) << 64 | random_u64(random);
    return (int128)(value >> (128 - bits));
}

static struct number random_number(struct random *random, unsigned bits_max)
{
    int128 numerator = random_part(random, bits_max);
    if (random_below(random, 2))
        numerator = -numerator;
    return fraction(numerator, random_part(random, bits_max) | 1);
}

static void the_laws_of_arithmetic_hold_for_what_fits(void **state)
{
    (void)state;
    struct seeded_random source = seeded_random_of(8170);
    for (int i = 0; i < ROUNDS; i++) {
        struct number a = random_number(&source.random, 30);
        struct number b = random_number(&source.random, 30);
        struct number c = random_number(&source.random, 30);
        struct number ab = a, ba = a, bc = a, left = a, right = a, ac = a;

        assert_true(number_add(a, b, &ab) && number_add(b, a, &ba));
        assert_equals(ab, ba);
        assert_true(number_add(b, c, &bc) && number_add(ab, c, &left) && number_add(a, bc, &right));
        assert_equals(left, right);
        assert_true(number_subtract(left, c, &left));
        assert_equals(left, ab);
        assert_true(number_multiply(a, bc, &left) && number_multiply(a, b, &ab) &&
                    number_multiply(a, c, &ac) && number_add(ab, ac, &right));
        assert_equals(left, right);
        if (!number_is_zero(b)) {
            assert_true(number_divide(ab, b, &left));
            assert_equals(left, a);
        }
    }
}

static void large_results_are_right_or_refused(void **state)
{
    (void)state;
    struct seeded_random source = seeded_random_of(2016);
    int computed = 0;
    for (int i = 0; i < ROUNDS; i++) {
        struct number a = random_number(&source.random, 127);
        struct number b = random_number(&source.random, 127);
        struct number out, back;
        if (number_add(a, b, &out) && number_subtract(out, b, &back)) {
            assert_equals(back, a);
            computed++;
        }
        if (!number_is_zero(b) && number_multiply(a, b, &out) && number_divide(out, b, &back)) {
            assert_equals(back, a);
            computed++;
        }
        assert_int_equal(number_compare(a, b), -number_compare(b, a));
    }
    assert_true(computed > ROUNDS / 10);
}

/* Rounding never moves a number by more than half a unit, in both modes. */
static void a_rounded_number_is_within_half_a_unit(void **state)
{
    (void)state;
    struct seeded_random source = seeded_random_of(37028);
    for (int i = 0; i < ROUNDS; i++) {
        struct number number = random_number(&source.random, i % 2 ? 50 : 126);
        int decimals = (int)random_below(&source.random, 5);
        int64_t mantissa;
        enum rounding rounding = i % 3 ? ROUNDING_HALF_EVEN : ROUNDING_HALF_UP;
        if (!number_round(number, decimals, rounding, &mantissa))
            continue;

        int128 unit = 2 * decimal_power(decimals);
        assert_true(number_compare(fraction((int128)mantissa * 2 - 1, unit), number) <= 0);
        assert_true(number_compare(fraction((int128)mantissa * 2 + 1, unit), number) >= 0);
    }
}

static void a_mantissa_beyond_64_bits_is_refused(void **state)
{
    (void)state;
    int64_t mantissa;

    assert_true(number_round(number_of(INT64_MAX), 0, ROUNDING_HALF_UP, &mantissa));
    assert_true(mantissa == INT64_MAX);
    assert_true(number_round(number_of(INT64_MIN), 0, ROUNDING_HALF_UP, &mantissa));
    assert_true(mantissa == INT64_MIN);
    assert_false(number_round(number_of(INT64_MAX), 1, ROUNDING_HALF_UP, &mantissa));
    assert_false(
        number_round(fraction((int128)INT64_MAX * 2 + 1, 2), 0, ROUNDING_HALF_UP, &mantissa));
}

static void a_number_is_shown_rounded_once(void **state)
{
    (void)state;
    char buffer[NUMBER_TEXT_SIZE];

    assert_string_equal(number_text(fraction(2, 3), 2, ROUNDING_HALF_UP, buffer), "0.67");
    assert_string_equal(number_text(fraction(-1, 3), 4, ROUNDING_HALF_UP, buffer), "-0.3333");
    assert_string_equal(number_text(number_of(7), 0, ROUNDING_HALF_UP, buffer), "7");
    assert_string_equal(number_text(fraction(1, BIGGEST), 3, ROUNDING_HALF_UP, buffer), "0.000");
    assert_string_equal(number_text(fraction(BIGGEST, 3), 2, ROUNDING_HALF_UP, buffer),
                        "5.671372782015641e+37");
    assert_string_equal(number_text(fraction(BIGGEST - 1, BIGGEST), 18, ROUNDING_HALF_UP, buffer),
                        "1.000000000000000000");
}

static void shifting_moves_the_point(void **state)
{
    (void)state;
    struct number out;

    assert_true(number_shift(number_of(12), 4, &out));
    assert_equals(out, number_of(120000));
    assert_true(number_shift(number_of(12), -1, &out));
    assert_equals(out, fraction(6, 5));
    assert_true(number_shift(number_of(0), 100, &out));
    assert_equals(out, number_of(0));
}

static void a_double_is_near_enough_for_a_plot(void **state)
{
    (void)state;

    assert_true(number_to_double(fraction(-3, 4)) == -0.75);
    assert_int_equal(number_sign(fraction(-3, 4)), -1);
    assert_int_equal(number_sign(number_of(0)), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(halves_go_to_the_even_neighbour_or_away_from_zero),
        cmocka_unit_test(a_share_just_below_the_limit_is_below_it),
        cmocka_unit_test(numbers_are_compared_exactly_when_the_products_need_256_bits),
        cmocka_unit_test(an_overflow_is_a_failure_and_never_wraps),
        cmocka_unit_test(what_fits_after_reducing_is_computed),
        cmocka_unit_test(dividing_by_zero_fails),
        cmocka_unit_test(dividing_by_a_negative_number_keeps_the_denominator_positive),
        cmocka_unit_test(the_laws_of_arithmetic_hold_for_what_fits),
        cmocka_unit_test(large_results_are_right_or_refused),
        cmocka_unit_test(a_rounded_number_is_within_half_a_unit),
        cmocka_unit_test(a_mantissa_beyond_64_bits_is_refused),
        cmocka_unit_test(a_number_is_shown_rounded_once),
        cmocka_unit_test(shifting_moves_the_point),
        cmocka_unit_test(a_double_is_near_enough_for_a_plot),
    };
    return cmocka_run_group_tests_name("number", tests, NULL, NULL);
}
