#ifndef AGENT_WITHDRAWAL_H
#define AGENT_WITHDRAWAL_H

/*
 * Takes back what counts of a return: a statement of the stream that names its version and why.
 * From its sealing on nothing counts of the return here, from its arrival on at the province;
 * versions before it do not come back. The next version is sealed behind it like a first one.
 *
 *     a person -> WITHDRAWAL -> statements -> sync; receipt -> WITHDRAWAL -> history
 */

#include <stdbool.h>
#include <stdint.h>

#include "agent/store.h"
#include "common/base/attributes.h"
#include "common/model/receipt.h"
#include "common/model/submission.h"

struct agent;
struct arena;
struct error;
struct transaction;

struct withdrawn {
    uint64_t sequence; /* of the statement */
    uint32_t version;  /* that was taken back */
};

/* On disk when true. Fails with REFUSED: nothing counts, a version waits for its receipt, the
 * reason is missing or too long, or nothing may be sealed now. */
NODISCARD bool withdrawal_seal(struct agent *agent, struct return_id id, const char *reason,
                               struct arena *arena, struct withdrawn *out, struct error *err);

/* What the province said to it: a version that it would not take back counts as before. In the
 * caller's transaction. Fails with CORRUPT. */
NODISCARD bool withdrawal_settle(struct agent *agent, struct transaction *txn,
                                 const struct withdrawal *withdrawal, enum verdict verdict,
                                 struct error *err);

#endif
