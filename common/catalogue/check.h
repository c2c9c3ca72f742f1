#ifndef COMMON_CATALOGUE_CHECK_H
#define COMMON_CATALOGUE_CHECK_H

/*
 * Turns what was written into what can be evaluated: names become indexes, types are
 * compared, conversions become SCALE nodes. An expression with a mistake is NULL: it
 * was reported once and stays silent wherever it is used.
 */

#include <stddef.h>

#include "common/catalogue/compiler.h"

struct checker {
    struct compiler *compiler;
    size_t roster; /* whose row is in hand, or none */
    size_t it;     /* the item that `it` stands for, or none */
};

const struct expression *check_expression(const struct checker *checker,
                                          const struct syntax *syntax);
/* A truth, as a check and a `when` must be. */
const struct expression *check_truth(const struct checker *checker, const struct syntax *syntax);
/* A number in this unit; `unit` gets kind, basis and price of the value. */
const struct expression *check_value(const struct checker *checker, const struct syntax *syntax,
                                     struct quantity *unit);

/* The parts, each for its kind of syntax. */
const struct expression *check_name(const struct checker *checker, const struct syntax *syntax);
const struct expression *check_constant(const struct checker *checker, const struct syntax *syntax);
const struct expression *check_call(const struct checker *checker, const struct syntax *syntax);
const struct expression *check_rows(const struct checker *checker, const struct syntax *syntax);
/* The code that a NAME or number stands for in the list; false after a report. */
bool check_code(const struct checker *checker, const struct token *token, size_t list,
                struct code *out);
/* Whether the syntax is a plain name that stands for nothing but a code. */
bool check_is_word(const struct checker *checker, const struct syntax *syntax);

struct expression *check_new(const struct checker *checker, const struct syntax *syntax,
                             enum operation operation, enum expression_class class);
const struct expression *check_operation(const struct checker *checker, const struct syntax *syntax,
                                         enum operation operation, enum expression_class class,
                                         const struct expression *left,
                                         const struct expression *right);

#endif
