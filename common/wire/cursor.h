#ifndef COMMON_WIRE_CURSOR_H
#define COMMON_WIRE_CURSOR_H

/* Walks over the primitives of the protobuf encoding; takes nothing that has two forms. */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"

struct cursor {
    const unsigned char *at;
    const unsigned char *end;
};

struct cursor cursor_of(struct bytes bytes);
bool cursor_is_at_end(const struct cursor *cursor);

/* False when it is cut, longer than it needs to be, or does not fit in 64 bits. */
NODISCARD bool cursor_take_varint(struct cursor *cursor, uint64_t *out);
/* A length and that many bytes, borrowed. False when they are not all there. */
NODISCARD bool cursor_take_run(struct cursor *cursor, struct bytes *out);

#endif
