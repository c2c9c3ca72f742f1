#ifndef AGENT_DRAFT_H
#define AGENT_DRAFT_H

/*
 * A return that is not finished: its figures, and how far they have come.
 *
 *     entry -> DRAFT -> checking -> signing -> sealing
 *
 * A check and a signature hold for the content they were given for: any later change of a
 * figure or an explanation takes the draft back to the stage of a draft, without signatures.
 * Pure: nothing is stored here. Everything borrows: arrays and texts are the caller's or live in
 * the arena that was given.
 */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/model/lifecycle.h"
#include "common/model/submission.h"

struct arena;
struct error;
struct findings;
struct form;

struct draft {
    enum stage stage;             /* STAGE_DRAFT, STAGE_CHECKED or STAGE_SIGNED */
    struct submission submission; /* version and base version are decided when it is sealed */
    struct digest catalogue;      /* it was checked with; zero in STAGE_DRAFT */
};

struct draft draft_begin(struct code form, struct period period);

/* What an edit took away, to be told to the person. */
struct draft_loss {
    bool check;
    size_t sign_offs;
};

/* To the stage of a draft: what it was checked and signed for is no longer so. */
struct draft_loss draft_take_back(struct draft *draft);

/* Cells, rows and columns of `content` take the place of the draft's. Nothing is lost when
 * they are equal. Explanations stay: the next check tells which of them still apply. */
struct draft_loss draft_replace(struct draft *draft, const struct submission *content);

/* One cell of a table. Fails with EXHAUSTED when there are SUBMISSION_CELLS_MAX others. */
NODISCARD bool draft_set(struct draft *draft, struct code item, struct value value,
                         struct arena *arena, struct draft_loss *out_loss, struct error *err);

/* Takes the place of an earlier explanation of the same rule and row. Fails with EXHAUSTED, or
 * with REFUSED when the text is empty or too long. */
NODISCARD bool draft_explain(struct draft *draft, const struct explanation *explanation,
                             struct arena *arena, struct draft_loss *out_loss, struct error *err);

/* Findings that block take the draft back to STAGE_DRAFT; others make it CHECKED. Signatures
 * stay only if the findings and the catalogue are those that were signed. */
struct draft_loss draft_take_findings(struct draft *draft, const struct findings *findings,
                                      const struct digest *catalogue);

/* The form's roles sign in the form's order, each once, after the period's end; the heads are
 * other persons than the one who prepared it. The last signature makes the draft SIGNED.
 * Fails with REFUSED, saying what is to be done first. */
NODISCARD bool draft_sign(struct draft *draft, const struct form *form,
                          const struct sign_off *sign_off, struct arena *arena, struct error *err);

#endif
