#ifndef AGENT_CONTINUITY_H
#define AGENT_CONTINUITY_H

/*
 * This agent is a witness of the province's log. What it is shown must continue what it saw:
 * the newest checkpoint, whether it came in a greeting or in a receipt.
 *
 *     WELCOME, ACK bundle -> CONTINUITY -> settings, receipts, evidence
 *
 * After a disaster the log goes on as a new generation. It is accepted only with its signed
 * opening, which says what was lost; and only if it accounts for what this agent saw. Receipts
 * whose entries were lost are set aside, so that their statements wait to be sent again.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"

struct agent;
struct arena;
struct bytes;
struct error;
struct hello;
struct receipt;
struct transaction;
struct welcome;

struct continuity {
    bool broken;            /* does not continue: nothing was changed */
    bool ask_again;         /* with what is left of what we saw: greet once more */
    uint32_t opened;        /* a generation that is new to us; 0: none */
    uint64_t receipts_lost; /* set aside now */
};

/* What we saw, and the lost receipts that the province does not know of yet. */
NODISCARD bool continuity_say(const struct agent *agent, struct transaction *txn,
                              struct arena *arena, struct hello *out, struct error *err);

/* In a write transaction, to be dropped on failure. Fails with REFUSED and `broken`. */
NODISCARD bool continuity_accept(struct agent *agent, struct transaction *txn,
                                 const struct welcome *welcome, struct arena *arena,
                                 struct continuity *out, struct error *err);

/* A receipt was verified: its checkpoint, if it is newer, must be continued from now on. */
NODISCARD bool continuity_see(struct agent *agent, struct transaction *txn,
                              const struct receipt *receipt, struct arena *arena,
                              struct error *err);

#endif
