#ifndef COMMON_BASE_MEMORY_H
#define COMMON_BASE_MEMORY_H

/*
 * Running out of memory stops the program: what is worth keeping is on disk.
 * So allocation has no failure path, and every size that comes from outside is
 * compared with a named limit before it arrives here.
 */

#include <stddef.h>

#include "common/base/attributes.h"

/* Zeroed; to be given back with memory_free() or free(). Never NULL. */
NODISCARD void *memory_zeroed(size_t count, size_t size);

/* The same without the zeros, for whoever writes before reading. `size` is not 0. */
NODISCARD void *memory_raw(size_t size);

/* Grows an array to at least `needed` elements, at least doubling; the new part is zeroed.
 * `capacity` is read and updated. */
NODISCARD void *memory_grown(void *array, size_t *capacity, size_t needed, size_t size);

NODISCARD char *memory_copy_text(const char *text);

/* From now on what is freed is kept for the next one who asks, instead of being given back to the
 * system page by page: for a program that does the same again and again. */
void memory_keep(void);

/* free() for CLEANUP: frees *(void **)pointer and leaves NULL. */
void memory_free(void *pointer);

#endif
