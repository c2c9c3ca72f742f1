#ifndef AGGREGATOR_CATALOGUES_H
#define AGGREGATOR_CATALOGUES_H

/*
 * The catalogues that were ever adopted. The newest is in force; the older ones stay open until
 * they are closed. A statement is judged by the one it names, over figures of its own: each open
 * catalogue has a projection that follows every accepted statement in its own terms.
 *
 *     journal -> CATALOGUES -> { a projection for each } -> intake, commands
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aggregator/journal.h"
#include "common/base/attributes.h"
#include "common/base/digest.h"

struct catalogue;
struct catalogues;
struct database;
struct error;
struct projection;
struct transaction;

struct adopted {
    struct digest digest;
    uint64_t position; /* of the adoption in the journal */
    int64_t utc_ms;
    bool closed;
    int64_t closed_utc_ms;
    struct catalogue *catalogue;
    struct projection *projection; /* NULL: closed */
};

/* Reads the adoptions and closures that are in the journal. Borrows the database. Fails with
 * CORRUPT; with UNAVAILABLE when none was ever adopted. */
NODISCARD struct catalogues *catalogues_open(struct database *database, struct error *err);
void catalogues_close(struct catalogues **catalogues);

/* Every entry, in order: the projections move on. What they cannot take in at once, a catalogue
 * that is new, waits for the next settling. */
void catalogues_follow(struct catalogues *catalogues, const struct journal_record *record);
/* Compiles what is new and replays the first `size` entries for it; lets go of what was closed.
 * Projections may move. */
NODISCARD bool catalogues_settle(struct catalogues *catalogues, struct transaction *txn,
                                 uint64_t size, struct error *err);

/* NULL: never adopted, or adopted a moment ago and not settled. */
const struct adopted *catalogues_find(const struct catalogues *catalogues,
                                      const struct digest *digest);
/* The newest. */
const struct adopted *catalogues_in_force(const struct catalogues *catalogues);
/* In the order of their adoption, which is that of their versions. */
size_t catalogues_count(const struct catalogues *catalogues);
const struct adopted *catalogues_at(const struct catalogues *catalogues, size_t number);

#endif
