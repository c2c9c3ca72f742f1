#ifndef COMMON_BASE_NUMBER_H
#define COMMON_BASE_NUMBER_H

/*
 * An exact rational number: what expressions are computed with, so that
 * 699,999 of 1,000,000 is below 70 % and nothing is rounded before it is shown.
 *
 * Numbers are not kept in lowest terms: an operation reduces only when it would
 * overflow otherwise, and fails (false) when it overflows even then. Nothing wraps.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"

struct number {
    int128 numerator;
    int128 denominator; /* > 0 */
};

/* How a number becomes a decimal, once, at output. */
enum rounding {
    ROUNDING_HALF_UP,  /* half away from zero */
    ROUNDING_HALF_EVEN /* GB/T 8170-2008 */
};

#define NUMBER_TEXT_SIZE 64

struct number number_of(int64_t value);
struct number number_of_decimal(int64_t mantissa, int decimals);

/* out = left op right; false on overflow, and for a division by zero (ask number_is_zero first). */
NODISCARD bool number_add(struct number left, struct number right, struct number *out);
NODISCARD bool number_subtract(struct number left, struct number right, struct number *out);
NODISCARD bool number_multiply(struct number left, struct number right, struct number *out);
NODISCARD bool number_divide(struct number left, struct number right, struct number *out);
/* out = left * 10^exponent, exponent may be negative. */
NODISCARD bool number_shift(struct number left, int exponent, struct number *out);

bool number_is_zero(struct number number);
int number_sign(struct number number);

/* Exact for every pair: -1, 0 or 1. Cross-multiplies in 256 bits, never divides. */
int number_compare(struct number left, struct number right);

/* For logarithms, plots and statistics only; never for a comparison with a limit. */
double number_to_double(struct number number);

/* The decimal nearest to the number, 0 to 18 digits behind the point; false when the mantissa does
 * not fit in 64 bits. */
NODISCARD bool number_round(struct number number, int decimals, enum rounding rounding,
                            int64_t *out_mantissa);

/* "82.81", rounded for a person to read. Returns `buffer`; "∞" style texts never occur:
 * what is too long is written with an exponent. */
const char *number_text(struct number number, int decimals, enum rounding rounding,
                        char buffer[NUMBER_TEXT_SIZE]);

#endif
