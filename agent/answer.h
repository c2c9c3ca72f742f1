#ifndef AGENT_ANSWER_H
#define AGENT_ANSWER_H

/* Receipts that came are verified against our own statements, then stored, all or none. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/model/receipt.h"

struct agent;
struct arena;
struct error;

/* Of those that were new. */
struct answer_counts {
    uint64_t accepted, rejected;
};

/* They must be for statements `next`, `next` + 1, … and not beyond `last`, without a gap behind
 * those that are stored. Those that were stored before are verified and left alone. Fails with
 * REFUSED when one does not hold. */
NODISCARD bool answer_store(struct agent *agent, const struct receipt *receipts, size_t count,
                            uint64_t next, uint64_t last, struct arena *arena,
                            struct answer_counts *out, struct error *err);

#endif
