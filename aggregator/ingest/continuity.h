#ifndef AGGREGATOR_INGEST_CONTINUITY_H
#define AGGREGATOR_INGEST_CONTINUITY_H

/*
 * What the province owes to whoever has seen its log before: the newest checkpoint and the
 * proof that it continues what was seen; up to where the log is in a backup; and, to who saw an
 * earlier generation, the statement of what was lost.
 */

#include <stdbool.h>

#include "common/base/attributes.h"

struct arena;
struct error;
struct hello;
struct province;
struct transaction;
struct welcome;

/* Fills in checkpoint, consistency, backup, generation and lost_known. `hello` says what was
 * seen, by whom. Lives in the arena. Fails when the store does. */
NODISCARD bool continuity_prove(const struct province *province, struct transaction *txn,
                                const struct hello *hello, struct arena *arena,
                                struct welcome *welcome, struct error *err);

#endif
