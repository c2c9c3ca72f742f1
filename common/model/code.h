#ifndef COMMON_MODEL_CODE_H
#define COMMON_MODEL_CODE_H

/*
 * A stable code of the catalogue: an item (IB06), a form (JKQ401), a rule (V12), a value
 * of a code list (N). One to eight of A-Z a-z 0-9 _ -, packed into a number whose lowest byte
 * is the last character, so that codes compare and travel as (small differences of) numbers.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"

#define CODE_SIZE_MAX 8
#define CODE_TEXT_SIZE (CODE_SIZE_MAX + 1)

struct code {
    uint64_t packed; /* 0: no code */
};

/* False for an empty, long or foreign text. */
NODISCARD bool code_parse(const char *text, size_t size, struct code *out);
/* For literals in our own source: asserts that it parses. */
struct code code_of(const char *text);
/* Whether the packed number stands for a text. */
bool code_is_valid(struct code code);
bool code_equal(struct code left, struct code right);
/* Returns `buffer`. */
const char *code_text(struct code code, char buffer[CODE_TEXT_SIZE]);

#endif
