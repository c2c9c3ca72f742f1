#include "common/base/decimal.h"

#include <assert.h>
#include <stdio.h>

#define POWER_MAX 38

static bool is_digit(char character)
{
    return character >= '0' && character <= '9';
}

/* What stands in the text: an optional sign, digits, and perhaps a point and digits. */
struct shape {
    bool negative;
    size_t whole; /* where the digits begin */
    size_t point; /* where they end */
    size_t end;
};

static bool read_shape(const char *text, size_t size, struct shape *out)
{
    size_t i = 0;
    bool sign = size > 0 && (text[0] == '+' || text[0] == '-');
    out->negative = sign && text[0] == '-';
    out->whole = i = sign ? 1 : 0;
    while (i < size && is_digit(text[i]))
        i++;
    out->point = i;
    out->end = size;
    if (i == out->whole)
        return false;
    if (i == size)
        return true;
    if (text[i] != '.' || i + 1 == size)
        return false;
    for (i++; i < size; i++)
        if (!is_digit(text[i]))
            return false;
    return true;
}

/* The mantissa's magnitude at this scale; sticks at UINT64_MAX when it is larger. */
static uint64_t magnitude_of(const char *text, const struct shape *shape, int decimals)
{
    uint64_t magnitude = 0;
    bool fits = true;
    size_t wanted = shape->point + (decimals > 0 ? 1 + (size_t)decimals : 0);
    for (size_t i = shape->whole; i < wanted; i++) {
        if (i == shape->point)
            continue;
        uint64_t digit = i < shape->end ? (uint64_t)(text[i] - '0') : 0;
        fits = fits && !__builtin_mul_overflow(magnitude, 10u, &magnitude) &&
               !__builtin_add_overflow(magnitude, digit, &magnitude);
    }
    return fits ? magnitude : UINT64_MAX;
}

enum decimal_trouble decimal_parse(const char *text, size_t size, int decimals,
                                   int64_t *out_mantissa)
{
    assert(decimals >= 0 && decimals <= DECIMAL_DECIMALS_MAX);
    struct shape shape;
    if (size == 0)
        return DECIMAL_EMPTY;
    if (!read_shape(text, size, &shape))
        return DECIMAL_NOT_A_NUMBER;

    for (size_t i = shape.point + 1 + (size_t)decimals; i < size; i++)
        if (text[i] != '0')
            return DECIMAL_TOO_PRECISE;
    uint64_t magnitude = magnitude_of(text, &shape, decimals);
    if (magnitude > (uint64_t)INT64_MAX + shape.negative)
        return DECIMAL_TOO_LARGE;
    /* Through unsigned, so that the smallest number can be negated. */
    *out_mantissa = (int64_t)(shape.negative ? 0 - magnitude : magnitude);
    return DECIMAL_OK;
}

const char *decimal_text(int64_t mantissa, int decimals, char buffer[DECIMAL_TEXT_SIZE])
{
    assert(decimals >= 0 && decimals <= DECIMAL_TEXT_DECIMALS_MAX);
    uint64_t magnitude = mantissa < 0 ? 0 - (uint64_t)mantissa : (uint64_t)mantissa;
    uint64_t unit = (uint64_t)decimal_power(decimals);
    const char *sign = mantissa < 0 ? "-" : "";
    if (decimals == 0)
        snprintf(buffer, DECIMAL_TEXT_SIZE, "%s%llu", sign, (unsigned long long)magnitude);
    else
        snprintf(buffer, DECIMAL_TEXT_SIZE, "%s%llu.%0*llu", sign,
                 (unsigned long long)(magnitude / unit), decimals,
                 (unsigned long long)(magnitude % unit));
    return buffer;
}

int128 decimal_power(int exponent)
{
    assert(exponent >= 0 && exponent <= POWER_MAX);
    /* clang-format off */
    static const int64_t small[] = {
        1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000,
        100000000000, 1000000000000, 10000000000000, 100000000000000, 1000000000000000,
        10000000000000000, 100000000000000000, 1000000000000000000,
    };
    /* clang-format on */
    static const int last = (int)COUNT_OF(small) - 1;
    int128 power = small[exponent < last ? exponent : last];
    for (int i = last; i < exponent; i++)
        power *= 10;
    return power;
}
