#ifndef AGENT_REDRAFTING_H
#define AGENT_REDRAFTING_H

/*
 * A newer catalogue came while returns are being filled in: their figures are carried over, and
 * what had been checked is checked again. Signatures were given for the old words and go.
 */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/attributes.h"

struct agent;
struct arena;
struct catalogue;
struct error;
struct transaction;

struct redrafting {
    size_t drafts;   /* that there are */
    size_t passed;   /* of those that were checked: still pass */
    size_t returned; /* of those: are to be corrected or explained */
    size_t figures;  /* that could not be carried over exactly and are to be entered again */
};

/* From `before` to the catalogue the agent now uses. Inside the transaction that brings it. */
NODISCARD bool redrafting_run(const struct agent *agent, struct transaction *txn,
                              const struct catalogue *before, struct arena *arena,
                              struct redrafting *out, struct error *err);

#endif
