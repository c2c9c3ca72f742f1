#ifndef AGENT_TERMS_H
#define AGENT_TERMS_H

/*
 * What was sealed under another catalogue, in the terms of the one in use: as the province reads
 * it too.
 */

#include <stdbool.h>

#include "common/base/attributes.h"

struct agent;
struct arena;
struct error;
struct statement;
struct submission;
struct transaction;

/* Of a return. `out_carried` is false when the catalogue in use has no place for it. Lives in the
 * arena, or borrows from the statement. */
NODISCARD bool terms_carry(const struct agent *agent, struct transaction *txn,
                           const struct statement *statement, struct arena *arena,
                           struct submission *out, bool *out_carried, struct error *err);

#endif
