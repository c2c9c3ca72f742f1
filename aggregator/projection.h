#ifndef AGGREGATOR_PROJECTION_H
#define AGGREGATOR_PROJECTION_H

/*
 * What the journal's statements amount to: for each return (zone, form, period) its newest
 * version and the one that counts, and the figures of those in a cube. In memory; the same
 * for whoever follows the journal from its first entry.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aggregator/journal.h"
#include "common/base/attributes.h"
#include "common/model/period.h"

struct catalogue;
struct catalogues;
struct cube;
struct error;
struct ledger;
struct projection;
struct transaction;

struct return_state {
    size_t zone; /* of the cube */
    size_t form; /* of the catalogue */
    struct period period;
    uint32_t newest;  /* the highest version that arrived, whatever became of it */
    uint32_t counted; /* the version that counts; 0: none */
    uint64_t counted_position;
    int64_t counted_utc_ms;
    int64_t first_utc_ms; /* when the first accepted version arrived; 0: none yet */
    uint64_t last_position;
    enum verdict last_verdict;
    size_t last_finding_count;
};

/* Borrows both. What was sealed under another catalogue is carried over; `catalogues` says what
 * that one means. */
NODISCARD struct projection *projection_create(const struct catalogue *catalogue,
                                               const struct catalogues *catalogues);
void projection_destroy(struct projection **projection);

/* A ledger_follow_fn; the owner is the projection. */
void projection_follow(const struct journal_record *record, void *projection);

/* After a check that ended in a rejection left its figures in the cube: puts back what counts. */
NODISCARD bool projection_restore(struct projection *projection, const struct ledger *ledger,
                                  struct transaction *txn, const struct zone_id *zone,
                                  const struct submission *submission, struct error *err);

struct cube *projection_cube(const struct projection *projection);
/* NULL when nothing of it ever arrived. Valid until more is followed. */
const struct return_state *projection_find(const struct projection *projection,
                                           const struct zone_id *zone, struct code form,
                                           struct period period);
size_t projection_count(const struct projection *projection);
const struct return_state *projection_at(const struct projection *projection, size_t number);

/* The newest period of which something counts; false when nothing does. */
bool projection_newest_period(const struct projection *projection, struct period *out);

#endif
