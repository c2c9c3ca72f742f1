#ifndef COMMON_FORMAT_FIGURE_H
#define COMMON_FORMAT_FIGURE_H

/*
 * A figure as people write it in a cell: full-width digits, odd spaces, thousands
 * separators, a unit behind the number. What can be read only one way is read and said
 * (`foldings`); everything else is told apart, so that the person hears the cause.
 * Decimal digits all the way: no double ever holds a figure.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/decimal.h"

#define FIGURE_TEXT_SIZE 160
#define FIGURE_SCALE_MAX 18

/* What was read differently from how it was written: one bit each. */
enum figure_folding {
    FOLDING_WIDTH = 1,     /* full-width digits, letters and signs */
    FOLDING_MINUS = 2,     /* U+2212 */
    FOLDING_SPACE = 4,     /* no-break and ideographic space */
    FOLDING_INVISIBLE = 8, /* zero-width characters */
    FOLDING_GROUPS = 16    /* thousands separators */
};

enum figure_trouble {
    FIGURE_OK,
    FIGURE_EMPTY,
    FIGURE_NOT_A_NUMBER,
    FIGURE_TOO_LONG,
    FIGURE_EXPONENT,               /* 9.12E+17 */
    FIGURE_GROUPS,                 /* 12,34 */
    FIGURE_GROUPS_OF_TEN_THOUSAND, /* 1,2345 */
    FIGURE_PARENTHESES,            /* (123) */
    FIGURE_CURRENCY,               /* ￥123 */
    FIGURE_FORMULA                 /* =A1+B1 */
};

struct figure {
    char text[FIGURE_TEXT_SIZE];   /* folded, without spaces around it */
    char digits[FIGURE_TEXT_SIZE]; /* [+-]digits[.digits] */
    const char *unit;              /* into `text`: what stands behind the number, "" nothing */
    unsigned foldings;
};

/* Folds and trims a cell that need not be a number: a code, a status word. False when it is too
 * long for any of them or not UTF-8. */
NODISCARD bool figure_fold(struct bytes cell, char buffer[FIGURE_TEXT_SIZE],
                           unsigned *out_foldings);

/* `out->text` and `out->foldings` are filled whatever comes back, but for FIGURE_TOO_LONG. */
NODISCARD enum figure_trouble figure_read(struct bytes cell, struct figure *out);

/* The number times 10^exponent, exactly. `exponent` is within ± FIGURE_SCALE_MAX. */
NODISCARD enum decimal_trouble figure_mantissa(const struct figure *figure, int exponent,
                                               int decimals, int64_t *out_mantissa);

#endif
