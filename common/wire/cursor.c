#include "common/wire/cursor.h"

#include <stddef.h>

struct cursor cursor_of(struct bytes bytes)
{
    static const unsigned char nothing[1];
    const unsigned char *start = bytes.size > 0 ? bytes.data : nothing;
    return (struct cursor){ start, start + bytes.size };
}

bool cursor_is_at_end(const struct cursor *cursor)
{
    return cursor->at == cursor->end;
}

bool cursor_take_varint(struct cursor *cursor, uint64_t *out)
{
    uint64_t value = 0;
    for (unsigned shift = 0; cursor->at < cursor->end; shift += 7) {
        unsigned char byte = *cursor->at++;
        if (shift == 63 && byte > 1)
            return false;
        value |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80) {
            *out = value;
            return byte > 0 || shift == 0;
        }
    }
    return false;
}

bool cursor_take_run(struct cursor *cursor, struct bytes *out)
{
    uint64_t size;
    if (!cursor_take_varint(cursor, &size) || size > (uint64_t)(cursor->end - cursor->at))
        return false;
    *out = (struct bytes){ cursor->at, (size_t)size };
    cursor->at += size;
    return true;
}
