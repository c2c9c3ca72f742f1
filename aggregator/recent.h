#ifndef AGGREGATOR_RECENT_H
#define AGGREGATOR_RECENT_H

/*
 * The leaves of the batch written last, as bytes: nearly every receipt is asked for right after
 * its batch, and would otherwise be read back from the store, checksum and all.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"

struct arena;
struct recent;

NODISCARD struct recent *recent_create(void);
void recent_destroy(struct recent **recent);

/* Forgets the batch before. Leaves follow from `first` on. */
void recent_begin(struct recent *recent, uint64_t first);
/* For what is to be kept until the next batch begins. */
struct arena *recent_arena(const struct recent *recent);
/* The next leaf; its bytes live in that arena. */
void recent_add(struct recent *recent, struct bytes leaf);

/* False when the position is of another batch. */
bool recent_find(const struct recent *recent, uint64_t position, struct bytes *out);

#endif
