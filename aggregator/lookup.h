#ifndef AGGREGATOR_LOOKUP_H
#define AGGREGATOR_LOOKUP_H

/*
 * Finds the number of a thing by its key: a small open-addressing map in memory, rebuilt
 * from the journal, never stored. Nothing is ever taken out.
 */

#include <stddef.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"

#define LOOKUP_KEY_SIZE_MAX 40
#define LOOKUP_NONE ((size_t)-1)

struct lookup;

NODISCARD struct lookup *lookup_create(void);
void lookup_destroy(struct lookup **lookup);

/* LOOKUP_NONE when it was never put. */
size_t lookup_find(const struct lookup *lookup, struct bytes key);
/* Replaces what the key stood for. The key has at most LOOKUP_KEY_SIZE_MAX bytes. */
void lookup_put(struct lookup *lookup, struct bytes key, size_t number);

#endif
