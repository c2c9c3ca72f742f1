#include "aggregator/recent.h"

#include "common/base/arena.h"
#include "common/base/memory.h"

struct recent {
    struct arena *arena;
    uint64_t first;
    struct bytes *leaves;
    size_t count;
    size_t capacity;
};

struct recent *recent_create(void)
{
    struct recent *recent = memory_zeroed(1, sizeof *recent);
    recent->arena = arena_create();
    return recent;
}

void recent_destroy(struct recent **recent)
{
    if (*recent) {
        arena_destroy(&(*recent)->arena);
        memory_free(&(*recent)->leaves);
    }
    memory_free(recent);
}

void recent_begin(struct recent *recent, uint64_t first)
{
    arena_reset(recent->arena);
    recent->first = first;
    recent->count = 0;
}

struct arena *recent_arena(const struct recent *recent)
{
    return recent->arena;
}

void recent_add(struct recent *recent, struct bytes leaf)
{
    recent->leaves =
        memory_grown(recent->leaves, &recent->capacity, recent->count + 1, sizeof *recent->leaves);
    recent->leaves[recent->count++] = leaf;
}

bool recent_find(const struct recent *recent, uint64_t position, struct bytes *out)
{
    if (position < recent->first || position - recent->first >= recent->count)
        return false;
    *out = recent->leaves[position - recent->first];
    return true;
}
