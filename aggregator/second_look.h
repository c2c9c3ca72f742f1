#ifndef AGGREGATOR_SECOND_LOOK_H
#define AGGREGATOR_SECOND_LOOK_H

/*
 * Verifies every signature of the journal once more, when there is time: ingest verifies only the
 * newest one of a run. Step by step, from where it had got to, which survives a restart. What
 * does not verify is recorded, with the witness that stands for it, for a person to look into;
 * nothing that was acknowledged changes by it.
 *
 *     serve -> SECOND LOOK -> vouching
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/storage/database.h"

#define SECOND_LOOK_TABLE "second_look"
#define SECOND_LOOK_ENTRIES_MAX 256            /* of one step */
#define SECOND_LOOK_SIZE_MAX ((size_t)4 << 20) /* the same, unless a statement alone is larger */
#define SECOND_LOOK_SAVED_EVERY ((uint64_t)1 << 12) /* entries: so many may be looked at again */

struct crew;
struct error;
struct province;
struct second_look;
struct suspect;
struct transaction;

/* Borrows the province, and the crew, which may be NULL. Fails with CORRUPT. */
NODISCARD struct second_look *second_look_open(struct province *province, struct crew *crew,
                                               struct error *err);
void second_look_close(struct second_look **look);

/* Called for each statement whose own signature does not verify, once it is recorded. */
typedef void second_look_tell_fn(const struct suspect *suspect, void *owner);

/* The next entries, if there are any. Not inside a batch. Does nothing while the disk is full.
 * Fails when the store does. */
NODISCARD bool second_look_step(struct second_look *look, second_look_tell_fn *tell, void *owner,
                                struct error *err);
/* The position of the next entry to be looked at. */
uint64_t second_look_next(const struct second_look *look);

struct second_look_record {
    uint64_t position;
    int64_t utc_ms;   /* when it was found */
    uint64_t witness; /* its position, or VOUCHING_NOBODY */
};
typedef bool second_look_visit_fn(const struct second_look_record *record, void *owner);
void second_look_each(struct transaction *txn, struct table table, second_look_visit_fn *visit,
                      void *owner);

#endif
