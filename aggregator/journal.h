#ifndef AGGREGATOR_JOURNAL_H
#define AGGREGATOR_JOURNAL_H

/*
 * The journal is the only truth: every decision and every statement that arrived, in the
 * order in which they were written. Everything else in the store can be rebuilt from it.
 *
 *     gate -> intake -> JOURNAL -> tree -> checkpoint -> receipts
 *
 * An entry is a leaf of the journal's tree. Of an arrival only what the statement's own
 * bytes do not say is stored beside them; reading puts the entry together again.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/digest.h"
#include "common/model/submission.h"
#include "common/wire/entry.h"

struct arena;
struct database;
struct error;
struct figures_mark;
struct journal;
struct transaction;

#define JOURNAL_TABLE "journal"
#define JOURNAL_DECISIONS_TABLE "decisions"

/* An entry, and for an arrival the statement it is about. */
struct journal_item {
    struct entry entry;
    struct sealed_statement sealed; /* arrivals only; else its size is 0 */
};

struct journal_record {
    uint64_t position;
    struct entry entry;             /* an arrival's statement_hash is zero until settled */
    struct sealed_statement sealed; /* arrivals only */
    struct statement statement;     /* arrivals only: decoded */
    bool placed; /* a return that was just judged: its figures stand in its catalogue's cube */
    const struct figures_mark *figures; /* of the statement's submission; NULL: to be found */
};

/* Borrows the database, which must outlive it. */
NODISCARD struct journal *journal_open(struct database *database);
void journal_close(struct journal **journal);

/* Number of entries: the position of the next one. */
uint64_t journal_size(const struct journal *journal, struct transaction *txn);

/* Appends inside the caller's write transaction; all items carry the same utc_ms. */
void journal_append(struct journal *journal, struct transaction *txn,
                    const struct journal_item *items, size_t count);

/* Visits the entries from position `from` on, in order, until `visit` returns false. The
 * record is valid during the call; the arena is reset between records. `visit` must not
 * write. Fails with CORRUPT. */
typedef bool journal_visit_fn(const struct journal_record *record, void *owner);
NODISCARD bool journal_each(const struct journal *journal, struct transaction *txn, uint64_t from,
                            struct arena *arena, journal_visit_fn *visit, void *owner,
                            struct error *err);
/* Only what is not an arrival: enrolments, zones, catalogues. */
NODISCARD bool journal_each_decision(const struct journal *journal, struct transaction *txn,
                                     struct arena *arena, journal_visit_fn *visit, void *owner,
                                     struct error *err);

/* Valid until the arena goes or the transaction writes or ends. Fails with UNAVAILABLE (no such
 * position) or CORRUPT. */
NODISCARD bool journal_read(const struct journal *journal, struct transaction *txn,
                            uint64_t position, struct arena *arena, struct journal_record *out,
                            struct error *err);

/* Fills in the statement's hash. */
void journal_record_settle(struct journal_record *record);
/* The leaf's bytes: the encoded entry. */
struct bytes journal_leaf_bytes(const struct journal_record *record, struct arena *arena);
/* Leaf hashes of `count` entries from `first` on, computed from the bytes in the store. */
NODISCARD bool journal_leaves(const struct journal *journal, struct transaction *txn,
                              uint64_t first, size_t count, struct digest *out, struct error *err);

#endif
