#ifndef AGENT_CATALOGUES_H
#define AGENT_CATALOGUES_H

/*
 * The catalogue in force is the one that is built into the program. Every catalogue a
 * statement was ever sealed with stays in the store, so that history remains readable.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/digest.h"
#include "common/catalogue/source.h"

struct arena;
struct catalogue;
struct error;
struct store;
struct transaction;

/* NULL: does not compile, which no released program does. To be given back with
 * catalogue_destroy(). */
NODISCARD struct catalogue *catalogues_in_force(struct error *err);

/* Once for each digest. */
void catalogues_keep(const struct store *store, struct transaction *txn,
                     const struct catalogue *catalogue, struct arena *arena);
bool catalogues_has(const struct store *store, struct transaction *txn,
                    const struct digest *digest);
/* Reads all of them back and compares them with their digests. Fails with CORRUPT. */
NODISCARD bool catalogues_verify(const struct store *store, struct transaction *txn,
                                 uint64_t *out_count, struct error *err);

#endif
