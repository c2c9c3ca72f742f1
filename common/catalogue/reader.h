#ifndef COMMON_CATALOGUE_READER_H
#define COMMON_CATALOGUE_READER_H

/*
 * Reads the tokens of one declaration from left to right. Each function takes what it
 * expects and moves on, or reports what stands there instead and returns false.
 */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/base/language.h"
#include "common/base/number.h"
#include "common/catalogue/lexer.h"
#include "common/model/code.h"
#include "common/model/period.h"

struct compiler;

struct reader {
    struct compiler *compiler;
    const struct token *token;
    const struct token *end; /* not to be taken */
    int depth;               /* of the expression being read */
};

int reader_kind(const struct reader *reader); /* TOKEN_END at the end */
bool reader_at_word(const struct reader *reader, const char *word);
const struct token *reader_take(struct reader *reader); /* NULL at the end */
/* Takes it when it is there; never reports. */
bool reader_accept(struct reader *reader, int kind);
bool reader_accept_word(struct reader *reader, const char *word);

/* `what` is what was expected, in the person's language. Always false. */
bool reader_refuse(const struct reader *reader, const char *what);

bool reader_sign(struct reader *reader, int kind);
bool reader_name(struct reader *reader, const char *what, const struct token **out);
bool reader_words(struct reader *reader, struct words *out); /* "…" / "…" */
bool reader_string(struct reader *reader, const char **out);
bool reader_code(struct reader *reader, const char *what, struct code *out);
bool reader_number(struct reader *reader, struct number *out);
/* With an optional minus sign. */
bool reader_signed_number(struct reader *reader, struct number *out);
bool reader_integer(struct reader *reader, int smallest, int largest, int *out);
bool reader_period(struct reader *reader, struct period *out);
bool reader_date(struct reader *reader, int64_t *out);

#endif
