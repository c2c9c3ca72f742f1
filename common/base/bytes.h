#ifndef COMMON_BASE_BYTES_H
#define COMMON_BASE_BYTES_H

/* A borrowed run of bytes: the one shape that LMDB, ZeroMQ and protobuf-c share. */

#include <stdbool.h>
#include <stddef.h>

struct bytes {
    const void *data;
    size_t size;
};

#define BYTES_OF(variable) ((struct bytes){ &(variable), sizeof(variable) })

/* Without the NUL. */
struct bytes bytes_of_text(const char *text);
bool bytes_equal(struct bytes left, struct bytes right);

/* Big-endian numbers, as keys are sorted by them. */
void bytes_put_u32(unsigned char *target, unsigned value);
void bytes_put_u64(unsigned char *target, unsigned long long value);
unsigned bytes_get_u32(const unsigned char *source);
unsigned long long bytes_get_u64(const unsigned char *source);

#endif
