#include "common/base/memory.h"

#include <assert.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/messages.h"
#include "common/base/seeded_bug.h"

#define FIRST_CAPACITY 8
#define KEPT_MAX (32 * 1024 * 1024) /* the most that glibc takes for both */

static void *checked(void *block)
{
    if (block || seeded_bug(BUG_GO_ON_WITHOUT_MEMORY))
        return block;
    fputs(MESSAGE_OUT_OF_MEMORY, stderr);
    fputc('\n', stderr);
    abort();
}

void *memory_zeroed(size_t count, size_t size)
{
    bool empty = count == 0 || size == 0; /* for which calloc() may answer NULL */
    return checked(empty ? calloc(1, 1) : calloc(count, size));
}

void *memory_raw(size_t size)
{
    assert(size > 0);
    return checked(malloc(size));
}

void *memory_grown(void *array, size_t *capacity, size_t needed, size_t size)
{
    assert(size > 0);
    assert(needed <= SIZE_MAX / 4 / size);
    if (array && needed <= *capacity)
        return array;

    size_t kept = array ? *capacity : 0;
    size_t wanted = kept ? kept * 2 : FIRST_CAPACITY;
    if (wanted < needed)
        wanted = needed;
    char *grown = checked(realloc(array, wanted * size));
    memset(grown + kept * size, 0, (wanted - kept) * size);
    *capacity = wanted;
    return grown;
}

char *memory_copy_text(const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(memory_zeroed(size, 1), text, size);
}

void memory_keep(void)
{
    (void)mallopt(M_TRIM_THRESHOLD, KEPT_MAX);
    (void)mallopt(M_MMAP_THRESHOLD, KEPT_MAX);
}

void memory_free(void *pointer)
{
    void *block;
    memcpy(&block, pointer, sizeof block);
    free(block);
    block = NULL;
    memcpy(pointer, &block, sizeof block);
}
