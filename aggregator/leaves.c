#include "aggregator/leaves.h"

static bool read_leaves(void *owner, uint64_t first, size_t count, struct digest *out,
                        struct error *err)
{
    const struct leaves *leaves = owner;
    return journal_leaves(leaves->journal, leaves->txn, first, count, out, err);
}

struct tree_source leaves_source(struct leaves *leaves)
{
    return (struct tree_source){ read_leaves, leaves };
}
