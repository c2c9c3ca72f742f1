#ifndef COMMON_FORMAT_ENCODING_H
#define COMMON_FORMAT_ENCODING_H

/*
 * Decides, for a whole file, how its bytes become characters. Every tenth Chinese character
 * in GBK is also valid UTF-8, so validity alone decides nothing: the text must also begin
 * with a header that the caller knows. Nothing is ever replaced or left out.
 */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"

struct arena;
struct error;

enum encoding {
    ENCODING_UTF8,
    ENCODING_UTF16_LE,
    ENCODING_UTF16_BE,
    ENCODING_GB18030,
    ENCODING_COUNT
};

/* Whether the text begins as one of the files the caller understands. */
typedef bool encoding_known_fn(struct bytes text, const void *context);

/* A byte order mark decides; without one strict UTF-8 with a known header, then strict GB18030
 * with a known header. The text is UTF-8 without a mark; it borrows from `content` or lives in
 * the arena. Fails with REFUSED for a workbook, a page, UTF-32, binary and undecidable files. */
NODISCARD bool encoding_decode(struct bytes content, encoding_known_fn *known, const void *context,
                               struct arena *arena, enum encoding *out_encoding,
                               struct bytes *out_text, struct error *err);

/* "UTF-8", "GB18030" … */
const char *encoding_name(enum encoding encoding);

#endif
