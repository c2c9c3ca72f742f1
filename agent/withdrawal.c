#include "agent/withdrawal.h"

#include <assert.h>
#include <string.h>

#include "agent/agent.h"
#include "agent/catalogues.h"
#include "agent/history.h"
#include "agent/notices.h"
#include "agent/sealing.h"
#include "agent/statements.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/text.h"
#include "common/storage/transaction.h"
#include "common/wire/statement.h"

static bool reason_is_sound(const char *reason, struct error *err)
{
    size_t size = strlen(reason);
    return (size > 0 && size <= SUBMISSION_TEXT_SIZE_MAX &&
            text_is_clean(bytes_of_text(reason), true)) ||
           error_set(err, ERROR_REFUSED, MESSAGE_WITHDRAWAL_REASON, SUBMISSION_TEXT_SIZE_MAX);
}

/* The version that counts at the province, as far as its receipts say. */
static bool find_counting(const struct agent *agent, struct transaction *txn, struct return_id id,
                          struct version *out, struct error *err)
{
    char form[CODE_TEXT_SIZE], period[PERIOD_TEXT_SIZE];
    struct succession succession = history_succession(&agent->store, txn, id);
    struct version newest;
    code_text(id.form, form);
    period_text(id.period, period);
    if (history_newest(&agent->store, txn, id, &newest) && newest.stage == STAGE_SEALED)
        return error_set(err, ERROR_REFUSED, MESSAGE_WITHDRAWAL_WAITS, form, period, newest.number);
    return (succession.base > 0 && history_find(&agent->store, txn, id, succession.base, out)) ||
           error_set(err, ERROR_REFUSED, MESSAGE_WITHDRAWAL_NOTHING, form, period);
}

static bool write_down(struct agent *agent, struct transaction *txn,
                       const struct statement *statement, struct version *version,
                       struct arena *arena, struct error *err)
{
    struct sealed_statement sealed;
    assert(stage_may_follow(version->stage, STAGE_WITHDRAWN));

    if (!statement_seal(statement, &agent->pair, arena, &sealed, err))
        return error_wrap(err, MESSAGE_SEALING);
    version->stage = STAGE_WITHDRAWN;
    statements_append(&agent->store, txn, statement->sequence, &sealed, arena);
    history_put(&agent->store, txn, version);
    catalogues_keep(&agent->store, txn, agent->catalogue, arena);
    return true;
}

bool withdrawal_seal(struct agent *agent, struct return_id id, const char *reason,
                     struct arena *arena, struct withdrawn *out, struct error *err)
{
    struct statement statement;
    struct version version;
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_write(agent->store.database);
    if (!reason_is_sound(reason, err) || !sealing_next(agent, txn, &statement, err) ||
        !find_counting(agent, txn, id, &version, err))
        return false;
    statement.kind = STATEMENT_WITHDRAWAL;
    statement.withdrawal = (struct withdrawal){ id.form, id.period, version.number, reason };
    *out = (struct withdrawn){ statement.sequence, version.number };
    return write_down(agent, txn, &statement, &version, arena, err) &&
           transaction_commit(&txn, err);
}

static bool reckon_anew(struct agent *agent, struct transaction *txn, struct version *version,
                        struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct receipt *receipt = arena_take(arena, 1, sizeof *receipt);
    bool found;
    version->stage = STAGE_SEALED;
    return history_receipt(&agent->store, txn, version, arena, receipt, &found, err) &&
           (!found || notices_stage(agent, txn, version, receipt, &version->stage, err));
}

bool withdrawal_settle(struct agent *agent, struct transaction *txn,
                       const struct withdrawal *withdrawal, enum verdict verdict, struct error *err)
{
    struct return_id id = { withdrawal->form, withdrawal->period };
    struct version version;
    if (!history_find(&agent->store, txn, id, withdrawal->version, &version))
        return transaction_check(txn, err);
    if (verdict == VERDICT_ACCEPTED)
        version.stage = STAGE_WITHDRAWN;
    else if (!reckon_anew(agent, txn, &version, err))
        return false;
    history_put(&agent->store, txn, &version);
    return transaction_check(txn, err);
}
