#include "common/storage/key.h"

#include <assert.h>
#include <string.h>

static unsigned char *extended(struct key *key, size_t size)
{
    assert(size <= sizeof key->bytes - key->size);
    unsigned char *start = key->bytes + key->size;
    key->size += size;
    return start;
}

void key_add_u32(struct key *key, uint32_t value)
{
    bytes_put_u32(extended(key, 4), value);
}

void key_add_u64(struct key *key, uint64_t value)
{
    bytes_put_u64(extended(key, 8), value);
}

void key_add_text(struct key *key, const char *text, size_t width)
{
    size_t size = strlen(text);
    assert(size <= width);
    unsigned char *start = extended(key, width);
    memset(start, 0, width);
    memcpy(start, text, size);
}

void key_add_bytes(struct key *key, struct bytes bytes)
{
    memcpy(extended(key, bytes.size), bytes.data, bytes.size);
}

struct bytes key_bytes(const struct key *key)
{
    return (struct bytes){ key->bytes, key->size };
}
