#ifndef AGENT_BACKING_H
#define AGENT_BACKING_H

/*
 * Up to where the province's log is inside a backup off its machine that was proved. What is
 * BACKED UP survives the loss of both machines. Nothing says so but the province's proof.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/model/lifecycle.h"

struct agent;
struct arena;
struct error;
struct transaction;
struct version;

struct backing {
    uint64_t size; /* entries of the log; 0: no backup is known */
    int64_t utc_ms;
    const char *medium; /* what the province calls it */
};

/* Verifies the proof that is kept. Lives in the arena. Fails with CORRUPT. */
NODISCARD bool backing_read(const struct agent *agent, struct transaction *txn, struct arena *arena,
                            struct backing *out, struct error *err);

/* Whether the statement's receipt is for an entry that is in the backup. */
NODISCARD bool backing_covers(const struct agent *agent, struct transaction *txn,
                              const struct backing *backing, uint64_t sequence, struct arena *arena,
                              bool *out, struct error *err);
/* The stage to be shown: BACKED UP for what was accepted and is in the backup. */
NODISCARD bool backing_stage(const struct agent *agent, struct transaction *txn,
                             const struct backing *backing, const struct version *version,
                             struct arena *arena, enum stage *out, struct error *err);
/* Number of the last receipted statement that is in the backup; 0: none. */
NODISCARD bool backing_reach(const struct agent *agent, struct transaction *txn,
                             const struct backing *backing, struct arena *arena, uint64_t *out,
                             struct error *err);

#endif
