#ifndef AGENT_CHECKING_H
#define AGENT_CHECKING_H

/*
 * Judges a return with the catalogue's rules and the zone's own history, as the province
 * will: by the same function, against the sealed versions that were not rejected.
 *
 *     drafts -> CHECKING -> signing -> sealing
 *
 * Other drafts do not take part, so that the zone's digest of findings is the province's.
 */

#include <stdbool.h>

#include "agent/store.h"
#include "common/base/attributes.h"
#include "common/model/finding.h"
#include "common/model/submission.h"

struct agent;
struct arena;
struct error;
struct transaction;

struct checking_request {
    const struct submission *submission; /* its version is not looked at */
    bool before_signing;                 /* without the rules about signatures */
};

/* The findings live in the arena. Fails with MALFORMED when the submission does not belong to
 * the catalogue, CORRUPT. */
NODISCARD bool checking_run(const struct agent *agent, struct transaction *txn,
                            const struct checking_request *request, struct arena *arena,
                            struct findings *out, struct error *err);

/* What the findings rest on: the zone's record, and the versions that were relied on. */
NODISCARD bool checking_grounds(const struct agent *agent, struct transaction *txn,
                                struct return_id id, struct arena *arena, struct grounds *out,
                                struct error *err);

/* Whether the province's register record of the zone is here. Before that rules that depend on
 * the zone's level or type have nothing to go by. */
bool checking_knows_zone(const struct agent *agent, struct transaction *txn);

#endif
