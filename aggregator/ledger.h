#ifndef AGGREGATOR_LEDGER_H
#define AGGREGATOR_LEDGER_H

/*
 * The journal with everything that must move together with it: tree, checkpoints, and the
 * projections in memory. Whatever the province decides goes through here:
 *
 *     begin     the signer's lock, write transaction; takes in what other processes appended
 *     take …    the next entries; projections move on at once
 *     commit    journal + leaves + tiles, root twice, checkpoint signed and stored, on disk;
 *               then the signer's state, on disk too
 *
 * Everything known is signed: where an earlier process ended before its signer's state was on
 * disk, the next one proves that the journal extends it and catches up.
 *
 * Projections are ahead of the disk between take and commit. So after a failed commit, or
 * an abort that drops entries, the ledger is spoilt and can only be closed.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aggregator/journal.h"
#include "aggregator/tree.h"
#include "common/base/attributes.h"

struct database;
struct devices;
struct error;
struct landmarks;
struct ledger;
struct notice_board;
struct registry;
struct signer;
struct streams;
struct transaction;

/* Called once for every entry, in order: at opening, when others appended, when one is
 * taken. The record is valid during the call. */
typedef void ledger_follow_fn(const struct journal_record *record, void *owner);

/* Called when everything up to the journal's end was followed, before anything is answered or
 * taken: the place for what needs more than the entry in hand. */
typedef bool ledger_settle_fn(struct transaction *txn, uint64_t size, void *owner,
                              struct error *err);

struct ledger_options {
    struct database *database;
    struct signer *signer;              /* NULL: never writes, */
    const struct error *signer_trouble; /* and this is why; may be NULL then */
    ledger_follow_fn *follow;           /* may be NULL */
    ledger_settle_fn *settle;           /* may be NULL */
    void *owner;
};

/* Borrows everything in the options. Replays the journal. Fails with CORRUPT. */
NODISCARD struct ledger *ledger_open(const struct ledger_options *options, struct error *err);
void ledger_close(struct ledger **ledger);

/* Takes in what other processes appended. Not between begin and commit. Fails with REFUSED
 * when the journal is not what the signer signed. */
NODISCARD bool ledger_refresh(struct ledger *ledger, struct error *err);

/* Every entry of the batch carries this time. Waits for other writers. Fails as refresh does. */
NODISCARD bool ledger_begin(struct ledger *ledger, int64_t utc_ms, struct error *err);
/* For a journal that is behind what the signer signed: the one entry taken next opens a new
 * generation, generation.h. */
NODISCARD bool ledger_begin_generation(struct ledger *ledger, int64_t utc_ms, struct error *err);
/* The open one, for what is to be written together with the batch. */
struct transaction *ledger_transaction(const struct ledger *ledger);
/* Borrows the record's bytes until commit; sets its time, asserts that an arrival's hash is
 * there. Returns its position. */
uint64_t ledger_take(struct ledger *ledger, const struct journal_record *record);
/* The first half of commit: written and signed inside the transaction, nothing is on disk. */
NODISCARD bool ledger_write(struct ledger *ledger, struct error *err);
/* Fails with SYSTEM (outcome unknown), EXHAUSTED, CORRUPT. Ends the transaction anyhow. */
NODISCARD bool ledger_commit(struct ledger *ledger, struct error *err);
void ledger_abort(struct ledger *ledger);

/* Also what was taken and is not committed. Lives in the arena, or borrows until the
 * transaction writes. */
NODISCARD bool ledger_read(const struct ledger *ledger, struct transaction *txn, uint64_t position,
                           struct arena *arena, struct journal_record *out, struct error *err);

/* The encoded entry, of the batch written last only. Lent until the next batch is written. */
bool ledger_recent_leaf(const struct ledger *ledger, uint64_t position, struct bytes *out);

/* Entries, with those taken. */
uint64_t ledger_size(const struct ledger *ledger);
struct database *ledger_database(const struct ledger *ledger);
const struct journal *ledger_journal(const struct ledger *ledger);
struct tree *ledger_tree(const struct ledger *ledger);
const struct landmarks *ledger_landmarks(const struct ledger *ledger);
const struct devices *ledger_devices(const struct ledger *ledger);
const struct registry *ledger_registry(const struct ledger *ledger);
const struct notice_board *ledger_notice_board(const struct ledger *ledger);
struct streams *ledger_streams(const struct ledger *ledger);

#endif
