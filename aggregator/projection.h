#ifndef AGGREGATOR_PROJECTION_H
#define AGGREGATOR_PROJECTION_H

/*
 * What the journal's statements amount to: for each return (zone, form, period) its newest
 * version and the one that counts, and the figures of those in a cube. In memory; the same
 * for whoever follows the journal from its first entry.
 *
 * Which version counts: the newest accepted one whose author knew the one before. Somebody who did
 * not, and says something else, wins nothing by coming later: the first accepted counts until a
 * person decides, and the return is contested (contests.h).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aggregator/contests.h"
#include "aggregator/journal.h"
#include "common/base/attributes.h"
#include "common/model/period.h"

struct catalogue;
struct catalogues;
struct cube;
struct plans;
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
    struct contender counting;   /* the statement that counts, while `counted` is not 0 */
    struct contest contest;      /* those that would count instead */
    uint64_t decided_position;   /* of the decision that it counts; 0: nobody had to decide */
    uint64_t sent_back_position; /* of the decision that asks for a better one; 0: none */
    bool stale;                  /* the cube waits for projection_settle() */
    int64_t first_utc_ms;        /* when the first accepted version arrived; 0: none yet */
    uint64_t last_position;
    enum verdict last_verdict;
    enum comparison last_comparison;
    size_t last_finding_count;
    size_t before; /* for projection_before(): number of the zone's return before it, plus one */
};

/* Borrows both. What was sealed under another catalogue is carried over; `catalogues` says what
 * that one means. */
NODISCARD struct projection *projection_create(const struct catalogue *catalogue,
                                               const struct catalogues *catalogues);
void projection_destroy(struct projection **projection);

/* A ledger_follow_fn; the owner is the projection. */
void projection_follow(const struct journal_record *record, void *projection);

/* Figures that a decision put in the place of others are read from the journal. Everything that
 * was followed is in it. Fails with CORRUPT. */
NODISCARD bool projection_settle(struct projection *projection, const struct journal *journal,
                                 struct transaction *txn, struct error *err);

/* Whether the statement's author did not know the version that counts: it is somebody else's, and
 * the statement is not based on it. */
bool projection_is_unaware(const struct projection *projection, const struct statement *statement);

/* The contenders of a return, see contests_each(). */
void projection_each_contender(const struct projection *projection,
                               const struct return_state *state, contests_visit_fn *visit,
                               void *owner);

/* After a check that ended in a rejection left its figures in the cube: puts back what counts. */
NODISCARD bool projection_restore(struct projection *projection, const struct ledger *ledger,
                                  struct transaction *txn, const struct zone_id *zone,
                                  const struct submission *submission, struct error *err);

struct cube *projection_cube(const struct projection *projection);
/* Plans of the cube's rules, kept from return to return. */
struct plans *projection_plans(const struct projection *projection);
/* NULL when nothing of it ever arrived. Valid until more is followed. */
const struct return_state *projection_find(const struct projection *projection,
                                           const struct zone_id *zone, struct code form,
                                           struct period period);
size_t projection_count(const struct projection *projection);
const struct return_state *projection_at(const struct projection *projection, size_t number);
/* A zone's own returns, from the one that came last to the first; NULL when there is no more. */
const struct return_state *projection_last_of(const struct projection *projection, size_t zone);
const struct return_state *projection_before(const struct projection *projection,
                                             const struct return_state *state);

/* The newest period of which something counts; false when nothing does. */
bool projection_newest_period(const struct projection *projection, struct period *out);

#endif
