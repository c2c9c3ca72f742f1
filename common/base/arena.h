#ifndef COMMON_BASE_ARENA_H
#define COMMON_BASE_ARENA_H

/*
 * Memory for one piece of work: a submission being decoded, a page being
 * rendered. Nothing in it is freed alone; everything goes with it.
 */

#include <stddef.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"

struct arena;

NODISCARD struct arena *arena_create(void);
void arena_destroy(struct arena **arena);

/* Forgets everything taken, keeps the first block: for loops over many pieces of work. */
void arena_reset(struct arena *arena);

/* Zeroed, aligned for any type, valid until arena_destroy() or arena_reset(). Never NULL;
 * `count` may be 0. */
NODISCARD void *arena_take(struct arena *arena, size_t count, size_t size);
NODISCARD char *arena_copy_text(struct arena *arena, const char *text);
NODISCARD struct bytes arena_copy_bytes(struct arena *arena, struct bytes bytes);
NODISCARD char *arena_format(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
