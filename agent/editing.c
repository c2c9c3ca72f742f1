#include "agent/editing.h"

#include "agent/agent.h"
#include "agent/checking.h"
#include "agent/drafts.h"
#include "agent/history.h"
#include "agent/statements.h"
#include "agent/terms.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/catalogue/catalogue.h"
#include "common/storage/reserve.h"
#include "common/storage/transaction.h"

static bool load_sealed(const struct agent *agent, struct transaction *txn,
                        const struct version *version, struct arena *arena, struct draft *draft,
                        struct error *err)
{
    struct statement statement;
    if (!history_statement(&agent->store, txn, version, arena, &statement, err))
        return false;
    struct submission carried, *ours = &draft->submission;
    bool fits;
    if (!terms_carry(agent, txn, &statement, arena, &carried, &fits, err))
        return false;
    ours->explanations = statement.submission.explanations;
    ours->explanation_count = statement.submission.explanation_count;
    if (fits)
        draft_replace(draft, &carried);
    return true;
}

bool editing_load(const struct agent *agent, struct transaction *txn, struct return_id id,
                  struct arena *arena, struct draft *out, enum editing_origin *out_origin,
                  struct error *err)
{
    struct version newest;
    bool found;
    if (!drafts_get(&agent->store, txn, id, arena, out, &found, err))
        return false;
    *out_origin = EDITING_DRAFT;
    if (found)
        return true;
    *out = draft_begin(id.form, id.period);
    *out_origin = EDITING_NOTHING;
    if (!history_newest(&agent->store, txn, id, &newest))
        return transaction_check(txn, err);
    *out_origin = EDITING_SEALED;
    return load_sealed(agent, txn, &newest, arena, out, err);
}

static bool save(struct agent *agent, struct transaction **txn, const struct draft *draft,
                 struct arena *arena, struct error *err)
{
    return drafts_put(&agent->store, *txn, draft, arena, err) && transaction_commit(txn, err);
}

static bool replace_once(struct agent *agent, const struct submission *content, struct arena *arena,
                         struct draft_loss *out_loss, struct error *err)
{
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_write(agent->store.database);
    struct return_id id = { content->form, content->period };
    struct draft draft;
    enum editing_origin origin;
    if (!editing_load(agent, txn, id, arena, &draft, &origin, err))
        return false;
    *out_loss = draft_replace(&draft, content);
    return save(agent, &txn, &draft, arena, err);
}

/* On a full disk the reserve is for drafts: what a person typed is not lost. */
bool editing_replace(struct agent *agent, const struct submission *content, struct arena *arena,
                     struct draft_loss *out_loss, struct error *err)
{
    return replace_once(agent, content, arena, out_loss, err) ||
           (reserve_helps(agent->reserve, err) &&
            replace_once(agent, content, arena, out_loss, err));
}

static bool set_once(struct agent *agent, struct return_id id, struct code item, struct value value,
                     struct draft_loss *out_loss, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_write(agent->store.database);
    struct draft draft;
    enum editing_origin origin;
    return editing_load(agent, txn, id, arena, &draft, &origin, err) &&
           draft_set(&draft, item, value, arena, out_loss, err) &&
           save(agent, &txn, &draft, arena, err);
}

bool editing_set(struct agent *agent, struct return_id id, struct code item, struct value value,
                 struct draft_loss *out_loss, struct error *err)
{
    return set_once(agent, id, item, value, out_loss, err) ||
           (reserve_helps(agent->reserve, err) && set_once(agent, id, item, value, out_loss, err));
}

