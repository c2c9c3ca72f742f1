#ifndef COMMON_CATALOGUE_EXPRESSION_H
#define COMMON_CATALOGUE_EXPRESSION_H

/*
 * A checked expression: names are resolved to indexes into the catalogue, units are
 * converted by explicit SCALE nodes, so that an evaluator needs no types at run time.
 * Total: no loops, no recursion, cost bounded by its size and the rows of a roster.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/number.h"
#include "common/catalogue/quantity.h"
#include "common/model/code.h"

enum expression_class {
    CLASS_NUMBER,
    CLASS_TRUTH, /* three-valued */
    CLASS_CODE,  /* of a code list */
    CLASS_DATE,  /* days since 1970 */
    CLASS_TEXT
};

enum operation {
    /* leaves */
    OPERATION_CONSTANT,   /* number, in the unit written behind it */
    OPERATION_CODE,       /* code of list `list` */
    OPERATION_ITEM,       /* item of the zone, shifted in time */
    OPERATION_COLUMN,     /* item of the current row of the roster in hand */
    OPERATION_ATTRIBUTE,  /* attribute of the zone at the (unshifted) period */
    OPERATION_INDICATOR,  /* another indicator, same node, shifted in time */
    OPERATION_PERIOD_END, /* last day of the period */
    /* numbers */
    OPERATION_NEGATE,
    OPERATION_ADD,
    OPERATION_SUBTRACT,
    OPERATION_MULTIPLY,
    OPERATION_DIVIDE,
    OPERATION_SCALE, /* left * 10^exponent: the checker's unit conversion */
    OPERATION_ABSOLUTE,
    OPERATION_SMALLER,     /* min(a, b) */
    OPERATION_LARGER,      /* max(a, b) */
    OPERATION_FIRST_OF,    /* the first that is not missing */
    OPERATION_DAYS,        /* days from left to right */
    OPERATION_WORKDAYS,    /* Monday to Friday but for declared holidays, after left up to right */
    OPERATION_YEARS_LATER, /* date + `exponent` years */
    /* rosters: over the rows of `form` in the zone and period, where `left` (may be NULL) is true
     */
    OPERATION_ROWS_COUNT,
    OPERATION_ROWS_SUM, /* of item; the `top` largest only when top > 0 */
    OPERATION_ROWS_SMALLEST,
    OPERATION_ROWS_LARGEST,
    /* truth */
    OPERATION_TRUE,
    OPERATION_FALSE,
    OPERATION_FLAG, /* left, a flag item or column, is set */
    OPERATION_LESS,
    OPERATION_LESS_OR_EQUAL,
    OPERATION_GREATER,
    OPERATION_GREATER_OR_EQUAL,
    OPERATION_EQUAL,
    OPERATION_NOT_EQUAL,
    OPERATION_IN_SET, /* left is one of codes */
    OPERATION_AND,
    OPERATION_OR,
    OPERATION_NOT,
    OPERATION_IMPLIES,
    OPERATION_IS_MISSING,        /* never unknown */
    OPERATION_VALID_CREDIT_CODE, /* left, a text: 18 characters with the check character of GB
                                    32100-2015 */
    OPERATION_REFERS,            /* left, a text, is a row key of roster `form` */
    /* any class */
    OPERATION_IF, /* left ? right : third */
    OPERATION_COUNT
};

enum shift_basis {
    SHIFT_AS_REPORTED,
    SHIFT_PERIOD_ONLY, /* @period: the period's own part of a cumulative flow */
    SHIFT_CUMULATIVE   /* @ytd: January to the period, of a period flow */
};

/* Applied in this order: years, steps, part, basis. */
struct shift {
    int8_t years; /* @yoy is -1 */
    int8_t steps; /* @prev is -1, in periods of the same frequency, within the year for a cumulative
                     flow */
    uint8_t part_frequency; /* @M12, @Q4: enum frequency, with part_number > 0 */
    uint8_t part_number;
    uint8_t basis; /* enum shift_basis */
};

/* Most items are read as they stand: no calendar is asked. */
static inline bool shift_is_none(const struct shift *shift)
{
    return shift->years == 0 && shift->steps == 0 && shift->part_number == 0 &&
           shift->basis == SHIFT_AS_REPORTED;
}

static inline bool shift_equal(const struct shift *left, const struct shift *right)
{
    return left->years == right->years && left->steps == right->steps &&
           left->basis == right->basis && left->part_frequency == right->part_frequency &&
           left->part_number == right->part_number;
}

struct place {
    uint16_t file;   /* index into the sources */
    uint16_t column; /* from 1, in characters */
    uint32_t line;   /* from 1 */
};

/* What an evaluator reads of every node comes first: a hundred rules are walked for every return.
 */
struct expression {
    enum operation operation;
    enum expression_class class;
    const struct expression *left;
    const struct expression *right;
    const struct expression *third;
    size_t item; /* ITEM, COLUMN, ROWS_*: index of the item */
    struct shift shift;
    int exponent;
    int top;
    struct number constant;
    size_t form; /* COLUMN, ROWS_*, REFERS: index of the roster */
    size_t attribute;
    size_t indicator;
    size_t list; /* CLASS_CODE: index of the code list */
    struct code code;
    const struct code *codes; /* IN_SET */
    size_t code_count;
    const char *unit; /* CONSTANT: as written behind it; "" otherwise */
    struct place place;
    struct quantity quantity; /* CLASS_NUMBER: the unit its number is in */
};

struct arena;
struct catalogue;

/* The expression as it could be written, with names in the person's language:
 * "主导产业营业收入 / 规模以上工业营业收入 >= 70%". Conversions are not shown. Lives in the arena.
 */
const char *expression_text(const struct catalogue *catalogue, const struct expression *expression,
                            struct arena *arena);

#endif
