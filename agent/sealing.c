#include "agent/sealing.h"

#include <assert.h>

#include "agent/agent.h"
#include "agent/catalogues.h"
#include "agent/checking.h"
#include "agent/drafts.h"
#include "agent/history.h"
#include "agent/installation.h"
#include "agent/rotation.h"
#include "agent/statements.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/random.h"
#include "common/base/seeded_bug.h"
#include "common/catalogue/catalogue.h"
#include "common/model/day.h"
#include "common/storage/reserve.h"
#include "common/storage/transaction.h"
#include "common/wire/statement.h"

#define SUITE_ED25519 1

static bool clock_is_sound(int64_t utc_ms, struct error *err)
{
    char day[DAY_TEXT_SIZE];
    int64_t today = day_of_utc(utc_ms);
    if (today >= day_of_date(SEALING_YEAR_MIN, 1, 1))
        return true;
    return error_set(err, ERROR_REFUSED, MESSAGE_SEALING_CLOCK, day_text(today, day));
}

/* What is sealed has to be sent, receipted and kept: it is not begun on a disk without room. */
static bool disk_has_room(const struct agent *agent, struct error *err)
{
    return reserve_holds(agent->reserve) || seeded_bug(BUG_SEAL_WITHOUT_ROOM) ||
           error_set(err, ERROR_EXHAUSTED, MESSAGE_SEALING_NO_ROOM, agent->data_folder);
}

static bool draft_is_ready(struct agent *agent, struct transaction *txn, struct return_id id,
                           struct arena *arena, struct draft *out, struct error *err)
{
    char form[CODE_TEXT_SIZE], period[PERIOD_TEXT_SIZE];
    bool found;
    if (!drafts_get(&agent->store, txn, id, arena, out, &found, err))
        return false;
    if (!found)
        return error_set(err, ERROR_REFUSED, MESSAGE_SEALING_NO_DRAFT, code_text(id.form, form),
                         period_text(id.period, period));
    if (out->stage != STAGE_SIGNED)
        return error_set(err, ERROR_REFUSED, MESSAGE_SEALING_NOT_SIGNED, code_text(id.form, form),
                         period_text(id.period, period), stage_words(out->stage));
    return true;
}

/* What was signed must still be what is found: history may have grown since. */
static bool findings_are_those_signed(struct agent *agent, struct transaction *txn,
                                      struct draft *draft, struct arena *arena,
                                      struct findings *out, struct error *err)
{
    struct checking_request request = { .submission = &draft->submission };
    if (!checking_run(agent, txn, &request, arena, out, err))
        return false;
    if (findings_block(out))
        return error_set(err, ERROR_REFUSED, MESSAGE_SEALING_BLOCKED, out->count);
    struct draft_loss loss = draft_take_findings(draft, out, &agent->catalogue->digest);
    if (loss.sign_offs > 0)
        return error_set(err, ERROR_REFUSED, MESSAGE_SEALING_FINDINGS_CHANGED);
    return true;
}

bool sealing_next(const struct agent *agent, struct transaction *txn, struct statement *out,
                  struct error *err)
{
    int64_t utc_ms = agent_utc_ms(agent);
    struct stream_head head;
    if (!installation_may_act(agent, err) || !disk_has_room(agent, err) ||
        !clock_is_sound(utc_ms, err) || !rotation_lets_seal(agent, txn, err) ||
        !statements_head(&agent->store, txn, &head, err))
        return false;
    *out = (struct statement){
        .suite = SUITE_ED25519,
        .province = agent->province.province,
        .stream = agent->device.stream,
        .sequence = head.sequence + 1,
        .previous = head.hash,
        .catalogue = agent->catalogue->digest,
        .agent_utc_ms = utc_ms,
    };
    if (seeded_bug(BUG_SEAL_WITHOUT_A_LINK))
        out->previous = (struct digest){ 0 };
    struct random *random = agent->seams.random;
    random->fill(random, out->salt, sizeof out->salt);
    return true;
}

static bool write_down(struct agent *agent, struct transaction *txn,
                       const struct statement *statement, struct arena *arena, struct sealing *out,
                       struct error *err)
{
    struct sealed_statement sealed;
    if (!statement_seal(statement, &agent->pair, arena, &sealed, err))
        return error_wrap(err, MESSAGE_SEALING);

    struct version version = history_version_of(statement);
    statements_append(&agent->store, txn, statement->sequence, &sealed, arena);
    history_put(&agent->store, txn, &version);
    if (!seeded_bug(BUG_KEEP_A_SEALED_DRAFT))
        drafts_delete(&agent->store, txn, version.id);
    catalogues_keep(&agent->store, txn, agent->catalogue, arena);
    out->sequence = statement->sequence;
    out->version = version.number;
    out->base = version.base;
    out->hash = sealed_statement_hash(&sealed);
    out->utc_ms = statement->agent_utc_ms;
    return transaction_check(txn, err);
}

bool sealing_prepare(struct agent *agent, struct transaction *txn, struct return_id id,
                     struct arena *arena, struct sealing *out, struct error *err)
{
    struct draft draft;
    struct statement statement;
    *out = (struct sealing){ .findings = findings_in(arena) };
    if (!sealing_next(agent, txn, &statement, err) ||
        !draft_is_ready(agent, txn, id, arena, &draft, err))
        return false;

    assert(stage_may_follow(draft.stage, STAGE_SEALED));
    struct succession succession = history_succession(&agent->store, txn, id);
    draft.submission.version = succession.next;
    draft.submission.base_version = succession.base;
    if (!findings_are_those_signed(agent, txn, &draft, arena, &out->findings, err) ||
        !checking_grounds(agent, txn, id, arena, &draft.submission.grounds, err))
        return false;

    statement.kind = STATEMENT_RETURN;
    statement.submission = draft.submission;
    return write_down(agent, txn, &statement, arena, out, err);
}

bool sealing_seal(struct agent *agent, struct return_id id, struct arena *arena,
                  struct sealing *out, struct error *err)
{
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_write(agent->store.database);
    return sealing_prepare(agent, txn, id, arena, out, err) && transaction_commit(&txn, err);
}
