#ifndef AGGREGATOR_INGEST_PARCELS_H
#define AGGREGATOR_INGEST_PARCELS_H

/*
 * Statements that are too large for one frame, put together from their chunks. Each peer may
 * have one on its way; all together are bounded, and what lay still longest goes first.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/wire/channel.h"
#include "common/wire/message.h"

#define PARCELS_SIZE_MAX ((size_t)128 * 1024 * 1024)
#define PARCEL_IDLE_MS 60000

struct arena;
struct parcels;

NODISCARD struct parcels *parcels_create(void);
void parcels_destroy(struct parcels **parcels);

enum parcel_outcome {
    PARCEL_GROWING,  /* `out_size` bytes are here */
    PARCEL_COMPLETE, /* `out` is the whole, in the arena; nothing of it is kept */
    PARCEL_NO_ROOM,  /* try again later */
    PARCEL_BROKEN    /* too large, or not what its hash says: dropped */
};

/* How much of the whole that the chunk names is here: where the peer goes on after a cut. */
uint64_t parcels_size(const struct parcels *parcels, const unsigned char peer[KEY_SIZE],
                      const struct chunk *chunk);

/* A chunk that is not the next one changes nothing: the size says what is. */
enum parcel_outcome parcels_take(struct parcels *parcels, const unsigned char peer[KEY_SIZE],
                                 const struct chunk *chunk, int64_t now_ms, struct arena *arena,
                                 uint64_t *out_size, struct bytes *out);

#endif
