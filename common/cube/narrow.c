#include "common/cube/narrow.h"

struct narrow narrow_of(struct number number)
{
    int64_t numerator = (int64_t)number.numerator, denominator = (int64_t)number.denominator;
    bool fits = number.numerator == numerator && number.denominator == denominator;
    return fits ? narrow_of_cell(numerator, denominator) : narrow_beyond();
}

struct narrow narrow_of_result(struct result result)
{
    if (result.absence == ABSENCE_NONE)
        return narrow_of(result.number);
    return result.absence == ABSENCE_OVERFLOW ? narrow_beyond() : narrow_absent();
}

static struct narrow kept(bool overflows, int64_t numerator, int64_t denominator)
{
    return overflows ? narrow_beyond() : narrow_of_cell(numerator, denominator);
}

struct narrow narrow_sum(struct narrow left, struct narrow right)
{
    int64_t numerator = 0, denominator = left.denominator;
    bool overflows = false;
    if (left.denominator != right.denominator)
        overflows = __builtin_mul_overflow(left.numerator, right.denominator, &left.numerator) ||
                    __builtin_mul_overflow(right.numerator, left.denominator, &right.numerator) ||
                    __builtin_mul_overflow(left.denominator, right.denominator, &denominator);
    overflows = overflows || __builtin_add_overflow(left.numerator, right.numerator, &numerator);
    return kept(overflows, numerator, denominator);
}

struct narrow narrow_product(struct narrow left, struct narrow right)
{
    int64_t numerator = 0, denominator = 0;
    bool overflows = __builtin_mul_overflow(left.numerator, right.numerator, &numerator) ||
                     __builtin_mul_overflow(left.denominator, right.denominator, &denominator);
    return kept(overflows, numerator, denominator);
}

struct narrow narrow_quotient(struct narrow left, struct narrow right)
{
    if (right.numerator == 0)
        return narrow_absent();
    int64_t sign = right.numerator < 0 ? -1 : 1;
    return narrow_product(left,
                          (struct narrow){ sign * right.denominator, sign * right.numerator });
}
