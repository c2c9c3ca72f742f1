#ifndef AGENT_EVIDENCE_H
#define AGENT_EVIDENCE_H

/*
 * Evidence: what the province showed us once, beside what it showed later and does not fit. Both
 * are texts with the province's signature, so that anybody can see it. Never deleted.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"

struct agent;
struct arena;
struct error;
struct store;
struct transaction;
struct welcome;

/* Stored: never reuse a number. */
enum evidence_kind {
    EVIDENCE_BROKEN = 1,    /* what was shown does not continue what was seen */
    EVIDENCE_GENERATION = 2 /* what was seen was declared lost */
};

struct evidence {
    uint64_t number; /* from 1 */
    int64_t utc_ms;  /* our clock */
    enum evidence_kind kind;
    struct bytes seen;  /* signed text */
    struct bytes shown; /* signed text */
};

/* In the caller's transaction. The same pair is kept once. */
void evidence_keep(const struct agent *agent, struct transaction *txn, enum evidence_kind kind,
                   struct bytes seen, struct bytes shown);
/* In a transaction of its own, after a greeting that was refused. */
NODISCARD bool evidence_keep_broken(const struct agent *agent, const struct welcome *welcome,
                                    struct error *err);

/* All, oldest first. In the arena. */
const struct evidence *evidence_list(const struct store *store, struct transaction *txn,
                                     struct arena *arena, size_t *out_count);

#endif
