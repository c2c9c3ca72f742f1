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
#include "common/model/submission.h"

struct arena;
struct error;
struct receipt;
struct transaction;

struct version {
    struct return_id id;
    uint32_t number;
    uint32_t base;     /* the accepted version it corrects; 0 none */
    uint64_t sequence; /* of its statement, in the stream that follows */
    int64_t sealed_utc_ms;
    enum stage stage; /* STAGE_SEALED, STAGE_ACCEPTED, STAGE_REJECTED or later */
    bool recovered;   /* not of our own stream, but of this one (recovered.h) */
    struct device_id device;
    uint32_t epoch;
};

struct versions {
    const struct version *items;
    size_t count;
};

/* As a return of our own stream is sealed: STAGE_SEALED. Asserts that it is one. */
struct version history_version_of(const struct statement *statement);

/* A new one, or another stage of one that is there. */
void history_put(const struct store *store, struct transaction *txn, const struct version *version);

/* By form, period and number; of one return, or with NULL of all. Lives in the arena. */
struct versions history_list(const struct store *store, struct transaction *txn,
                             const struct return_id *id, struct arena *arena);

void history_delete(const struct store *store, struct transaction *txn,
                    const struct version *version);

/* What was sealed as that version, and what the province answered, in whichever stream it is.
 * The sealed bytes are lent by the store; the statement lives in the arena. Fail with CORRUPT. */
NODISCARD bool history_sealed(const struct store *store, struct transaction *txn,
                              const struct version *version, struct sealed_statement *out,
                              struct error *err);
NODISCARD bool history_statement(const struct store *store, struct transaction *txn,
                                 const struct version *version, struct arena *arena,
                                 struct statement *out, struct error *err);
/* `out_found`: there is one. */
NODISCARD bool history_receipt(const struct store *store, struct transaction *txn,
                               const struct version *version, struct arena *arena,
                               struct receipt *out, bool *out_found, struct error *err);

/* One of them; false when it is not there. */
bool history_find(const struct store *store, struct transaction *txn, struct return_id id,
                  uint32_t number, struct version *out);

/* The newest; false when nothing was sealed. */
bool history_newest(const struct store *store, struct transaction *txn, struct return_id id,
                    struct version *out);

/* Of all returns the newest version that was not rejected, unless it was withdrawn: what a check
 * may rely on, and what the province has or will have. */
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
