#ifndef AGGREGATOR_ADOPTION_H
#define AGGREGATOR_ADOPTION_H

/* A catalogue on its way into the journal, and out of it again. */

#include "common/base/attributes.h"
#include "common/catalogue/source.h"

struct arena;
struct catalogue;
struct error;
struct journal_record;

/* The entry that adopts it. Lives in the arena. */
struct journal_record adoption_record(struct sources sources, struct arena *arena);
/* What was adopted once compiles. Fails with CORRUPT. */
NODISCARD struct catalogue *adoption_read(struct bytes packed, struct error *err);

/* Compiles and runs the embedded tests. Fails with REFUSED and the first thing that is wrong. */
NODISCARD struct catalogue *adoption_compile(struct sources sources, struct error *err);

#endif
