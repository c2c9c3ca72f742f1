#ifndef AGGREGATOR_CHECKPOINTS_H
#define AGGREGATOR_CHECKPOINTS_H

/*
 * What was signed: the checkpoint of each batch, by the size of the tree it speaks of. Written in
 * the transaction of its batch, so that whoever sees an entry sees its checkpoint.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/bytes.h"
#include "common/storage/database.h"

#define CHECKPOINTS_TABLE "checkpoints"

struct transaction;

struct signed_size {
    uint64_t size;
    struct bytes text; /* lent until the next write or the end of the transaction */
};

void checkpoints_put(struct transaction *txn, struct table table, uint64_t size, struct bytes text);

/* The first one that covers the entry at `position`. */
bool checkpoints_covering(struct transaction *txn, struct table table, uint64_t position,
                          struct signed_size *out);
bool checkpoints_last(struct transaction *txn, struct table table, struct signed_size *out);

#endif
