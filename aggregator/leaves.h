#ifndef AGGREGATOR_LEAVES_H
#define AGGREGATOR_LEAVES_H

/* The tree's leaves, read back from the journal in one transaction. */

#include "aggregator/journal.h"
#include "aggregator/tree.h"

struct leaves {
    const struct journal *journal;
    struct transaction *txn;
};

/* Borrows `leaves`. */
struct tree_source leaves_source(struct leaves *leaves);

#endif
