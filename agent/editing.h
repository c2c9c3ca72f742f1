#ifndef AGENT_EDITING_H
#define AGENT_EDITING_H

/*
 * What a person does to a return before it is sealed. Each act is one transaction: when it
 * says true the draft is on disk with its new content and stage.
 *
 *     entry -> EDITING -> drafts
 */

#include <stdbool.h>

#include "agent/draft.h"
#include "agent/store.h"
#include "common/base/attributes.h"
#include "common/model/finding.h"

struct agent;
struct arena;
struct error;
struct transaction;

/* Where an edit starts. */
enum editing_origin {
    EDITING_DRAFT,  /* there is a draft */
    EDITING_SEALED, /* none, but a sealed version: its content is corrected */
    EDITING_NOTHING
};

/* The draft, or one with the content of the newest sealed version, or an empty one. */
NODISCARD bool editing_load(const struct agent *agent, struct transaction *txn, struct return_id id,
                            struct arena *arena, struct draft *out, enum editing_origin *out_origin,
                            struct error *err);

/* An imported content takes the place of what is there. */
NODISCARD bool editing_replace(struct agent *agent, const struct submission *content,
                               struct arena *arena, struct draft_loss *out_loss, struct error *err);
NODISCARD bool editing_set(struct agent *agent, struct return_id id, struct code item,
                           struct value value, struct draft_loss *out_loss, struct error *err);

/* The following need a draft: UNAVAILABLE when there is none. */
NODISCARD bool editing_explain(struct agent *agent, struct return_id id,
                               const struct explanation *explanation, struct draft_loss *out_loss,
                               struct error *err);

struct editing_check {
    struct findings findings; /* in the arena */
    enum stage stage;         /* of the draft, afterwards */
    struct draft_loss loss;
    bool zone_known; /* rules that need the zone's level could be run */
};
NODISCARD bool editing_check(struct agent *agent, struct return_id id, struct arena *arena,
                             struct editing_check *out, struct error *err);

/* `out_next` is the role to sign next, no code when all have. */
NODISCARD bool editing_sign(struct agent *agent, struct return_id id, struct code role,
                            const char *name, struct code *out_next, struct error *err);

/* The stage of a return: of its draft, else of its newest version. */
NODISCARD bool editing_stage(const struct agent *agent, struct transaction *txn,
                             struct return_id id, enum stage *out, struct error *err);

#endif
