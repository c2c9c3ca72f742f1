#ifndef AGENT_SEALING_H
#define AGENT_SEALING_H

/*
 * Turns a signed draft into the next statement of the stream.
 *
 *     drafts -> checking -> signing -> SEALING -> outbox
 *
 * One transaction allocates the number, links the statement before, signs, stores, and takes
 * the draft away: all of it or nothing. Only after it is on disk may anybody say "sealed".
 */

#include <stdbool.h>
#include <stdint.h>

#include "agent/store.h"
#include "common/base/attributes.h"
#include "common/base/clock.h"
#include "common/base/digest.h"
#include "common/model/finding.h"

struct agent;
struct arena;
struct error;
struct statement;
struct transaction;

/* A computer whose clock says less than this has lost its time. */
#define SEALING_YEAR_MIN CLOCK_YEAR_MIN

struct sealing {
    uint64_t sequence;
    uint32_t version;
    uint32_t base;
    struct digest hash;
    int64_t utc_ms;
    struct findings findings; /* of the last check; in the arena */
};

/* Fails with REFUSED: no draft, signatures missing, findings that block or differ from those
 * that were signed, a clock that lost its time. Then out->findings says which, if any. */
NODISCARD bool sealing_seal(struct agent *agent, struct return_id id, struct arena *arena,
                            struct sealing *out, struct error *err);

/* The same inside the caller's transaction: nothing is sealed before it is committed. */
NODISCARD bool sealing_prepare(struct agent *agent, struct transaction *txn, struct return_id id,
                               struct arena *arena, struct sealing *out, struct error *err);

/* The head of whatever is sealed next: stream, number, link, catalogue, time, salt; its content is
 * the caller's. In the caller's transaction. Fails with REFUSED when nothing may be sealed now. */
NODISCARD bool sealing_next(const struct agent *agent, struct transaction *txn,
                            struct statement *out, struct error *err);

#endif
