#include "aggregator/receipts.h"

#include <string.h>

#include "aggregator/checkpoints.h"
#include "aggregator/leaves.h"
#include "aggregator/ledger.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/storage/transaction.h"
#include "common/wire/entry.h"

/* Path of the entry in the tree as it was when its batch was signed. */
static bool add_proof(const struct ledger *ledger, struct transaction *txn, struct arena *arena,
                      struct receipt *out, struct error *err)
{
    struct table table = database_table(ledger_database(ledger), CHECKPOINTS_TABLE);
    struct signed_size checkpoint;
    if (!checkpoints_covering(txn, table, out->position, &checkpoint))
        return transaction_check(txn, err) &&
               error_set(err, ERROR_CORRUPT, MESSAGE_CHECKPOINT_MISSING, out->position);
    out->checkpoint = arena_copy_bytes(arena, checkpoint.text);

    struct leaves leaves = { ledger_journal(ledger), txn };
    struct tree_path path;
    if (checkpoint.size > tree_size(ledger_tree(ledger)))
        return error_set(err, ERROR_CORRUPT, MESSAGE_CHECKPOINT_MISSING, out->position);
    if (!tree_inclusion(ledger_tree(ledger), out->position, checkpoint.size, leaves_source(&leaves),
                        &path, err))
        return false;
    out->path_count = path.count;
    memcpy(out->path, path.hashes, path.count * sizeof *path.hashes);
    return true;
}

static bool read_back(const struct ledger *ledger, struct transaction *txn, uint64_t position,
                      struct arena *arena, struct bytes *out, struct error *err)
{
    struct journal_record record;
    if (!journal_read(ledger_journal(ledger), txn, position, arena, &record, err))
        return false;
    *out = journal_leaf_bytes(&record, arena);
    return true;
}

bool receipts_prove(const struct ledger *ledger, struct transaction *txn, uint64_t position,
                    struct arena *arena, struct receipt *out, struct error *err)
{
    struct bytes leaf;
    if (!ledger_recent_leaf(ledger, position, &leaf) &&
        !read_back(ledger, txn, position, arena, &leaf, err))
        return false;
    *out = (struct receipt){ .entry = arena_copy_bytes(arena, leaf), .position = position };
    return add_proof(ledger, txn, arena, out, err);
}

bool receipts_make(const struct ledger *ledger, struct transaction *txn, uint64_t position,
                   struct arena *arena, struct receipt *out, struct error *err)
{
    struct entry entry;
    if (!receipts_prove(ledger, txn, position, arena, out, err) ||
        !entry_decode(out->entry, arena, &entry, err))
        return false;
    if (entry.kind != ENTRY_ARRIVAL)
        return error_set(err, ERROR_UNAVAILABLE, MESSAGE_RECEIPT_OF_NO_ARRIVAL, position);
    out->arrival = entry.arrival;
    return true;
}
