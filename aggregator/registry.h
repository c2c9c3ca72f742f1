#ifndef AGGREGATOR_REGISTRY_H
#define AGGREGATOR_REGISTRY_H

/*
 * The province's register of zones with their effective-dated attributes: what the
 * journal's zone records amount to. A projection in memory.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/model/zone.h"

struct entry;
struct registry;

NODISCARD struct registry *registry_create(void);
void registry_destroy(struct registry **registry);

/* Takes in an entry of any kind; only a zone record changes it. Copies. */
void registry_apply(struct registry *registry, const struct entry *entry);

/* NULL when it is not registered. Valid until the next registry_apply(). */
const struct zone *registry_find(const struct registry *registry, const struct zone_id *id);
/* In the order in which they were first registered. */
size_t registry_count(const struct registry *registry);
const struct zone *registry_at(const struct registry *registry, size_t number);

/* Whether both say the same, attribute by attribute. */
bool zone_same(const struct zone *left, const struct zone *right);

#endif
