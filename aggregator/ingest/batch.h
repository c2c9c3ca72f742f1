#ifndef AGGREGATOR_INGEST_BATCH_H
#define AGGREGATOR_INGEST_BATCH_H

/*
 * What several people brought and one commit writes.
 *
 *     channel -> gate { BATCH of visits } -> ledger
 */

#include <stdbool.h>
#include <stddef.h>

#include "aggregator/ingest/visit.h"
#include "common/runtime/crew.h"

#define BATCH_MESSAGES_MAX 256
#define BATCH_STATEMENTS_MAX 1024 /* but for the last message's */
#define BATCH_RECEIVED_MAX 1024   /* with those that are put off */
#define BATCH_SIZE_MAX ((size_t)64 * 1024 * 1024)

struct province;

struct batch {
    struct visit visits[BATCH_MESSAGES_MAX];
    size_t count;
    size_t received, statements, size;   /* size: bytes */
    bool writes;                         /* something of it changes the store */
    struct arena *arenas[CREW_SIZE_MAX]; /* one for each of the crew; the first is the caller's */

    const struct province *province; /* of an inspection, */
    size_t inspected;                /* and where it begins */
};

/* Makes the arenas that a crew of this size needs and that are not there yet. */
void batch_prepare(struct batch *batch, size_t crew_size);
void batch_free(struct batch *batch);

/* Empties it. */
void batch_begin(struct batch *batch);
/* Takes account of the visit behind the last one. */
void batch_add(struct batch *batch, size_t size);
bool batch_is_full(const struct batch *batch);

/* Those from `first` on, shared out; in one step, or in two with something else between them that
 * leaves the devices alone: the second is crew_finish(). */
void batch_inspect(struct batch *batch, size_t first, const struct province *province,
                   struct crew *crew);
void batch_start_inspection(struct batch *batch, const struct province *province,
                            struct crew *crew);

/* Inspected, and plain statements all: nobody is let in, shut out or given other keys by them. */
bool batch_leaves_devices_alone(const struct batch *batch);

/* Whatever would have been written is refused; the rest is to be answered. */
void batch_refuse_writers(struct batch *batch, enum refusal refusal);

#endif
