#ifndef COMMON_CUBE_NARROW_H
#define COMMON_CUBE_NARROW_H

/*
 * A fraction of 64 bits, or why there is none: what a truth is found with when only the truth
 * is asked for. It says nothing that a struct number does not say too: what does not fit is BEYOND
 * and is to be computed again with those.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/cube/result.h"

#define NARROW_ABSENT 0    /* unknown, for whatever reason */
#define NARROW_BEYOND (-1) /* does not fit */
#define NARROW_UNREAD (-2) /* nobody looked yet */

struct narrow {
    int64_t numerator;   /* never the smallest int64, which has no opposite */
    int64_t denominator; /* above 0; or one of the above */
};

static inline struct narrow narrow_absent(void)
{
    return (struct narrow){ 0, NARROW_ABSENT };
}

static inline struct narrow narrow_beyond(void)
{
    return (struct narrow){ 0, NARROW_BEYOND };
}

static inline bool narrow_is_number(struct narrow value)
{
    return value.denominator > 0;
}

/* mantissa / denominator, of a cell. */
static inline struct narrow narrow_of_cell(int64_t mantissa, int64_t denominator)
{
    return mantissa == INT64_MIN ? narrow_beyond() : (struct narrow){ mantissa, denominator };
}

/* BEYOND when the number is, or when the result is an overflow. */
struct narrow narrow_of(struct number number);
struct narrow narrow_of_result(struct result result);

/* Of two numbers; a division by zero is ABSENT. */
struct narrow narrow_sum(struct narrow left, struct narrow right);
struct narrow narrow_product(struct narrow left, struct narrow right);
struct narrow narrow_quotient(struct narrow left, struct narrow right);

static inline struct narrow narrow_negated(struct narrow value)
{
    value.numerator = -value.numerator;
    return value;
}

/* -1, 0 or 1, of two numbers: exact for every pair. */
static inline int narrow_compare(struct narrow left, struct narrow right)
{
    if (left.denominator == right.denominator)
        return (left.numerator > right.numerator) - (left.numerator < right.numerator);
    int128 one = (int128)left.numerator * right.denominator;
    int128 other = (int128)right.numerator * left.denominator;
    return (one > other) - (one < other);
}

/* What two come to that are not both numbers. */
static inline struct narrow narrow_lacking(struct narrow left, struct narrow right)
{
    bool beyond = left.denominator == NARROW_BEYOND || right.denominator == NARROW_BEYOND;
    return beyond ? narrow_beyond() : narrow_absent();
}

#endif
