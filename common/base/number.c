#include "common/base/number.h"

#include <assert.h>
#include <stdio.h>

#include "common/base/decimal.h"

#define SHIFT_MAX 38
#define INT128_MAX ((int128)(~(uint128)0 >> 1))
#define LOW_64 (~(uint64_t)0)

/* The smallest numerator has no opposite: it counts as an overflow, so that every number has. */
static bool keep(int128 numerator, int128 denominator, struct number *out)
{
    assert(denominator > 0);
    if (numerator < -INT128_MAX)
        return false;
    *out = (struct number){ numerator, denominator };
    return true;
}

static uint128 magnitude_of(int128 value)
{
    return value < 0 ? 0 - (uint128)value : (uint128)value;
}

static uint128 common_divisor(uint128 left, uint128 right)
{
    while (right > LOW_64) {
        uint128 rest = left % right;
        left = right;
        right = rest;
    }
    if (right == 0)
        return left;
    uint64_t small = (uint64_t)right, rest = (uint64_t)(left % right);
    while (rest) { /* 64-bit division is several times faster */
        uint64_t next = small % rest;
        small = rest;
        rest = next;
    }
    return small;
}

static struct number lowest_terms(struct number number)
{
    uint128 divisor = common_divisor(magnitude_of(number.numerator), (uint128)number.denominator);
    int128 shared = (int128)divisor;
    return (struct number){ number.numerator / shared, number.denominator / shared };
}

static bool is_small(int128 value)
{
    return value == (int64_t)value;
}

static bool multiplied(int128 left, int128 right, int128 *out)
{
    if (is_small(left) && is_small(right)) {
        *out = left * right;
        return true;
    }
    return !__builtin_mul_overflow(left, right, out);
}

struct number number_of(int64_t value)
{
    return (struct number){ value, 1 };
}

struct number number_of_decimal(int64_t mantissa, int decimals)
{
    return (struct number){ mantissa, decimal_power(decimals) };
}

/* The sum over the least common denominator, in lowest terms as far as one gcd brings it. */
static bool add_reduced(struct number left, struct number right, struct number *out)
{
    left = lowest_terms(left);
    right = lowest_terms(right);
    int128 shared = (int128)common_divisor((uint128)left.denominator, (uint128)right.denominator);
    int128 left_part, right_part, sum, denominator;
    if (!multiplied(left.numerator, right.denominator / shared, &left_part) ||
        !multiplied(right.numerator, left.denominator / shared, &right_part) ||
        __builtin_add_overflow(left_part, right_part, &sum))
        return false;
    int128 left_over = (int128)common_divisor(magnitude_of(sum), (uint128)shared);
    if (!multiplied(left.denominator / shared, right.denominator / left_over, &denominator))
        return false;
    return keep(sum / left_over, denominator, out);
}

bool number_add(struct number left, struct number right, struct number *out)
{
    int128 sum, left_part, right_part, denominator;
    if (left.denominator == right.denominator &&
        !__builtin_add_overflow(left.numerator, right.numerator, &sum) &&
        keep(sum, left.denominator, out))
        return true;
    if (multiplied(left.numerator, right.denominator, &left_part) &&
        multiplied(right.numerator, left.denominator, &right_part) &&
        !__builtin_add_overflow(left_part, right_part, &sum) &&
        multiplied(left.denominator, right.denominator, &denominator) &&
        keep(sum, denominator, out))
        return true;
    return add_reduced(left, right, out);
}

bool number_subtract(struct number left, struct number right, struct number *out)
{
    right.numerator = -right.numerator;
    return number_add(left, right, out);
}

/* Each numerator against the other denominator: what is left is in lowest terms. */
static bool multiply_reduced(struct number left, struct number right, struct number *out)
{
    left = lowest_terms(left);
    right = lowest_terms(right);
    struct number first = lowest_terms((struct number){ left.numerator, right.denominator });
    struct number second = lowest_terms((struct number){ right.numerator, left.denominator });
    int128 numerator, denominator;
    return multiplied(first.numerator, second.numerator, &numerator) &&
           multiplied(first.denominator, second.denominator, &denominator) &&
           keep(numerator, denominator, out);
}

bool number_multiply(struct number left, struct number right, struct number *out)
{
    int128 numerator, denominator;
    if (multiplied(left.numerator, right.numerator, &numerator) &&
        multiplied(left.denominator, right.denominator, &denominator) &&
        keep(numerator, denominator, out))
        return true;
    return multiply_reduced(left, right, out);
}

bool number_divide(struct number left, struct number right, struct number *out)
{
    if (right.numerator == 0)
        return false;
    struct number turned = { right.denominator, right.numerator };
    if (right.numerator < 0)
        turned = (struct number){ -right.denominator, -right.numerator };
    return number_multiply(left, turned, out);
}

