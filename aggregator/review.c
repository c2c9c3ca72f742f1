#include "aggregator/review.h"

#include <string.h>

#include "aggregator/ledger.h"
#include "aggregator/projection.h"
#include "aggregator/province.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/text.h"
#include "common/wire/statement.h"

static bool reason_is_sound(const char *reason, struct error *err)
{
    size_t size = strlen(reason);
    return (size > 0 && size <= SUBMISSION_TEXT_SIZE_MAX &&
            text_is_clean(bytes_of_text(reason), true)) ||
           error_set(err, ERROR_USAGE, MESSAGE_REVIEW_REASON, SUBMISSION_TEXT_SIZE_MAX);
}

/* Whoever takes the responsibility: a person's name, or an office's. */
static bool name_is_sound(const char *name, struct error *err)
{
    size_t size = strlen(name);
    return (size > 0 && size <= DECISION_NAME_SIZE_MAX &&
            text_is_clean(bytes_of_text(name), false)) ||
           error_set(err, ERROR_USAGE, MESSAGE_REVIEW_BY, DECISION_NAME_SIZE_MAX);
}

static const struct return_state *state_of(const struct province *province,
                                           const struct review *review)
{
    return projection_find(province->projection, &review->zone, review->form, review->period);
}

bool review_is_sound(const struct review *review, struct error *err)
{
    return reason_is_sound(review->reason, err) && name_is_sound(review->by, err);
}

/* The statement at `position` is named by its hash too: the zone knows it by that. */
static bool take(struct province *province, const struct review *review, enum decision_kind kind,
                 uint64_t position, uint64_t *out_position, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct ledger *ledger = province->ledger;
    struct journal_record named;
    if (!ledger_read(ledger, ledger_transaction(ledger), position, arena, &named, err))
        return false;
    struct journal_record record = { .entry = { .kind = ENTRY_DECISION } };
    record.entry.decision = (struct decision){
        .zone = review->zone,
        .form = review->form,
        .period = review->period,
        .version = named.statement.submission.version,
        .kind = kind,
        .reason = review->reason,
        .by = review->by,
        .position = position,
        .statement = sealed_statement_hash(&named.sealed),
    };
    *out_position = ledger_take(ledger, &record);
    return true;
}

static bool take_send_back(struct province *province, const struct review *review,
                           uint64_t *out_position, struct error *err)
{
    const struct return_state *state = state_of(province, review);
    if (!state || state->counted == 0)
        return error_set(err, ERROR_REFUSED, MESSAGE_REVIEW_NOTHING_COUNTS);
    if (state->sent_back_position > 0)
        return error_set(err, ERROR_REFUSED, MESSAGE_REVIEW_SENT_BACK, state->counted,
                         state->sent_back_position);
    return take(province, review, DECISION_SEND_BACK, state->counted_position, out_position, err);
}

struct candidacy {
    uint64_t position;
    bool found;
};

static bool look_for(const struct contender *contender, bool open, void *owner)
{
    struct candidacy *candidacy = owner;
    (void)open;
    candidacy->found |= contender->position == candidacy->position;
    return !candidacy->found;
}

static bool take_resolution(struct province *province, const struct review *review,
                            uint64_t position, uint64_t *out_position, struct error *err)
{
    const struct return_state *state = state_of(province, review);
    struct candidacy candidacy = { .position = position };
    if (!state || state->contest.count == 0)
        return error_set(err, ERROR_REFUSED, MESSAGE_REVIEW_NO_CONTEST);
    candidacy.found = state->counted > 0 && state->counted_position == position;
    if (!candidacy.found)
        projection_each_contender(province->projection, state, look_for, &candidacy);
    if (!candidacy.found)
        return error_set(err, ERROR_REFUSED, MESSAGE_REVIEW_NO_CANDIDATE, position);
    return take(province, review, DECISION_COUNTS, position, out_position, err);
}

/* Taken, committed, and followed to its end: the figures are those decided. */
static bool conclude(struct province *province, bool taken, struct error *err)
{
    if (taken)
        return ledger_commit(province->ledger, err) && ledger_refresh(province->ledger, err);
    ledger_abort(province->ledger);
    return false;
}

bool review_send_back(struct province *province, const struct review *review,
                      uint64_t *out_position, struct error *err)
{
    return review_is_sound(review, err) &&
           ledger_begin(province->ledger, province_utc_ms(province), err) &&
           conclude(province, take_send_back(province, review, out_position, err), err);
}

bool review_resolve(struct province *province, const struct review *review, uint64_t position,
                    uint64_t *out_position, struct error *err)
{
    return review_is_sound(review, err) &&
           ledger_begin(province->ledger, province_utc_ms(province), err) &&
           conclude(province, take_resolution(province, review, position, out_position, err), err);
}
