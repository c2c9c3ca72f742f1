#include "agent/backing.h"

#include "agent/agent.h"
#include "agent/history.h"
#include "agent/receipts.h"
#include "agent/settings.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/seeded_bug.h"
#include "common/storage/transaction.h"
#include "common/wire/entry_proof.h"
#include "common/wire/proof.h"

bool backing_read(const struct agent *agent, struct transaction *txn, struct arena *arena,
                  struct backing *out, struct error *err)
{
    struct bytes text;
    struct entry_proof proof;
    struct entry entry;
    struct checkpoint checkpoint;
    *out = (struct backing){ .medium = "" };
    if (!settings_get(&agent->store, txn, SETTING_BACKUP, &text) || text.size == 0)
        return transaction_check(txn, err);
    if (!entry_proof_read(arena_copy_bytes(arena, text), agent->province.origin,
                          agent->province.keys.signing, arena, &proof, &entry, &checkpoint, err) ||
        entry.kind != ENTRY_BACKUP)
        return error_set(err, ERROR_CORRUPT, MESSAGE_BACKING_DAMAGED);
    *out = (struct backing){ entry.backup.size, entry.utc_ms, entry.backup.medium };
    return true;
}

/* Lost receipts are kept elsewhere, so a position here is one of the log as it is now. */
bool backing_covers(const struct agent *agent, struct transaction *txn,
                    const struct backing *backing, uint64_t sequence, struct arena *arena,
                    bool *out, struct error *err)
{
    struct receipt receipt;
    *out = false;
    if ((backing->size == 0 && !seeded_bug(BUG_BACKED_UP_TOO_EARLY)) ||
        sequence > receipts_last(&agent->store, txn))
        return transaction_check(txn, err);
    if (!receipts_get(&agent->store, txn, sequence, arena, &receipt, err))
        return false;
    *out = receipt.position < backing->size || seeded_bug(BUG_BACKED_UP_TOO_EARLY);
    return true;
}

bool backing_stage(const struct agent *agent, struct transaction *txn,
                   const struct backing *backing, const struct version *version,
                   struct arena *arena, enum stage *out, struct error *err)
{
    bool covered;
    *out = version->stage;
    if (version->stage != STAGE_ACCEPTED)
        return true;
    if (!backing_covers(agent, txn, backing, version->sequence, arena, &covered, err))
        return false;
    if (covered)
        *out = STAGE_BACKED_UP;
    return true;
}

/* Positions rise with the sequence: found by halves. */
bool backing_reach(const struct agent *agent, struct transaction *txn,
                   const struct backing *backing, struct arena *arena, uint64_t *out,
                   struct error *err)
{
    uint64_t low = 0, high = receipts_last(&agent->store, txn);
    while (low < high) {
        uint64_t middle = low + (high - low + 1) / 2;
        bool covered;
        if (!backing_covers(agent, txn, backing, middle, arena, &covered, err))
            return false;
        if (covered)
            low = middle;
        else
            high = middle - 1;
    }
    *out = low;
    return transaction_check(txn, err);
}
