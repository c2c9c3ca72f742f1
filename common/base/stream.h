#ifndef COMMON_BASE_STREAM_H
#define COMMON_BASE_STREAM_H

/* Bytes that come from somewhere and go somewhere, handed in: a file, a run of memory, or what a
 * test puts in its place. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/bytes.h"

struct error;

/* May be read more than once. */
struct byte_source {
    uint64_t size;
    /* All of them, or false; nobody asks for bytes beyond the end. */
    bool (*read)(struct byte_source *source, uint64_t offset, void *target, size_t size,
                 struct error *err);
};

struct byte_sink {
    bool (*write)(struct byte_sink *sink, struct bytes bytes, struct error *err);
};

struct memory_source {
    struct byte_source source; /* first, so that a pointer to it is a pointer to the whole */
    struct bytes bytes;
};

/* Borrows the bytes. */
struct memory_source memory_source_of(struct bytes bytes);

#endif
