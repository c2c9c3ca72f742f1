#ifndef COMMON_BASE_TEXT_H
#define COMMON_BASE_TEXT_H

/* UTF-8 text: what may be stored and signed, how wide it is on a terminal, and a builder. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"

/* Shortest-form UTF-8 without NUL, control characters, bidi overrides and isolates
 * (U+202A-202E, U+2066-2069), surrogates and non-characters. Tab and line feed only if
 * `lines` is true. */
bool text_is_clean(struct bytes text, bool lines);

/* The next character, or -1 when the bytes at *position are not UTF-8; moves *position on. */
int32_t text_next(struct bytes text, size_t *position);

/* Columns on a terminal: a Chinese character takes two (East Asian Width W and F). */
size_t text_width(const char *text);

bool text_equal(const char *left, const char *right);
bool text_starts_with(const char *text, const char *beginning);

/* The longest beginning of `text` of at most `size_max` bytes that ends with a whole character. */
size_t text_fit(const char *text, size_t size_max);

/* Grows as it is written to; to be released with text_builder_free(). */
struct text_builder {
    char *text; /* NUL-terminated once anything was added; NULL before */
    size_t size;
    size_t capacity;
};

void text_builder_free(struct text_builder *builder);
void text_builder_add(struct text_builder *builder, const char *text);
void text_builder_add_bytes(struct text_builder *builder, struct bytes bytes);
void text_builder_format(struct text_builder *builder, const char *format, ...) PRINTF_LIKE(2, 3);
/* Pads with spaces until the last line is `width` columns wide. `from`: where the cell began. */
void text_builder_pad(struct text_builder *builder, size_t from, size_t width);

#endif
