#ifndef COMMON_CATALOGUE_LEXER_H
#define COMMON_CATALOGUE_LEXER_H

/*
 * Cuts the text of a catalogue into tokens. Takes any bytes: what is no token is
 * reported with its place and left out, so that the rest can still be read.
 */

#include <stddef.h>

#include "common/catalogue/expression.h"
#include "common/catalogue/source.h"

#define TOKENS_MAX 1000000

struct arena;
struct reporter;

/* Signs stand for themselves: '{', '+' …; those of two characters follow below. */
enum token_kind {
    TOKEN_END = 0,
    TOKEN_NAME = 256,
    TOKEN_STRING,
    TOKEN_NUMBER,
    TOKEN_DATE,   /* 2026-10-01 */
    TOKEN_PERIOD, /* 2021-Q3, 2021-M07 */
    TOKEN_DOTS,   /* .. */
    TOKEN_LESS_OR_EQUAL,
    TOKEN_GREATER_OR_EQUAL,
    TOKEN_NOT_EQUAL
};

struct token {
    int kind;
    bool quoted; /* a NAME between single quotes: never a word of the language */
    struct place place;
    const char *text; /* NAME, STRING: what it says; otherwise as written */
};

struct tokens {
    const struct token *items; /* the last one is TOKEN_END */
    size_t count;              /* without it */
};

/* Of all files, one after the other. The texts live in `arena`, the tokens in `scratch`. */
struct tokens lexer_read(struct sources sources, struct arena *arena, struct arena *scratch,
                         struct reporter *reporter);

#endif