bool number_shift(struct number left, int exponent, struct number *out)
{
    if (exponent < -SHIFT_MAX || exponent > SHIFT_MAX) {
        *out = number_of(0);
        return left.numerator == 0;
    }
    struct number factor = { decimal_power(exponent > 0 ? exponent : 0),
                             decimal_power(exponent < 0 ? -exponent : 0) };
    return number_multiply(left, factor, out);
}

bool number_is_zero(struct number number)
{
    return number.numerator == 0;
}

int number_sign(struct number number)
{
    return (number.numerator > 0) - (number.numerator < 0);
}

struct wide {
    uint128 high;
    uint128 low;
};

static struct wide wide_product(uint128 left, uint128 right)
{
    uint128 a = left >> 64, b = left & LOW_64, c = right >> 64, d = right & LOW_64;
    uint128 middle = a * d + ((b * d) >> 64); /* at most (2^64-1)^2 + 2^64-1: fits */
    uint128 carried = (middle & LOW_64) + b * c;
    return (struct wide){ a * c + (middle >> 64) + (carried >> 64),
                          carried << 64 | ((b * d) & LOW_64) };
}

static int compare_unsigned(uint128 left, uint128 right)
{
    return (left > right) - (left < right);
}

static int compare_wide(struct number left, struct number right)
{
    int sign = number_sign(left);
    if (sign != number_sign(right))
        return sign > number_sign(right) ? 1 : -1;
    struct wide one = wide_product(magnitude_of(left.numerator), (uint128)right.denominator);
    struct wide other = wide_product(magnitude_of(right.numerator), (uint128)left.denominator);
    int order = compare_unsigned(one.high, other.high);
    return sign * (order ? order : compare_unsigned(one.low, other.low));
}

int number_compare(struct number left, struct number right)
{
    if (left.denominator == right.denominator)
        return (left.numerator > right.numerator) - (left.numerator < right.numerator);
    int128 one, other;
    if (multiplied(left.numerator, right.denominator, &one) &&
        multiplied(right.numerator, left.denominator, &other))
        return (one > other) - (one < other);
    return compare_wide(left, right);
}

double number_to_double(struct number number)
{
    return (double)number.numerator / (double)number.denominator;
}

/* The next decimal digit of rest/divisor (rest < divisor < 2^127). Adds instead of
 * multiplying by ten, which might not fit. */
static unsigned next_digit(uint128 *rest, uint128 divisor)
{
    uint128 sum = 0;
    unsigned digit = 0;
    for (int i = 0; i < 10; i++) {
        sum += *rest;
        if (sum >= divisor) {
            sum -= divisor;
            digit++;
        }
    }
    *rest = sum;
    return digit;
}

/* The digits behind the point as a whole number; `rest` becomes what is left of them. */
static uint64_t fraction_of(uint128 *rest, uint128 divisor, int decimals)
{
    uint128 scaled;
    if (!__builtin_mul_overflow(*rest, (uint128)decimal_power(decimals), &scaled)) {
        *rest = scaled % divisor;
        return (uint64_t)(scaled / divisor);
    }
    uint64_t fraction = 0;
    for (int i = 0; i < decimals; i++)
        fraction = fraction * 10 + next_digit(rest, divisor);
    return fraction;
}

static bool rounds_up(uint128 rest, uint128 divisor, bool odd, enum rounding rounding)
{
    int order = compare_unsigned(rest * 2, divisor);
    return order > 0 || (order == 0 && (rounding == ROUNDING_HALF_UP || odd));
}

bool number_round(struct number number, int decimals, enum rounding rounding, int64_t *out_mantissa)
{
    assert(decimals >= 0 && decimals <= DECIMAL_TEXT_DECIMALS_MAX);
    uint128 divisor = (uint128)number.denominator;
    uint128 magnitude = magnitude_of(number.numerator);
    uint128 whole = magnitude / divisor, rest = magnitude % divisor;
    if (whole > LOW_64)
        return false;
    uint64_t fraction = fraction_of(&rest, divisor, decimals);
    uint128 mantissa = whole * (uint128)decimal_power(decimals) + fraction;
    mantissa += rounds_up(rest, divisor, mantissa & 1, rounding);

    bool negative = number.numerator < 0;
    if (mantissa > (uint128)INT64_MAX + negative)
        return false;
    *out_mantissa = (int64_t)(negative ? 0 - mantissa : mantissa);
    return true;
}

const char *number_text(struct number number, int decimals, enum rounding rounding,
                        char buffer[NUMBER_TEXT_SIZE])
{
    static_assert(NUMBER_TEXT_SIZE >= DECIMAL_TEXT_SIZE, "a decimal fits");
    int64_t mantissa;
    if (number_round(number, decimals, rounding, &mantissa))
        return decimal_text(mantissa, decimals, buffer);
    snprintf(buffer, NUMBER_TEXT_SIZE, "%.15e", number_to_double(number));
    return buffer;
}
