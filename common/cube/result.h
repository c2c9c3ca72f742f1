#ifndef COMMON_CUBE_RESULT_H
#define COMMON_CUBE_RESULT_H

/* What an expression comes to: a number, or the reason why there is none. */

#include <stdint.h>

#include "common/base/number.h"
#include "common/model/value.h"

/* Why there is no number; of several, the first in this order. For `is missing` and
 * `firstof` each of them is missing. */
enum absence {
    ABSENCE_NONE,
    ABSENCE_OVERFLOW, /* does not fit even in 128 bits: an error of the figures */
    ABSENCE_DIVISION_BY_ZERO,
    ABSENCE_NOT_REPORTED,   /* the form did not arrive */
    ABSENCE_MISSING,        /* the cell says missing, suppressed, below unit … */
    ABSENCE_NOT_APPLICABLE, /* the cell says so */
    ABSENCE_NO_PERIOD,      /* no previous period, outside the calendar */
    ABSENCE_NOT_ADDITIVE,   /* asked for a group, and an item has no total */
    ABSENCE_COUNT
};
const char *absence_name(enum absence absence);
const char *absence_words(enum absence absence);

struct result {
    struct number number; /* in the expression's unit; when `absence` is NONE */
    uint8_t absence;      /* enum absence */
    uint8_t status;       /* enum value_status: the worst among its operands */
};

/* The worse status, the first absence, and no number. In line: every step of an expression
 * joins its operands. */
static inline struct result result_joined(struct result left, struct result right)
{
    uint8_t absence = left.absence, status = left.status;
    if (absence == ABSENCE_NONE || (right.absence != ABSENCE_NONE && right.absence < absence))
        absence = right.absence;
    if (status != right.status)
        status = (uint8_t)value_status_worst(left.status, right.status);
    return (struct result){ .number = { 0, 1 }, .absence = absence, .status = status };
}

struct result result_absent(enum absence absence);
/* Absence and status of a cell; the number is left to the caller. */
struct result result_of_cell(struct value value);

#endif
