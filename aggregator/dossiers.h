#ifndef AGGREGATOR_DOSSIERS_H
#define AGGREGATOR_DOSSIERS_H

/*
 * Where in the journal the entries are that concern a zone: what its devices sent and who they
 * are, and the catalogues, which concern all. What a new machine of the zone gets back. A
 * projection in memory: eight bytes for each entry.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"

struct dossiers;
struct journal_record;
struct zone_id;

NODISCARD struct dossiers *dossiers_create(void);
void dossiers_destroy(struct dossiers **dossiers);

/* Every entry, in order. */
void dossiers_follow(struct dossiers *dossiers, const struct journal_record *record);

/* The position behind the zone's newest statement; 0: there is none. */
uint64_t dossiers_statements_end(const struct dossiers *dossiers, const struct zone_id *zone);

/* The first one not before `from`; false when there is none. */
bool dossiers_next(const struct dossiers *dossiers, const struct zone_id *zone, uint64_t from,
                   uint64_t *out_position);

#endif
