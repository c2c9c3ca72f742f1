#include "common/base/arena.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/memory.h"

#define BLOCK_SIZE ((size_t)64 * 1024)

/* Blocks are a list, the latest first; only the first one survives arena_reset(). */
struct block {
    struct block *earlier;
    size_t used;
    size_t capacity;
    max_align_t start[];
};

struct arena {
    struct block *latest;
};

static void push_block(struct arena *arena, size_t wanted)
{
    size_t capacity = wanted > BLOCK_SIZE ? wanted : BLOCK_SIZE;
    struct block *block = memory_raw(sizeof *block + capacity);
    *block = (struct block){ .earlier = arena->latest, .capacity = capacity };
    arena->latest = block;
}

struct arena *arena_create(void)
{
    struct arena *arena = memory_zeroed(1, sizeof *arena);
    push_block(arena, 0);
    return arena;
}

/* Leaves the first block alone. */
static void pop_blocks(struct arena *arena)
{
    while (arena->latest->earlier) {
        struct block *earlier = arena->latest->earlier;
        free(arena->latest);
        arena->latest = earlier;
    }
}

void arena_destroy(struct arena **arena)
{
    if (!*arena)
        return;
    pop_blocks(*arena);
    free((*arena)->latest);
    free(*arena);
    *arena = NULL;
}

void arena_reset(struct arena *arena)
{
    pop_blocks(arena);
    arena->latest->used = 0;
}

static size_t aligned(size_t size)
{
    size_t step = _Alignof(max_align_t);
    return (size + step - 1) / step * step;
}

void *arena_take(struct arena *arena, size_t count, size_t size)
{
    assert(size > 0);
    assert(count <= SIZE_MAX / 4 / size);

    size_t wanted = aligned(count * size);
    if (arena->latest->capacity - arena->latest->used < wanted)
        push_block(arena, wanted);

    void *taken = (char *)arena->latest->start + arena->latest->used;
    arena->latest->used += wanted;
    return memset(taken, 0, wanted);
}

char *arena_copy_text(struct arena *arena, const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(arena_take(arena, size, 1), text, size);
}

struct bytes arena_copy_bytes(struct arena *arena, struct bytes bytes)
{
    char *copy = arena_take(arena, bytes.size, 1);
    if (bytes.size > 0)
        memcpy(copy, bytes.data, bytes.size);
    return (struct bytes){ copy, bytes.size };
}

char *arena_format(struct arena *arena, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    assert(length >= 0);

    size_t size = (size_t)length + 1;
    char *text = arena_take(arena, size, 1);
    va_start(arguments, format);
    vsnprintf(text, size, format, arguments);
    va_end(arguments);
    return text;
}
