#ifndef AGENT_REINDEXING_H
#define AGENT_REINDEXING_H

/*
 * The index of versions over statements that were given back. Where two machines sealed the same
 * version, the one the province took first stands in it.
 */

#include <stdbool.h>

#include "common/base/attributes.h"

struct agent;
struct error;
struct receipt;
struct recovered_at;
struct statement;
struct transaction;

/* A recovered statement of any kind. */
NODISCARD bool reindexing_add(struct agent *agent, struct transaction *txn,
                              const struct recovered_at *at, const struct statement *statement,
                              const struct receipt *receipt, struct error *err);

/* Of all recovered statements, from nothing: none is in a stream of ours. */
NODISCARD bool reindexing_run(struct agent *agent, struct transaction *txn, struct error *err);

#endif
