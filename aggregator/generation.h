#ifndef AGGREGATOR_GENERATION_H
#define AGGREGATOR_GENERATION_H

/*
 * After a disaster: a log generation of its own, opened by a signed statement of what is lost,
 * and the account of what came back. Every position that was published and lost is in it: none
 * is missing silently.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aggregator/losses.h"
#include "common/base/attributes.h"

struct arena;
struct error;
struct province;
struct transaction;

/* "Continues (s0, r0); last published (s1, r1) lost", as the log's next entry. Fails with REFUSED
 * when nothing is lost, or what is there is not what was signed. */
NODISCARD bool generation_open(struct province *province, const char *reason, struct error *err);

enum loss_state {
    LOSS_RETURNED, /* its statement is in the log again */
    LOSS_MISSING,  /* an agent holds the receipt and has not sent the statement again */
    LOSS_UNCLAIMED /* nobody told of a receipt: no statement, or its agent was not heard yet */
};
const char *loss_state_name(enum loss_state state);

/* One lost position, or a run of unclaimed ones. */
struct loss_line {
    enum loss_state state;
    uint64_t position, until; /* the first behind it */
    struct loss loss;         /* RETURNED, MISSING */
    uint64_t now;             /* RETURNED: its position now */
};

struct generation_report {
    uint32_t generation;           /* the one that was cut off */
    uint64_t kept, size;           /* positions kept up to size were lost */
    const struct loss_line *lines; /* by position: every lost one is in one of them */
    size_t line_count;
    uint64_t returned, missing, unclaimed;
    const struct stream_id *silent; /* streams whose agents were not heard since */
    size_t silent_count;
};

/* Of the generation that was cut off last. Lives in the arena. Fails with UNAVAILABLE when none
 * was. */
NODISCARD bool generation_account(const struct province *province, struct transaction *txn,
                                  struct arena *arena, struct generation_report *out,
                                  struct error *err);

#endif
