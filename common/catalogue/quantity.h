#ifndef COMMON_CATALOGUE_QUANTITY_H
#define COMMON_CATALOGUE_QUANTITY_H

/*
 * The type of a number: dimension, power of ten, kind, price and time basis. What
 * does not fit together does not compile: money + area, a stock summed over months,
 * percent + percentage points.
 */

#include <stdbool.h>
#include <stdint.h>

#define QUANTITY_DIMENSIONS_MAX 32

enum quantity_kind {
    KIND_PURE, /* a bare number: a factor, 0 fits anything */
    KIND_FLOW,
    KIND_STOCK,
    KIND_AVERAGE,
    KIND_RATIO,
    KIND_INDEX,
    KIND_SCORE,
    KIND_COUNT, /* of rows */
    KIND_COUNT_OF_KINDS
};

enum price_basis { PRICE_NONE, PRICE_CURRENT, PRICE_CONSTANT };
enum time_basis { BASIS_NONE, BASIS_PERIOD, BASIS_CUMULATIVE, BASIS_INSTANT };

struct quantity {
    int8_t exponents[QUANTITY_DIMENSIONS_MAX]; /* of the catalogue's dimensions, in their order */
    int8_t power;  /* of ten: 万元 is 10^4 元; what is stored is in units of 10^power */
    uint8_t kind;  /* enum quantity_kind */
    uint8_t price; /* enum price_basis */
    uint8_t basis; /* enum time_basis */
    bool points;   /* percentage points: a difference of two percentages */
};

bool quantity_same_dimension(const struct quantity *left, const struct quantity *right);
bool quantity_is_dimensionless(const struct quantity *quantity);

#endif
