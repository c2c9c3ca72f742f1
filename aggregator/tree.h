#ifndef AGGREGATOR_TREE_H
#define AGGREGATOR_TREE_H

/*
 * The Merkle tree (RFC 6962) over the journal's entries, kept so that a root, an inclusion
 * path or a consistency path of any earlier size costs a handful of hashes.
 *
 * Leaves are grouped in tiles of 256. What is stored is one hash per full tile; the leaves
 * of a tile are hashed again from the journal's bytes when an old path is asked for. All
 * levels above the tiles are in memory: 32 bytes for each 256 entries, and as much again.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/digest.h"
#include "common/model/receipt.h"
#include "common/storage/database.h"

#define TREE_TABLE "tiles"
#define TREE_TILE_LEAVES 256

struct error;
struct transaction;
struct tree;

/* Where leaf hashes are read back from: `count` of them from position `first` on. */
struct tree_source {
    bool (*leaves)(void *owner, uint64_t first, size_t count, struct digest *out,
                   struct error *err);
    void *owner;
};

/* A path of a proof, from the leaf up. */
struct tree_path {
    size_t count;
    struct digest hashes[PROOF_PATH_MAX + 1];
};

NODISCARD struct tree *tree_create(void);
void tree_destroy(struct tree **tree);

/* Replaces what is in memory by the tree of `size` leaves: stored tiles, and from the source
 * the leaves of those that are not stored. */
NODISCARD bool tree_load(struct tree *tree, struct transaction *txn, struct table table,
                         uint64_t size, struct tree_source source, struct error *err);

uint64_t tree_size(const struct tree *tree);
void tree_append(struct tree *tree, const struct digest *leaf);
/* Stores the tiles that became full since the last save or load. */
void tree_save(struct tree *tree, struct transaction *txn, struct table table);

/* Kept up to date by every append. The root of the empty tree is SHA-256 of nothing. */
struct digest tree_root(const struct tree *tree);
/* The second computation, before a root is signed: reads the leaves from `from` on back from
 * the source, and computes the root by another way. Fails with CORRUPT when they differ. */
NODISCARD bool tree_confirm(struct tree *tree, uint64_t from, struct tree_source source,
                            struct error *err);

/* The root as it was at an earlier size. */
NODISCARD bool tree_root_at(struct tree *tree, uint64_t size, struct tree_source source,
                            struct digest *out, struct error *err);
/* position < size <= tree_size() */
NODISCARD bool tree_inclusion(struct tree *tree, uint64_t position, uint64_t size,
                              struct tree_source source, struct tree_path *out, struct error *err);
/* 0 < old_size <= size <= tree_size(); empty when they are equal. */
NODISCARD bool tree_consistency(struct tree *tree, uint64_t old_size, uint64_t size,
                                struct tree_source source, struct tree_path *out,
                                struct error *err);

#endif
