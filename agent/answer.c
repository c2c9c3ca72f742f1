#include "agent/answer.h"

#include "agent/agent.h"
#include "agent/continuity.h"
#include "agent/history.h"
#include "agent/notices.h"
#include "agent/receipts.h"
#include "agent/rotation.h"
#include "agent/statements.h"
#include "agent/withdrawal.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/seeded_bug.h"
#include "common/storage/reserve.h"
#include "common/storage/transaction.h"
#include "common/wire/statement.h"

static bool holds(const struct agent *agent, struct transaction *txn, uint64_t sequence,
                  const struct receipt *receipt, struct error *err)
{
    struct sealed_statement sealed;
    if (!statements_get(&agent->store, txn, sequence, &sealed, err))
        return false;
    struct receipt_subject subject = { .stream = agent->device.stream,
                                       .sequence = sequence,
                                       .statement_hash = sealed_statement_hash(&sealed) };
    return receipt_check(receipt, &subject, &agent->province, err);
}

/* The return the statement was about has reached its next stage. */
static bool settle(struct agent *agent, struct transaction *txn, const struct receipt *receipt,
                   struct error *err)
{
    const struct arrival *arrival = &receipt->arrival;
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct statement statement;
    if (!statements_read(&agent->store, txn, arrival->sequence, arena, &statement, err))
        return false;
    if (statement.kind == STATEMENT_WITHDRAWAL)
        return withdrawal_settle(agent, txn, &statement.withdrawal, arrival->verdict, err);
    if (statement.kind != STATEMENT_RETURN)
        return true;
    struct version version = history_version_of(&statement);
    if (!notices_stage(agent, txn, &version, receipt, &version.stage, err))
        return false;
    history_put(&agent->store, txn, &version);
    return true;
}

static bool keep(struct agent *agent, struct transaction *txn, const struct receipt *receipt,
                 struct arena *arena, struct answer_counts *out, struct error *err)
{
    bool accepted = receipt->arrival.verdict == VERDICT_ACCEPTED;
    if (seeded_bug(BUG_MOVE_ON_WITHOUT_A_RECEIPT))
        return true;
    receipts_append(&agent->store, txn, receipt, arena);
    *(accepted ? &out->accepted : &out->rejected) += 1;
    return settle(agent, txn, receipt, err);
}

static bool store_once(struct agent *agent, const struct receipt *receipts, size_t count,
                       uint64_t next, uint64_t last, struct arena *arena, struct answer_counts *out,
                       struct error *err)
{
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_write(agent->store.database);
    uint64_t stored = receipts_last(&agent->store, txn);
    *out = (struct answer_counts){ 0 };
    if (count == 0)
        return error_set(err, ERROR_MALFORMED, MESSAGE_SYNC_NO_RECEIPTS);
    if (next > stored + 1)
        return error_set(err, ERROR_REFUSED, MESSAGE_SYNC_RECEIPTS_MISSING, stored + 1, next - 1);
    for (size_t i = 0; i < count; i++) {
        uint64_t sequence = next + i;
        if (sequence > last)
            return error_set(err, ERROR_MALFORMED, MESSAGE_SYNC_TOO_MANY_RECEIPTS, last);
        if (!holds(agent, txn, sequence, &receipts[i], err))
            return error_wrap(err, MESSAGE_SYNC_RECEIPT, sequence);
        if (sequence > stored && !keep(agent, txn, &receipts[i], arena, out, err))
            return false;
    }
    /* A receipt may bring new keys into force. */
    return continuity_see(agent, txn, &receipts[count - 1], arena, err) &&
           transaction_commit(&txn, err) && rotation_settle(agent, err);
}

/* A receipt that came is kept, also on a full disk. */
bool answer_store(struct agent *agent, const struct receipt *receipts, size_t count, uint64_t next,
                  uint64_t last, struct arena *arena, struct answer_counts *out, struct error *err)
{
    return store_once(agent, receipts, count, next, last, arena, out, err) ||
           (reserve_helps(agent->reserve, err) &&
            store_once(agent, receipts, count, next, last, arena, out, err));
}