static bool load_draft(const struct agent *agent, struct transaction *txn, struct return_id id,
                       struct arena *arena, struct draft *out, struct error *err)
{
    char form[CODE_TEXT_SIZE], period[PERIOD_TEXT_SIZE];
    struct version newest;
    bool found;
    if (!drafts_get(&agent->store, txn, id, arena, out, &found, err))
        return false;
    if (found)
        return true;
    code_text(id.form, form);
    period_text(id.period, period);
    if (history_newest(&agent->store, txn, id, &newest))
        return error_set(err, ERROR_UNAVAILABLE, MESSAGE_EDITING_SEALED, form, period,
                         newest.number, stage_words(newest.stage));
    return transaction_check(txn, err) &&
           error_set(err, ERROR_UNAVAILABLE, MESSAGE_EDITING_NO_DRAFT, form, period);
}

static bool explain_once(struct agent *agent, struct return_id id,
                         const struct explanation *explanation, struct draft_loss *out_loss,
                         struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_write(agent->store.database);
    struct draft draft;
    return load_draft(agent, txn, id, arena, &draft, err) &&
           draft_explain(&draft, explanation, arena, out_loss, err) &&
           save(agent, &txn, &draft, arena, err);
}

bool editing_explain(struct agent *agent, struct return_id id,
                     const struct explanation *explanation, struct draft_loss *out_loss,
                     struct error *err)
{
    return explain_once(agent, id, explanation, out_loss, err) ||
           (reserve_helps(agent->reserve, err) &&
            explain_once(agent, id, explanation, out_loss, err));
}

static bool check_once(struct agent *agent, struct return_id id, struct arena *arena,
                       struct editing_check *out, struct error *err)
{
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_write(agent->store.database);
    struct draft draft;
    if (!load_draft(agent, txn, id, arena, &draft, err))
        return false;
    struct checking_request request = { .submission = &draft.submission, .before_signing = true };
    if (!checking_run(agent, txn, &request, arena, &out->findings, err))
        return false;
    out->zone_known = checking_knows_zone(agent, txn);
    out->loss = draft_take_findings(&draft, &out->findings, &agent->catalogue->digest);
    out->stage = draft.stage;
    return save(agent, &txn, &draft, arena, err);
}

bool editing_check(struct agent *agent, struct return_id id, struct arena *arena,
                   struct editing_check *out, struct error *err)
{
    return check_once(agent, id, arena, out, err) ||
           (reserve_helps(agent->reserve, err) && check_once(agent, id, arena, out, err));
}

static bool sign_once(struct agent *agent, struct return_id id, struct code role, const char *name,
                      struct code *out_next, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_write(agent->store.database);
    struct draft draft;
    char code[CODE_TEXT_SIZE];
    size_t number = catalogue_form(agent->catalogue, id.form);
    if (number == CATALOGUE_NONE)
        return error_set(err, ERROR_REFUSED, MESSAGE_COMMAND_FORM, code_text(id.form, code));
    const struct form *form = &agent->catalogue->forms[number];
    struct sign_off sign_off = { role, name, agent_utc_ms(agent) };
    if (!load_draft(agent, txn, id, arena, &draft, err) ||
        !draft_sign(&draft, form, &sign_off, arena, err))
        return false;
    size_t signed_count = draft.submission.sign_off_count;
    *out_next = (struct code){ 0 };
    if (signed_count < form->role_count)
        *out_next = form->roles[signed_count].code;
    return save(agent, &txn, &draft, arena, err);
}

bool editing_sign(struct agent *agent, struct return_id id, struct code role, const char *name,
                  struct code *out_next, struct error *err)
{
    return sign_once(agent, id, role, name, out_next, err) ||
           (reserve_helps(agent->reserve, err) && sign_once(agent, id, role, name, out_next, err));
}

bool editing_stage(const struct agent *agent, struct transaction *txn, struct return_id id,
                   enum stage *out, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct draft draft;
    struct version newest;
    bool found;
    *out = STAGE_NOT_STARTED;
    if (!drafts_get(&agent->store, txn, id, arena, &draft, &found, err))
        return false;
    if (found)
        *out = draft.stage;
    else if (history_newest(&agent->store, txn, id, &newest))
        *out = newest.stage;
    return transaction_check(txn, err);
}
