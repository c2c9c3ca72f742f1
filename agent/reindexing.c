#include "agent/reindexing.h"

#include "agent/agent.h"
#include "agent/history.h"
#include "agent/notices.h"
#include "agent/recovered.h"
#include "agent/withdrawal.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/storage/transaction.h"
#include "common/wire/receipt.h"
#include "common/wire/statement.h"

/* One that waits is not replaced: what the province says of it is still to come. */
static bool comes_before(const struct agent *agent, struct transaction *txn,
                         const struct version *there, const struct receipt *receipt,
                         struct arena *arena, bool *out, struct error *err)
{
    struct receipt *other = arena_take(arena, 1, sizeof *other);
    bool found;
    *out = false;
    if (!history_receipt(&agent->store, txn, there, arena, other, &found, err))
        return false;
    if (!found)
        return true;
    bool accepted = receipt->arrival.verdict == VERDICT_ACCEPTED;
    bool other_accepted = other->arrival.verdict == VERDICT_ACCEPTED;
    *out = accepted == other_accepted ? receipt->position < other->position : accepted;
    return true;
}

bool reindexing_add(struct agent *agent, struct transaction *txn, const struct recovered_at *at,
                    const struct statement *statement, const struct receipt *receipt,
                    struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    if (statement->kind == STATEMENT_WITHDRAWAL && receipt->arrival.verdict == VERDICT_ACCEPTED)
        return withdrawal_settle(agent, txn, &statement->withdrawal, VERDICT_ACCEPTED, err);
    if (statement->kind != STATEMENT_RETURN)
        return true;
    struct version there, version = history_version_of(statement);
    version.sequence = at->sequence;
    version.stage = STAGE_REJECTED;
    version.recovered = true;
    version.device = at->device;
    version.epoch = at->epoch;
    bool first = true;
    if (history_find(&agent->store, txn, version.id, version.number, &there) &&
        !comes_before(agent, txn, &there, receipt, arena, &first, err))
        return false;
    if (!first)
        return transaction_check(txn, err);
    history_put(&agent->store, txn, &version);
    if (!notices_stage(agent, txn, &version, receipt, &version.stage, err))
        return false;
    history_put(&agent->store, txn, &version);
    return transaction_check(txn, err);
}

static bool add_again(struct agent *agent, struct transaction *txn, const struct recovered_at *at,
                      bool withdrawals, struct arena *arena, struct error *err)
{
    struct sealed_statement sealed;
    struct statement *statement = arena_take(arena, 1, sizeof *statement);
    struct receipt *receipt = arena_take(arena, 1, sizeof *receipt);
    struct bytes text;
    if (!recovered_get(&agent->store, txn, at, &sealed, err))
        return false;
    struct bytes copy = arena_copy_bytes(arena, sealed.statement);
    if (!recovered_receipt(&agent->store, txn, at, &text))
        return transaction_check(txn, err);
    if (!statement_decode(copy, arena, statement, err))
        return false;
    if ((statement->kind == STATEMENT_WITHDRAWAL) != withdrawals)
        return true;
    return receipt_read(arena_copy_bytes(arena, text), arena, receipt, err) &&
           reindexing_add(agent, txn, at, statement, receipt, err);
}

static bool add_all(struct agent *agent, struct transaction *txn, bool withdrawals,
                    struct error *err)
{
    CLEANUP(arena_destroy) struct arena *list = arena_create();
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    size_t count;
    const struct recovered_stream *streams = recovered_streams(&agent->store, txn, list, &count);
    for (size_t i = 0; i < count; i++)
        for (uint64_t sequence = 1; sequence <= streams[i].head.sequence; sequence++) {
            struct recovered_at at = { streams[i].device, streams[i].epoch, sequence };
            arena_reset(arena);
            if (!add_again(agent, txn, &at, withdrawals, arena, err))
                return false;
        }
    return transaction_check(txn, err);
}

/* What is withdrawn may be of another stream: all of them first. */
bool reindexing_run(struct agent *agent, struct transaction *txn, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *list = arena_create();
    struct versions all = history_list(&agent->store, txn, NULL, list);
    for (size_t i = 0; i < all.count; i++)
        history_delete(&agent->store, txn, &all.items[i]);
    return add_all(agent, txn, false, err) && add_all(agent, txn, true, err);
}
