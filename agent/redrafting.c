#include "agent/redrafting.h"

#include "agent/agent.h"
#include "agent/checking.h"
#include "agent/drafts.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/catalogue/catalogue.h"
#include "common/cube/carrying.h"
#include "common/cube/checking.h"
#include "common/storage/transaction.h"

struct round {
    const struct agent *agent;
    struct transaction *txn;
    const struct catalogue *before;
    struct arena *arena; /* of one draft */
    struct redrafting *out;
    struct error *err;
};

static size_t figures_in(const struct submission *submission)
{
    size_t count = submission->cell_count;
    for (size_t i = 0; i < submission->column_count; i++)
        for (size_t row = 0; submission->columns[i].statuses && row < submission->row_count; row++)
            count += value_status_has_figure(submission->columns[i].statuses[row]);
    return count;
}

/* A draft without a place in the new catalogue stays as it is; it can be looked at and exported,
 * and no check lets it pass. */
static bool carry(struct round *round, struct draft *draft)
{
    struct submission carried;
    struct error unfit;
    struct submission submission = draft->submission;
    submission.version = 1;
    if (!submission_fits(&submission, round->before, &unfit) ||
        !submission_carry(&submission, round->before, round->agent->catalogue, round->arena,
                          &carried))
        return false;
    round->out->figures += figures_in(&submission) - figures_in(&carried);
    draft_replace(draft, &carried);
    return true;
}

static bool check_again(struct round *round, struct draft *draft)
{
    struct findings findings;
    struct checking_request request = { .submission = &draft->submission, .before_signing = true };
    if (!checking_run(round->agent, round->txn, &request, round->arena, &findings, round->err))
        return false;
    draft_take_findings(draft, &findings, &round->agent->catalogue->digest);
    bool passed = draft->stage == STAGE_CHECKED;
    *(passed ? &round->out->passed : &round->out->returned) += 1;
    return true;
}

static bool redraft(struct round *round, struct return_id id)
{
    const struct store *store = &round->agent->store;
    struct draft draft;
    bool found;
    if (!drafts_get(store, round->txn, id, round->arena, &draft, &found, round->err))
        return false;
    bool was_checked = draft.stage != STAGE_DRAFT;
    if (!carry(round, &draft)) {
        round->out->returned += was_checked;
        draft_take_back(&draft);
    } else if (was_checked && !check_again(round, &draft)) {
        return false;
    }
    return drafts_put(store, round->txn, &draft, round->arena, round->err);
}

bool redrafting_run(const struct agent *agent, struct transaction *txn,
                    const struct catalogue *before, struct arena *arena, struct redrafting *out,
                    struct error *err)
{
    CLEANUP(arena_destroy) struct arena *scratch = arena_create();
    struct round round = { agent, txn, before, scratch, out, err };
    *out = (struct redrafting){ 0 };
    const struct draft_note *notes = drafts_list(&agent->store, txn, arena, &out->drafts);
    for (size_t i = 0; i < out->drafts; i++) {
        arena_reset(scratch);
        if (!redraft(&round, notes[i].id))
            return false;
    }
    return transaction_check(txn, err);
}
