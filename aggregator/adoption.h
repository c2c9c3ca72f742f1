#ifndef AGGREGATOR_ADOPTION_H
#define AGGREGATOR_ADOPTION_H

/* The catalogue in force: the one the journal adopted last. */

#include "common/base/attributes.h"
#include "common/catalogue/source.h"

struct arena;
struct catalogue;
struct database;
struct error;
struct journal_record;

/* Compiles it anew. Fails with CORRUPT; with UNAVAILABLE when none was ever adopted. */
NODISCARD struct catalogue *adoption_in_force(struct database *database, struct error *err);

/* The entry that adopts it. Lives in the arena. */
struct journal_record adoption_record(struct sources sources, struct arena *arena);

/* Compiles and runs the embedded tests. Fails with REFUSED and the first thing that is wrong. */
NODISCARD struct catalogue *adoption_compile(struct sources sources, struct error *err);

#endif
