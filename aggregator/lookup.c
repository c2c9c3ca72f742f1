#include "aggregator/lookup.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "common/base/memory.h"

#define SLOTS_FIRST 64
#define HASH_BASIS UINT64_C(0xcbf29ce484222325)
#define HASH_PRIME UINT64_C(0x100000001b3)

struct slot {
    size_t number; /* plus one; 0: free */
    uint32_t hash;
    uint8_t key_size;
    unsigned char key[LOOKUP_KEY_SIZE_MAX];
};

struct lookup {
    struct slot *slots;
    size_t slot_count; /* a power of two */
    size_t used;
};

struct lookup *lookup_create(void)
{
    struct lookup *lookup = memory_zeroed(1, sizeof *lookup);
    lookup->slot_count = SLOTS_FIRST;
    lookup->slots = memory_zeroed(SLOTS_FIRST, sizeof *lookup->slots);
    return lookup;
}

void lookup_destroy(struct lookup **lookup)
{
    if (*lookup)
        memory_free(&(*lookup)->slots);
    memory_free(lookup);
}

static uint32_t hash_of(struct bytes key)
{
    const unsigned char *bytes = key.data;
    uint64_t hash = HASH_BASIS, run;
    size_t i = 0;
    for (; i + sizeof run <= key.size; i += sizeof run) {
        memcpy(&run, bytes + i, sizeof run);
        hash = (hash ^ run) * HASH_PRIME;
        hash ^= hash >> 29; /* what is high in one run counts in the low bits too */
    }
    for (; i < key.size; i++)
        hash = (hash ^ bytes[i]) * HASH_PRIME;
    return (uint32_t)(hash ^ (hash >> 32));
}

/* The slot that holds the key, or the free one where it belongs. */
static struct slot *slot_of(const struct lookup *lookup, struct bytes key, uint32_t hash)
{
    size_t mask = lookup->slot_count - 1;
    for (size_t i = hash & mask;; i = (i + 1) & mask) {
        struct slot *slot = &lookup->slots[i];
        if (slot->number == 0)
            return slot;
        if (slot->hash == hash && slot->key_size == key.size &&
            memcmp(slot->key, key.data, key.size) == 0)
            return slot;
    }
}

size_t lookup_find(const struct lookup *lookup, struct bytes key)
{
    const struct slot *slot = slot_of(lookup, key, hash_of(key));
    return slot->number == 0 ? LOOKUP_NONE : slot->number - 1;
}

static void grow(struct lookup *lookup)
{
    struct slot *old = lookup->slots;
    size_t old_count = lookup->slot_count;
    lookup->slot_count *= 2;
    lookup->slots = memory_zeroed(lookup->slot_count, sizeof *lookup->slots);
    for (size_t i = 0; i < old_count; i++) {
        if (old[i].number == 0)
            continue;
        struct bytes key = { old[i].key, old[i].key_size };
        *slot_of(lookup, key, old[i].hash) = old[i];
    }
    memory_free(&old);
}

void lookup_put(struct lookup *lookup, struct bytes key, size_t number)
{
    assert(key.size <= LOOKUP_KEY_SIZE_MAX);

    if (lookup->used * 2 >= lookup->slot_count)
        grow(lookup);
    uint32_t hash = hash_of(key);
    struct slot *slot = slot_of(lookup, key, hash);
    if (slot->number == 0)
        lookup->used++;
    slot->number = number + 1;
    slot->hash = hash;
    slot->key_size = (uint8_t)key.size;
    memcpy(slot->key, key.data, key.size);
}
