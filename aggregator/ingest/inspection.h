#ifndef AGGREGATOR_INGEST_INSPECTION_H
#define AGGREGATOR_INGEST_INSPECTION_H

/*
 * What can be found out about statements from their bytes, the register of devices and the
 * catalogues alone: whether they decode, their hashes, whether they are signed, whether their
 * figures have a place. Pure and without the store, so that several visits are inspected by several
 * threads.
 *
 *     gate -> INSPECTION -> intake
 *
 * In a run of one stream the newest signature vouches for all: it covers the hash of the
 * statement before, signature and all, and so on back. Only that one is verified here; when it
 * does not hold, each one is.
 */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/attributes.h"
#include "common/base/digest.h"
#include "common/model/figures.h"
#include "common/model/submission.h"
#include "common/wire/keys.h"

struct arena;
struct catalogues;
struct devices;

struct inspected {
    bool decodes;
    struct statement statement; /* when it decodes */
    struct digest hash;         /* of the sealed statement */
    bool known;                 /* there is a key it should be signed with: this one */
    unsigned char key[KEY_SIZE];
    bool signature_valid;
    bool vouched; /* by the next one; its own signature was not looked at */
    /* A return whose catalogue is known: submission_fits(), and of what fits the figures' mark. */
    bool judgeable, fits;
    struct figures_mark figures;
};

/* What statements are looked at against. */
struct inspection_ground {
    const struct devices *devices;
    const struct catalogues *catalogues;
};

/* One for each, in their order. Lives in the arena and borrows from the statements. */
NODISCARD const struct inspected *inspect(const struct sealed_statement *statements, size_t count,
                                          struct inspection_ground ground, struct arena *arena);

#endif
