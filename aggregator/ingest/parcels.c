#include "aggregator/ingest/parcels.h"

#include <string.h>

#include "common/base/arena.h"
#include "common/base/digest.h"
#include "common/base/memory.h"
#include "common/model/submission.h"

#define PARCEL_SIZE_MAX ((size_t)STATEMENT_SIZE_MAX + 1024) /* with its envelope */

struct parcel {
    unsigned char peer[KEY_SIZE];
    struct digest hash;
    size_t total;
    size_t size;
    size_t capacity;
    unsigned char *data;
    int64_t touched_ms;
};

struct parcels {
    struct parcel *items;
    size_t count;
    size_t capacity;
    size_t memory;
};

struct parcels *parcels_create(void)
{
    return memory_zeroed(1, sizeof(struct parcels));
}

static void drop(struct parcels *parcels, struct parcel *parcel)
{
    parcels->memory -= parcel->capacity;
    memory_free(&parcel->data);
    *parcel = parcels->items[--parcels->count];
}

void parcels_destroy(struct parcels **parcels)
{
    if (*parcels) {
        while ((*parcels)->count > 0)
            drop(*parcels, &(*parcels)->items[0]);
        memory_free(&(*parcels)->items);
    }
    memory_free(parcels);
}

uint64_t parcels_size(const struct parcels *parcels, const unsigned char peer[KEY_SIZE],
                      const struct chunk *chunk)
{
    for (size_t i = 0; i < parcels->count; i++) {
        const struct parcel *parcel = &parcels->items[i];
        if (memcmp(parcel->peer, peer, KEY_SIZE) == 0)
            return digest_equal(&parcel->hash, &chunk->hash) && parcel->total == chunk->total_size
                       ? parcel->size
                       : 0;
    }
    return 0;
}

static struct parcel *parcel_of(struct parcels *parcels, const unsigned char peer[KEY_SIZE])
{
    for (size_t i = 0; i < parcels->count; i++)
        if (memcmp(parcels->items[i].peer, peer, KEY_SIZE) == 0)
            return &parcels->items[i];
    parcels->items = memory_grown(parcels->items, &parcels->capacity, parcels->count + 1,
                                  sizeof *parcels->items);
    struct parcel *parcel = &parcels->items[parcels->count++];
    *parcel = (struct parcel){ 0 };
    memcpy(parcel->peer, peer, KEY_SIZE);
    return parcel;
}

static void restart(struct parcels *parcels, struct parcel *parcel, const struct chunk *chunk)
{
    parcels->memory -= parcel->capacity;
    memory_free(&parcel->data);
    parcel->capacity = 0;
    parcel->size = 0;
    parcel->hash = chunk->hash;
    parcel->total = (size_t)chunk->total_size;
}

static void drop_idle(struct parcels *parcels, int64_t now_ms)
{
    for (size_t i = parcels->count; i > 0; i--)
        if (now_ms - parcels->items[i - 1].touched_ms > PARCEL_IDLE_MS)
            drop(parcels, &parcels->items[i - 1]);
}

/* Grows with what arrives, never by what was announced. */
static void add(struct parcels *parcels, struct parcel *parcel, struct bytes part)
{
    size_t before = parcel->capacity;
    parcel->data = memory_grown(parcel->data, &parcel->capacity, parcel->size + part.size, 1);
    parcels->memory += parcel->capacity - before;
    memcpy(parcel->data + parcel->size, part.data, part.size);
    parcel->size += part.size;
}

static enum parcel_outcome finish(struct parcels *parcels, struct parcel *parcel,
                                  struct arena *arena, struct bytes *out)
{
    struct bytes whole = { parcel->data, parcel->size };
    struct digest hash = digest_sha256((struct bytes){ NULL, 0 }, whole);
    bool sound = digest_equal(&hash, &parcel->hash);
    if (sound)
        *out = arena_copy_bytes(arena, whole);
    drop(parcels, parcel);
    return sound ? PARCEL_COMPLETE : PARCEL_BROKEN;
}

enum parcel_outcome parcels_take(struct parcels *parcels, const unsigned char peer[KEY_SIZE],
                                 const struct chunk *chunk, int64_t now_ms, struct arena *arena,
                                 uint64_t *out_size, struct bytes *out)
{
    *out_size = 0;
    if (chunk->total_size == 0 || chunk->total_size > PARCEL_SIZE_MAX)
        return PARCEL_BROKEN;
    if (parcels->memory + 2 * PARCEL_SIZE_MAX > PARCELS_SIZE_MAX)
        drop_idle(parcels, now_ms);
    if (parcels->memory + 2 * PARCEL_SIZE_MAX > PARCELS_SIZE_MAX)
        return PARCEL_NO_ROOM;

    struct parcel *parcel = parcel_of(parcels, peer);
    if (!digest_equal(&parcel->hash, &chunk->hash) || parcel->total != chunk->total_size)
        restart(parcels, parcel, chunk);
    parcel->touched_ms = now_ms;
    if (chunk->offset == parcel->size && chunk->part.size <= parcel->total - parcel->size)
        add(parcels, parcel, chunk->part);
    *out_size = parcel->size;
    return parcel->size < parcel->total ? PARCEL_GROWING : finish(parcels, parcel, arena, out);
}
