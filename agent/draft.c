#include "agent/draft.h"

#include <assert.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/text.h"
#include "common/catalogue/catalogue.h"
#include "common/model/day.h"
#include "common/model/finding.h"

struct draft draft_begin(struct code form, struct period period)
{
    return (struct draft){ .stage = STAGE_DRAFT, .submission = { .form = form, .period = period } };
}

static void move_to(struct draft *draft, enum stage stage)
{
    assert(draft->stage == stage || stage_may_follow(draft->stage, stage));
    draft->stage = stage;
}

struct draft_loss draft_take_back(struct draft *draft)
{
    struct draft_loss loss = { .check = draft->stage != STAGE_DRAFT,
                               .sign_offs = draft->submission.sign_off_count };
    move_to(draft, STAGE_DRAFT);
    draft->submission.sign_offs = NULL;
    draft->submission.sign_off_count = 0;
    draft->submission.findings = (struct digest){ 0 };
    draft->catalogue = (struct digest){ 0 };
    return loss;
}

static bool same_cells(const struct submission *left, const struct submission *right)
{
    if (left->cell_count != right->cell_count)
        return false;
    for (size_t i = 0; i < left->cell_count; i++) {
        const struct cell *one = &left->cells[i], *other = &right->cells[i];
        if (!code_equal(one->item, other->item) || one->value.mantissa != other->value.mantissa ||
            one->value.status != other->value.status)
            return false;
    }
    return true;
}

static bool same_texts(const char *const *left, const char *const *right, size_t count)
{
    if (!left || !right)
        return left == right;
    for (size_t i = 0; i < count; i++)
        if (!text_equal(left[i], right[i]))
            return false;
    return true;
}

static bool same_run(const void *left, const void *right, size_t size)
{
    if (!left || !right)
        return left == right;
    return memcmp(left, right, size) == 0;
}

static bool same_column(const struct roster_column *left, const struct roster_column *right,
                        size_t rows)
{
    return code_equal(left->item, right->item) && same_texts(left->texts, right->texts, rows) &&
           same_run(left->statuses, right->statuses, rows) &&
           same_run(left->mantissas, right->mantissas, rows * sizeof *left->mantissas);
}

static bool same_rows(const struct submission *left, const struct submission *right)
{
    if (left->row_count != right->row_count || left->column_count != right->column_count)
        return false;
    for (size_t i = 0; i < left->column_count; i++)
        if (!same_column(&left->columns[i], &right->columns[i], left->row_count))
            return false;
    return left->row_count == 0 || same_texts(left->row_keys, right->row_keys, left->row_count);
}

struct draft_loss draft_replace(struct draft *draft, const struct submission *content)
{
    struct submission *ours = &draft->submission;
    assert(code_equal(ours->form, content->form) && period_equal(ours->period, content->period));
    if (same_cells(ours, content) && same_rows(ours, content))
        return (struct draft_loss){ 0 };

    ours->cells = content->cells;
    ours->cell_count = content->cell_count;
    ours->row_keys = content->row_keys;
    ours->row_count = content->row_count;
    ours->columns = content->columns;
    ours->column_count = content->column_count;
    return draft_take_back(draft);
}

/* Where the item stands, or would stand. */
static size_t place_of(const struct submission *submission, struct code item)
{
    size_t place = 0;
    while (place < submission->cell_count && submission->cells[place].item.packed < item.packed)
        place++;
    return place;
}

bool draft_set(struct draft *draft, struct code item, struct value value, struct arena *arena,
               struct draft_loss *out_loss, struct error *err)
{
    const struct submission *ours = &draft->submission;
    size_t place = place_of(ours, item);
    bool there = place < ours->cell_count && code_equal(ours->cells[place].item, item);
    if (!there && ours->cell_count == SUBMISSION_CELLS_MAX)
        return error_set(err, ERROR_EXHAUSTED, MESSAGE_DRAFT_TOO_MANY_CELLS, SUBMISSION_CELLS_MAX);

    struct cell *cells = arena_take(arena, ours->cell_count + 1, sizeof *cells);
    for (size_t i = 0; i < place; i++)
        cells[i] = ours->cells[i];
    cells[place] = (struct cell){ item, value };
    size_t count = place + 1;
    for (size_t i = place + there; i < ours->cell_count; i++)
        cells[count++] = ours->cells[i];

    struct submission content = *ours;
    content.cells = cells;
    content.cell_count = count;
    *out_loss = draft_replace(draft, &content);
    return true;
}

static bool same_place(const struct explanation *left, const struct explanation *right)
{
    return code_equal(left->rule, right->rule) && text_equal(left->row_key, right->row_key);
}

static bool text_can_be_kept(const char *text, struct error *err)
{
    size_t size = strlen(text);
    if (size == 0)
        return error_set(err, ERROR_REFUSED, MESSAGE_DRAFT_EMPTY_EXPLANATION);
    if (size > SUBMISSION_TEXT_SIZE_MAX)
        return error_set(err, ERROR_REFUSED, MESSAGE_DRAFT_LONG_EXPLANATION,
                         SUBMISSION_TEXT_SIZE_MAX, size);
    if (!text_is_clean(bytes_of_text(text), false))
        return error_set(err, ERROR_REFUSED, MESSAGE_DRAFT_UNCLEAN_TEXT);
    return true;
}

