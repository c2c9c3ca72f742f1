#ifndef COMMON_WIRE_LINES_H
#define COMMON_WIRE_LINES_H

/*
 * Strict reading of the wire's text files: cards, checkpoints, receipts. One meaning has
 * one spelling: every line ends with a line feed, numbers have no leading zeros, base64 is
 * canonical. Nothing is copied.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"

struct text_builder;

struct lines {
    struct bytes rest; /* what was not read yet */
    size_t number;     /* of the line read last, from 1 */
};

struct lines lines_of(struct bytes text);
/* The next line without its line feed; false when no whole line is left. Counts it anyway. */
NODISCARD bool lines_next(struct lines *lines, struct bytes *out);

bool line_is(struct bytes line, const char *text);
/* Takes `beginning` off the line, if it begins so. */
NODISCARD bool line_begins(struct bytes *line, const char *beginning);
/* The whole line is one decimal number of 64 bits. */
NODISCARD bool line_number(struct bytes line, uint64_t *out);

/* RFC 4648, section 4, with padding. */
void base64_add(struct text_builder *builder, struct bytes bytes);
/* False for what base64_add() would not write, and for more than `capacity` bytes. */
NODISCARD bool base64_read(struct bytes text, unsigned char *target, size_t capacity,
                           size_t *out_size);

#endif
