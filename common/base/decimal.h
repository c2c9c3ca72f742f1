#ifndef COMMON_BASE_DECIMAL_H
#define COMMON_BASE_DECIMAL_H

/*
 * Reported figures are decimals: an int64 mantissa and a number of decimals
 * that the catalogue declares (mantissa 12345 with 2 decimals is 123.45).
 * Sums of them are exact in 128 bits and do not depend on the order.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"

#define DECIMAL_DECIMALS_MAX 9
#define DECIMAL_TEXT_DECIMALS_MAX 18 /* a rounded result may show more than an item stores */
#define DECIMAL_TEXT_SIZE 48

enum decimal_trouble {
    DECIMAL_OK,
    DECIMAL_EMPTY,
    DECIMAL_NOT_A_NUMBER,
    DECIMAL_TOO_PRECISE, /* more decimals than the item stores, and they are not zero */
    DECIMAL_TOO_LARGE    /* does not fit in 64 bits at this scale */
};

/* Reads [+-]digits[.digits], ASCII only, no spaces, no thousands separators, no exponent.
 * `text` is not NUL-terminated. */
NODISCARD enum decimal_trouble decimal_parse(const char *text, size_t size, int decimals,
                                             int64_t *out_mantissa);

/* "-1234.50", always with `decimals` digits behind the point. Returns `buffer`. */
const char *decimal_text(int64_t mantissa, int decimals, char buffer[DECIMAL_TEXT_SIZE]);

/* 10^exponent for 0 <= exponent <= 38. */
int128 decimal_power(int exponent);

#endif
