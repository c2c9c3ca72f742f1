#ifndef AGENT_NEW_EPOCH_H
#define AGENT_NEW_EPOCH_H

/*
 * Our stream ends and another one begins: the registrar enrolled this device anew. What the
 * province has of the old stream goes to what was recovered; what it never had is kept aside and
 * lies as drafts again, because no other stream may say it as it was sealed.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"

struct agent;
struct error;
struct transaction;

/* Inside the caller's transaction; agent->device changes when that is committed. `out_stranded`:
 * statements that were kept aside. */
NODISCARD bool new_epoch_begin(struct agent *agent, struct transaction *txn, uint32_t epoch,
                               uint64_t *out_stranded, struct error *err);

#endif
