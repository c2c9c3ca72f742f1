#include "agent/continuity.h"

#include "agent/agent.h"
#include "agent/evidence.h"
#include "agent/lost_receipts.h"
#include "agent/notices.h"
#include "agent/receipts.h"
#include "agent/settings.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/seeded_bug.h"
#include "common/storage/transaction.h"
#include "common/wire/entry_proof.h"
#include "common/wire/message.h"
#include "common/wire/proof.h"

struct accepting {
    struct agent *agent;
    struct transaction *txn;
    const struct welcome *welcome;
    struct arena *arena;
    struct bytes seen_text;
    struct checkpoint seen;  /* size 0: nothing yet */
    struct checkpoint shown; /* size 0: nothing */
    struct generation_opening opening;
    struct continuity *out;
    struct error *err;
};

/* The one the province showed last; size 0 when it has shown none. */
static bool read_seen(const struct agent *agent, struct transaction *txn, struct arena *arena,
                      struct bytes *out_text, struct checkpoint *out, struct error *err)
{
    struct bytes text = { NULL, 0 };
    *out = (struct checkpoint){ .generation = GENERATION_FIRST };
    if (settings_get(&agent->store, txn, SETTING_CHECKPOINT, &text))
        text = arena_copy_bytes(arena, text);
    *out_text = text;
    return text.size == 0 || checkpoint_verify(text, agent->province.origin,
                                               agent->province.keys.signing, arena, out, err);
}

bool continuity_say(const struct agent *agent, struct transaction *txn, struct arena *arena,
                    struct hello *out, struct error *err)
{
    struct bytes text;
    struct checkpoint seen;
    if (!read_seen(agent, txn, arena, &text, &seen, err))
        return false;
    out->checkpoint_size = seen.size;
    out->checkpoint_generation = seen.generation > GENERATION_FIRST ? seen.generation : 0;
    return lost_receipts_tell(agent, txn, arena, out, err);
}

static bool broken(struct accepting *accepting)
{
    accepting->out->broken = true;
    return error_set(accepting->err, ERROR_REFUSED, MESSAGE_SYNC_REWRITTEN, accepting->seen.size);
}

static bool extends(const struct accepting *accepting)
{
    const struct checkpoint *seen = &accepting->seen, *shown = &accepting->shown;
    const struct welcome *welcome = accepting->welcome;
    return seen->size == 0 || seeded_bug(BUG_BELIEVE_A_REWRITTEN_JOURNAL) ||
           (shown->size >= seen->size &&
            proof_extends(seen->size, &seen->root, shown->size, &shown->root, welcome->consistency,
                          welcome->consistency_count));
}

/* The opening is signed, by being in the log that was shown, and says where it stands. */
static bool read_opening(struct accepting *accepting)
{
    struct entry entry;
    const struct entry_proof *proof = &accepting->welcome->generation;
    if (proof->entry.size == 0 ||
        !entry_proof_holds(proof, &accepting->shown, accepting->arena, &entry, accepting->err) ||
        entry.kind != ENTRY_GENERATION || entry.generation.number != accepting->shown.generation ||
        entry.generation.size != proof->position)
        return broken(accepting);
    accepting->opening = entry.generation;
    return true;
}

/* A province that lost more than it says has not accounted for what we saw. */
static bool accounts_for_seen(const struct accepting *accepting)
{
    const struct checkpoint *seen = &accepting->seen;
    const struct lost_generation *lost = &accepting->opening.lost[seen->generation - 1];
    return seen->size < lost->size ||
           (seen->size == lost->size && digest_equal(&seen->root, &lost->root));
}

/* What is left to go by: the newest checkpoint that came with a receipt that was not lost. */
static bool fall_back(struct accepting *accepting)
{
    const struct store *store = &accepting->agent->store;
    uint64_t last = receipts_last(store, accepting->txn);
    struct receipt receipt = { .checkpoint = { "", 0 } };
    if (last > 0 &&
        !receipts_get(store, accepting->txn, last, accepting->arena, &receipt, accepting->err))
        return false;
    evidence_keep(accepting->agent, accepting->txn, EVIDENCE_GENERATION, accepting->seen_text,
                  accepting->welcome->checkpoint);
    settings_put(store, accepting->txn, SETTING_CHECKPOINT, receipt.checkpoint);
    accepting->out->ask_again = true;
    return true;
}

