#include "common/base/bytes.h"

#include <string.h>

struct bytes bytes_of_text(const char *text)
{
    return (struct bytes){ text, strlen(text) };
}

bool bytes_equal(struct bytes left, struct bytes right)
{
    return left.size == right.size &&
           (left.size == 0 || memcmp(left.data, right.data, left.size) == 0);
}

static void put(unsigned char *target, unsigned long long value, int size)
{
    for (int i = 0; i < size; i++)
        target[i] = (unsigned char)(value >> (8 * (size - 1 - i)));
}

void bytes_put_u32(unsigned char *target, unsigned value)
{
    put(target, value, 4);
}

void bytes_put_u64(unsigned char *target, unsigned long long value)
{
    put(target, value, 8);
}

static unsigned long long get(const unsigned char *source, int size)
{
    unsigned long long value = 0;
    for (int i = 0; i < size; i++)
        value = value << 8 | source[i];
    return value;
}

unsigned bytes_get_u32(const unsigned char *source)
{
    return (unsigned)get(source, 4);
}

unsigned long long bytes_get_u64(const unsigned char *source)
{
    return get(source, 8);
}
