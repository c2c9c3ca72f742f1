#include "agent/new_epoch.h"

#include "agent/agent.h"
#include "agent/drafts.h"
#include "agent/receipts.h"
#include "agent/recovered.h"
#include "agent/reindexing.h"
#include "agent/statements.h"
#include "agent/terms.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/storage/transaction.h"
#include "common/wire/statement.h"

/* One statement of the stream that ends. */
struct ending {
    struct agent *agent;
    struct transaction *txn;
    struct arena *arena;
    struct recovered_at at;
    struct sealed_statement sealed;
    struct error *err;
};

/* With its receipt it is the province's too; without one the province may have given it back. */
static bool is_delivered(struct ending *ending)
{
    const struct store *store = &ending->agent->store;
    struct sealed_statement theirs;
    struct error none;
    struct bytes receipt;
    if (receipts_text(store, ending->txn, ending->at.sequence, &receipt)) {
        recovered_put(store, ending->txn, &ending->at, &ending->sealed,
                      arena_copy_bytes(ending->arena, receipt), ending->arena);
        return true;
    }
    if (!recovered_has(store, ending->txn, &ending->at) ||
        !recovered_get(store, ending->txn, &ending->at, &theirs, &none))
        return false;
    struct digest one = sealed_statement_hash(&ending->sealed);
    struct digest other = sealed_statement_hash(&theirs);
    return digest_equal(&one, &other);
}

/* A draft that is there stays: somebody works on it. */
static bool put_draft(struct ending *ending, const struct statement *statement)
{
    const struct store *store = &ending->agent->store;
    const struct submission *submission = &statement->submission;
    struct submission carried;
    struct draft draft;
    bool found, fits;
    struct return_id id = { submission->form, submission->period };
    if (!drafts_get(store, ending->txn, id, ending->arena, &draft, &found, ending->err))
        return false;
    if (found)
        return true;
    if (!terms_carry(ending->agent, ending->txn, statement, ending->arena, &carried, &fits,
                     ending->err))
        return false;
    draft = draft_begin(id.form, id.period);
    draft.submission.explanations = submission->explanations;
    draft.submission.explanation_count = submission->explanation_count;
    if (fits)
        draft_replace(&draft, &carried);
    return drafts_put(store, ending->txn, &draft, ending->arena, ending->err);
}

static bool strand(struct ending *ending)
{
    const struct store *store = &ending->agent->store;
    struct statement *statement = arena_take(ending->arena, 1, sizeof *statement);
    struct key key = { .size = 0 };
    key_add_u32(&key, ending->at.epoch);
    key_add_u64(&key, ending->at.sequence);
    transaction_put(ending->txn, store->stranded, key_bytes(&key),
                    sealed_statement_encode(&ending->sealed, ending->arena));
    if (!statement_decode(ending->sealed.statement, ending->arena, statement, ending->err)) {
        ending->err->kind = ERROR_CORRUPT;
        return error_wrap(ending->err, MESSAGE_STATEMENTS_DAMAGED, ending->at.sequence);
    }
    return statement->kind != STATEMENT_RETURN || put_draft(ending, statement);
}

static bool end_statement(struct ending *ending, uint64_t *out_stranded)
{
    const struct store *store = &ending->agent->store;
    if (!statements_get(store, ending->txn, ending->at.sequence, &ending->sealed, ending->err))
        return false;
    ending->sealed.statement = arena_copy_bytes(ending->arena, ending->sealed.statement);
    if (!is_delivered(ending)) {
        ++*out_stranded;
        if (!strand(ending))
            return false;
    }
    statements_delete(store, ending->txn, ending->at.sequence);
    receipts_delete(store, ending->txn, ending->at.sequence);
    return transaction_check(ending->txn, ending->err);
}

/* The newest first: of two that were never delivered the later one becomes the draft. */
static bool end_stream(struct agent *agent, struct transaction *txn, uint64_t *out_stranded,
                       struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    const struct stream_id *stream = &agent->device.stream;
    struct stream_head head;
    if (!statements_head(&agent->store, txn, &head, err))
        return false;
    for (uint64_t sequence = head.sequence; sequence > 0; sequence--) {
        arena_reset(arena);
        struct ending ending = { .agent = agent,
                                 .txn = txn,
                                 .arena = arena,
                                 .at = { stream->device, stream->epoch, sequence },
                                 .err = err };
        if (!end_statement(&ending, out_stranded))
            return false;
    }
    return true;
}

bool new_epoch_begin(struct agent *agent, struct transaction *txn, uint32_t epoch,
                     uint64_t *out_stranded, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct device device = agent->device;
    device.stream.epoch = epoch;
    *out_stranded = 0;
    if (!end_stream(agent, txn, out_stranded, err) || !reindexing_run(agent, txn, err))
        return false;
    device_put(&agent->store, txn, &device, arena);
    return transaction_check(txn, err);
}
