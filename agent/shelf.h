#ifndef AGENT_SHELF_H
#define AGENT_SHELF_H

/*
 * Catalogues ready for use: the store's, compiled when they are first asked for. What was lent
 * stays valid as long as the shelf, so that a newer catalogue may come in while an older one is
 * being looked at.
 */

#include "common/base/attributes.h"

struct catalogue;
struct digest;
struct error;
struct shelf;
struct store;
struct transaction;

/* Borrows the one that is built into the program. */
NODISCARD struct shelf *shelf_create(const struct catalogue *shipped);
void shelf_destroy(struct shelf **shelf);

/* NULL: UNAVAILABLE when the store does not have it, CORRUPT when it does not compile. */
NODISCARD const struct catalogue *shelf_find(struct shelf *shelf, const struct store *store,
                                             struct transaction *txn, const struct digest *digest,
                                             struct error *err);
/* A compiled one; the shelf's afterwards. */
const struct catalogue *shelf_add(struct shelf *shelf, struct catalogue **catalogue);

#endif