bool draft_explain(struct draft *draft, const struct explanation *explanation, struct arena *arena,
                   struct draft_loss *out_loss, struct error *err)
{
    struct submission *ours = &draft->submission;
    if (!text_can_be_kept(explanation->text, err))
        return false;

    struct explanation *kept = arena_take(arena, ours->explanation_count + 1, sizeof *kept);
    size_t count = 0;
    for (size_t i = 0; i < ours->explanation_count; i++)
        if (!same_place(&ours->explanations[i], explanation))
            kept[count++] = ours->explanations[i];
    if (count == SUBMISSION_EXPLANATIONS_MAX)
        return error_set(err, ERROR_EXHAUSTED, MESSAGE_DRAFT_TOO_MANY_EXPLANATIONS,
                         SUBMISSION_EXPLANATIONS_MAX);
    kept[count++] = *explanation;
    ours->explanations = kept;
    ours->explanation_count = count;
    *out_loss = draft_take_back(draft);
    return true;
}

struct draft_loss draft_take_findings(struct draft *draft, const struct findings *findings,
                                      const struct digest *catalogue)
{
    if (findings_block(findings))
        return draft_take_back(draft);

    struct digest digest = findings->count > 0 ? findings_digest(findings) : (struct digest){ 0 };
    bool same = draft->stage != STAGE_DRAFT && digest_equal(&draft->catalogue, catalogue) &&
                digest_equal(&draft->submission.findings, &digest);
    if (same)
        return (struct draft_loss){ 0 };

    struct draft_loss loss = draft_take_back(draft);
    loss.check = false; /* it has just been checked again */
    move_to(draft, STAGE_CHECKED);
    draft->submission.findings = digest;
    draft->catalogue = *catalogue;
    return loss;
}

static size_t role_position(const struct form *form, struct code role)
{
    size_t position = 0;
    while (position < form->role_count && !code_equal(form->roles[position].code, role))
        position++;
    return position;
}

static bool date_is_late_enough(const struct draft *draft, int64_t utc_ms, struct error *err)
{
    int64_t end = period_last_day(draft->submission.period);
    if (day_of_utc(utc_ms) >= end)
        return true;
    char day[DAY_TEXT_SIZE], period[PERIOD_TEXT_SIZE];
    return error_set(err, ERROR_REFUSED, MESSAGE_DRAFT_SIGNED_TOO_EARLY,
                     period_text(draft->submission.period, period), day_text(end, day));
}

/* Who has prepared it signs first; nobody who signs after that may be the same person. */
static bool person_may_sign(const struct draft *draft, const struct form *form, size_t position,
                            const char *name, struct error *err)
{
    if (*name == '\0' || strlen(name) > SUBMISSION_TEXT_SIZE_MAX ||
        !text_is_clean(bytes_of_text(name), false))
        return error_set(err, ERROR_REFUSED, MESSAGE_DRAFT_NO_NAME);
    if (position > 0 && text_equal(draft->submission.sign_offs[0].name, name))
        return error_set(err, ERROR_REFUSED, MESSAGE_DRAFT_SAME_PERSON, name,
                         words_say(&form->roles[0].words), words_say(&form->roles[position].words));
    return true;
}

static bool role_is_next(const struct draft *draft, const struct form *form, struct code role,
                         size_t *out_position, struct error *err)
{
    char text[CODE_TEXT_SIZE];
    size_t next = draft->submission.sign_off_count;
    size_t position = role_position(form, role);
    if (position == form->role_count)
        return error_set(err, ERROR_REFUSED, MESSAGE_DRAFT_UNKNOWN_ROLE, code_text(role, text));
    if (position < next)
        return error_set(err, ERROR_REFUSED, MESSAGE_DRAFT_ROLE_HAS_SIGNED,
                         words_say(&form->roles[position].words),
                         draft->submission.sign_offs[position].name);
    if (position > next)
        return error_set(err, ERROR_REFUSED, MESSAGE_DRAFT_ROLE_NOT_NEXT,
                         words_say(&form->roles[next].words));
    *out_position = position;
    return true;
}

bool draft_sign(struct draft *draft, const struct form *form, const struct sign_off *sign_off,
                struct arena *arena, struct error *err)
{
    assert(form->role_count <= SUBMISSION_SIGN_OFFS_MAX);
    struct submission *ours = &draft->submission;
    if (draft->stage == STAGE_DRAFT)
        return error_set(err, ERROR_REFUSED, MESSAGE_DRAFT_NOT_CHECKED);

    size_t position = 0;
    if (!role_is_next(draft, form, sign_off->role, &position, err) ||
        !person_may_sign(draft, form, position, sign_off->name, err) ||
        !date_is_late_enough(draft, sign_off->utc_ms, err))
        return false;

    struct sign_off *signed_off = arena_take(arena, position + 1, sizeof *signed_off);
    for (size_t i = 0; i < position; i++)
        signed_off[i] = ours->sign_offs[i];
    signed_off[position] = *sign_off;
    ours->sign_offs = signed_off;
    ours->sign_off_count = position + 1;
    if (ours->sign_off_count == form->role_count)
        move_to(draft, STAGE_SIGNED);
    return true;
}