static bool enter_generation(struct accepting *accepting)
{
    uint32_t seen = accepting->seen.generation;
    if (!read_opening(accepting))
        return false;
    if (!accounts_for_seen(accepting))
        return broken(accepting);
    if (!lost_receipts_set_aside(accepting->agent, accepting->txn, &accepting->opening,
                                 accepting->arena, &accepting->out->receipts_lost, accepting->err))
        return false;
    accepting->out->opened = accepting->opening.number;
    notices_fall_back(&accepting->agent->store, accepting->txn,
                      accepting->opening.lost[seen - 1].kept);
    settings_put(&accepting->agent->store, accepting->txn, SETTING_GENERATION,
                 entry_proof_write(&accepting->welcome->generation, accepting->welcome->checkpoint,
                                   accepting->arena));
    if (accepting->seen.size > accepting->opening.lost[seen - 1].kept)
        return fall_back(accepting);
    return extends(accepting) || broken(accepting);
}

/* What of our lost receipts the province has noted by now. */
static void hear_of_lost(struct accepting *accepting)
{
    struct hello told = { .lost_count = 0 };
    struct error unreadable;
    if (!lost_receipts_tell(accepting->agent, accepting->txn, accepting->arena, &told,
                            &unreadable) ||
        told.lost_count == 0)
        return;
    if (accepting->welcome->lost_known < told.lost_first)
        return;
    lost_receipts_told(accepting->agent, accepting->txn, told.lost_generation,
                       accepting->welcome->lost_known);
    accepting->out->ask_again = true;
}

/* Only what is proved under this very checkpoint, and covers entries before itself. */
static bool take_backup(struct accepting *accepting)
{
    const struct entry_proof *proof = &accepting->welcome->backup;
    struct entry entry;
    struct bytes none = { "", 0 };
    if (proof->entry.size == 0) {
        settings_put(&accepting->agent->store, accepting->txn, SETTING_BACKUP, none);
        return true;
    }
    if (!entry_proof_holds(proof, &accepting->shown, accepting->arena, &entry, accepting->err))
        return false;
    if (entry.kind != ENTRY_BACKUP || entry.backup.size > proof->position)
        return error_set(accepting->err, ERROR_REFUSED, MESSAGE_SYNC_BACKUP);
    settings_put(&accepting->agent->store, accepting->txn, SETTING_BACKUP,
                 entry_proof_write(proof, accepting->welcome->checkpoint, accepting->arena));
    return true;
}

bool continuity_accept(struct agent *agent, struct transaction *txn, const struct welcome *welcome,
                       struct arena *arena, struct continuity *out, struct error *err)
{
    struct accepting accepting = {
        .agent = agent, .txn = txn, .welcome = welcome, .arena = arena, .out = out, .err = err
    };
    *out = (struct continuity){ .broken = false };
    if (!read_seen(agent, txn, arena, &accepting.seen_text, &accepting.seen, err))
        return false;
    if (welcome->checkpoint.size == 0)
        return accepting.seen.size == 0 || broken(&accepting);
    if (!checkpoint_verify(welcome->checkpoint, agent->province.origin,
                           agent->province.keys.signing, arena, &accepting.shown, err))
        return false;
    bool newer = accepting.shown.generation > accepting.seen.generation;
    if (accepting.shown.generation < accepting.seen.generation || (!newer && !extends(&accepting)))
        return broken(&accepting);
    if (newer && !enter_generation(&accepting))
        return false;
    if (out->ask_again)
        return true;
    settings_put(&agent->store, txn, SETTING_CHECKPOINT, welcome->checkpoint);
    out->ask_again = newer;
    hear_of_lost(&accepting);
    return take_backup(&accepting);
}

bool continuity_see(struct agent *agent, struct transaction *txn, const struct receipt *receipt,
                    struct arena *arena, struct error *err)
{
    struct bytes text;
    struct checkpoint seen, its;
    if (!read_seen(agent, txn, arena, &text, &seen, err) ||
        !checkpoint_verify(receipt->checkpoint, agent->province.origin,
                           agent->province.keys.signing, arena, &its, err))
        return false;
    if (its.generation == seen.generation && its.size > seen.size)
        settings_put(&agent->store, txn, SETTING_CHECKPOINT, receipt->checkpoint);
    return true;
}
