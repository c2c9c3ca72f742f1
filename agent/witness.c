#include "agent/witness.h"

#include "agent/agent.h"
#include "agent/settings.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/seeded_bug.h"
#include "common/storage/transaction.h"
#include "common/wire/proof.h"

static bool read_text(const struct agent *agent, struct bytes text, struct arena *arena,
                      struct checkpoint *out, struct error *err)
{
    *out = (struct checkpoint){ 0 };
    return text.size == 0 || checkpoint_verify(text, agent->province.origin,
                                               agent->province.keys.signing, arena, out, err);
}

bool witness_recall(const struct agent *agent, struct transaction *txn, struct arena *arena,
                    struct checkpoint *out, struct error *err)
{
    struct bytes text = { NULL, 0 };
    if (settings_get(&agent->store, txn, SETTING_CHECKPOINT, &text))
        text = arena_copy_bytes(arena, text);
    return read_text(agent, text, arena, out, err);
}

bool witness_size(const struct agent *agent, uint64_t *out, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    CLEANUP(transaction_abort) struct transaction *txn = transaction_read(agent->store.database);
    struct checkpoint checkpoint;
    if (!witness_recall(agent, txn, arena, &checkpoint, err))
        return false;
    *out = checkpoint.size;
    return transaction_check(txn, err);
}

bool witness_take(struct agent *agent, struct transaction *txn, struct bytes text,
                  const struct digest *path, size_t path_count, struct arena *arena,
                  struct checkpoint *out, struct error *err)
{
    struct checkpoint before;
    if (!witness_recall(agent, txn, arena, &before, err) ||
        !read_text(agent, text, arena, out, err))
        return false;
    bool continues =
        before.size == 0 || seeded_bug(BUG_BELIEVE_A_REWRITTEN_JOURNAL) ||
        (out->generation == before.generation && out->size >= before.size &&
         proof_extends(before.size, &before.root, out->size, &out->root, path, path_count));
    if (!continues)
        return error_set(err, ERROR_REFUSED, MESSAGE_SYNC_REWRITTEN, before.size);
    if (text.size > 0)
        settings_put(&agent->store, txn, SETTING_CHECKPOINT, text);
    return true;
}
