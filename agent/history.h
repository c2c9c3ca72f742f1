#ifndef AGENT_HISTORY_H
#define AGENT_HISTORY_H

/*
 * Which versions of a return were sealed, and what became of them: an index over
 * statements and receipts, written in the same transactions.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/store.h"
#include "common/base/attributes.h"
#include "common/model/lifecycle.h"

struct arena;
struct transaction;

struct version {
    struct return_id id;
    uint32_t number;
    uint32_t base; /* the accepted version it corrects; 0 none */
    uint64_t sequence;
    int64_t sealed_utc_ms;
    enum stage stage; /* STAGE_SEALED, STAGE_ACCEPTED, STAGE_REJECTED or later */
};

struct versions {
    const struct version *items;
    size_t count;
};

/* A new one, or another stage of one that is there. */
void history_put(const struct store *store, struct transaction *txn, const struct version *version);

/* By form, period and number; of one return, or with NULL of all. Lives in the arena. */
struct versions history_list(const struct store *store, struct transaction *txn,
                             const struct return_id *id, struct arena *arena);

/* The newest; false when nothing was sealed. */
bool history_newest(const struct store *store, struct transaction *txn, struct return_id id,
                    struct version *out);

/* Of all returns the newest version that was not rejected: what a check may rely on, and what
 * the province has or will have. */
struct versions history_in_force(const struct store *store, struct transaction *txn,
                                 struct arena *arena);

/* Version and base of the statement to be sealed next. */
struct succession {
    uint32_t last; /* 0: none */
    uint32_t next;
    uint32_t base;
};
struct succession history_succession(const struct store *store, struct transaction *txn,
                                     struct return_id id);

#endif
