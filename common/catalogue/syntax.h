#ifndef COMMON_CATALOGUE_SYNTAX_H
#define COMMON_CATALOGUE_SYNTAX_H

/* An expression as it is written: names and units are still words. */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/number.h"
#include "common/catalogue/expression.h"
#include "common/catalogue/lexer.h"

#define SYNTAX_DEPTH_MAX 64 /* of brackets */
#define SYNTAX_TREE_MAX 256 /* with chains: a + b + … */
#define SYNTAX_ARGUMENTS_MAX 8
#define SYNTAX_SET_MAX 256

struct reader;

enum syntax_kind {
    SYNTAX_NUMBER, /* unit */
    SYNTAX_DATE,
    SYNTAX_NAME,      /* shift */
    SYNTAX_CALL,      /* name, arguments */
    SYNTAX_ROWS,      /* name: count, sum, min, max; roster, column, where, top */
    SYNTAX_OPERATION, /* operation of 1 to 3 arguments */
    SYNTAX_IN_SET,    /* first argument, set */
    SYNTAX_IN_RANGE   /* three arguments */
};

/* 万元/公顷^2: factors with exponents, in the order written. */
struct unit_factor {
    const struct token *name; /* a NAME or % */
    int exponent;
};

struct unit_syntax {
    const struct unit_factor *factors;
    size_t count; /* 0: no unit */
};

struct syntax {
    enum syntax_kind kind;
    enum operation operation;
    const struct token *token;
    struct number number;
    struct unit_syntax unit;
    struct shift shift;
    bool shifted;
    const struct syntax *arguments[SYNTAX_ARGUMENTS_MAX];
    size_t argument_count;
    const struct token *roster;
    const struct token *column;
    const struct syntax *where;
    int top;
    int depth;
    bool has_range; /* x in a .. b reads x twice: it must not hold another range */
    const struct token *const *set;
    size_t set_count;
};

/* NULL after a report. */
const struct syntax *syntax_read(struct reader *reader);
/* A unit, as it stands behind a number or the word `unit`. False after a report. */
bool syntax_read_unit(struct reader *reader, struct unit_syntax *out);
/* Whether a declared unit or % stands there. */
bool syntax_at_unit(const struct reader *reader);

#endif
