#ifndef AGENT_NOTICES_H
#define AGENT_NOTICES_H

/*
 * What the province decided about our returns: sent back, or which of several statements counts.
 * Only what was proved to stand in its journal is kept, in the form in which it is shown.
 *
 *     aggregator -> sync, bundles -> NOTICES -> history
 *
 * The stage of a version is what its receipt says and what was decided since; it is reckoned anew
 * from both whenever one of them comes.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/history.h"
#include "agent/store.h"
#include "common/base/attributes.h"
#include "common/model/decision.h"

struct agent;
struct arena;
struct error;
struct receipt;
struct transaction;

/* The position from which to ask: everything before was told. */
uint64_t notices_next(const struct store *store, struct transaction *txn);

/* After a disaster the log goes on from there: what was told behind it may be told anew. */
void notices_fall_back(const struct store *store, struct transaction *txn, uint64_t kept);

struct notice_counts {
    size_t sent_back, decided; /* that were new */
};

/* As they came, by wire or by bundle: verified, stored, and the stages moved, in one transaction of
 * its own. What was stored before changes nothing. Fails with REFUSED or MALFORMED, and then
 * keeps nothing. */
NODISCARD bool notices_accept(struct agent *agent, const struct notices *notices,
                              struct arena *arena, struct notice_counts *out, struct error *err);

/* The stage that a version with this receipt has, after everything that was decided since. */
NODISCARD bool notices_stage(const struct agent *agent, struct transaction *txn,
                             const struct version *version, const struct receipt *receipt,
                             enum stage *out, struct error *err);

/* Why the version is where it is: the reason that came with what was decided last, "" when nothing
 * was. Lives in the arena. Fails with CORRUPT. */
NODISCARD bool notices_reason(const struct store *store, struct transaction *txn,
                              const struct version *version, struct arena *arena, const char **out,
                              struct error *err);

#endif
