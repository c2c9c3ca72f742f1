#ifndef AGENT_WITNESS_H
#define AGENT_WITNESS_H

/*
 * Every agent is a witness of the province's journal: it keeps the last checkpoint it was shown,
 * and whatever it is shown next must continue that one.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"

struct agent;
struct arena;
struct checkpoint;
struct digest;
struct error;
struct transaction;

/* Size 0 when none was ever shown. Lives in the arena. */
NODISCARD bool witness_recall(const struct agent *agent, struct transaction *txn,
                              struct arena *arena, struct checkpoint *out, struct error *err);

/* Its size; 0: none was ever shown. */
NODISCARD bool witness_size(const struct agent *agent, uint64_t *out, struct error *err);

/* Another one (empty: none was shown), with the path from the last. It is the last from then on.
 * Fails with REFUSED when the journal was rewritten, or ends before the one that is known. */
NODISCARD bool witness_take(struct agent *agent, struct transaction *txn, struct bytes text,
                            const struct digest *path, size_t path_count, struct arena *arena,
                            struct checkpoint *out, struct error *err);

#endif
