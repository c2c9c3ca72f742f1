#include "aggregator/commands/exact.h"

#include <string.h>

static uint128 greatest_divisor(uint128 left, uint128 right)
{
    while (right != 0) {
        uint128 rest = left % right;
        left = right;
        right = rest;
    }
    return left;
}

static void write_decimal(uint128 magnitude, bool negative, char out[EXACT_TEXT_SIZE])
{
    char digits[EXACT_TEXT_SIZE];
    char *at = digits + sizeof digits - 1;
    *at = '\0';
    do {
        *--at = (char)('0' + (int)(magnitude % 10));
        magnitude /= 10;
    } while (magnitude != 0);
    if (negative)
        *--at = '-';
    memcpy(out, at, strlen(at) + 1);
}

struct exact_text exact_text(struct number number)
{
    bool negative = number.numerator < 0;
    uint128 numerator = negative ? -(uint128)number.numerator : (uint128)number.numerator;
    uint128 denominator = (uint128)number.denominator;
    uint128 divisor = greatest_divisor(numerator, denominator);
    struct exact_text out;
    write_decimal(numerator / divisor, negative, out.numerator);
    write_decimal(denominator / divisor, false, out.denominator);
    return out;
}
