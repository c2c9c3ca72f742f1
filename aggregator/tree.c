#include "aggregator/tree.h"

#include <assert.h>
#include <string.h>

#include "common/base/error.h"
#include "common/base/memory.h"
#include "common/base/messages.h"
#include "common/storage/key.h"
#include "common/storage/transaction.h"
#include "common/wire/proof.h"

#define TILE_LEVELS 9 /* 256 leaves up to their root */
#define TILE_NODES (2u * TREE_TILE_LEAVES)
#define LEAVES_AT_ONCE 1024 /* of a batch: each value of the journal is opened once */
#define TILE_LEVEL_TOP (TILE_LEVELS - 1)
#define LEVELS_MAX 56
#define KEPT_TILES 16
#define NO_TILE UINT64_MAX

/* The hashes of the full subtrees inside one tile. */
struct tile {
    uint64_t number;
    size_t leaf_count;
    struct digest nodes[TILE_NODES];
};

struct level {
    struct digest *nodes;
    size_t count;
    size_t capacity;
};

/* The root over leaves from `first` on to the end of a tree: the right edge of every path. */
struct edge {
    uint64_t first;
    uint64_t count; /* 0: none */
    struct digest root;
};

struct tree {
    uint64_t size;
    struct tile last;                /* the one being filled; may be empty */
    struct tile kept[KEPT_TILES];    /* full ones looked at lately, by number modulo KEPT_TILES */
    struct level levels[LEVELS_MAX]; /* [0]: roots of full tiles, above: full subtrees of them */
    uint64_t saved_tiles;
    struct edge edges[64];   /* the last one asked for, by height */
    struct digest peaks[64]; /* of the full subtrees from left to right: bits of `size` */
};

struct tree *tree_create(void)
{
    struct tree *tree = memory_zeroed(1, sizeof *tree);
    for (size_t i = 0; i < KEPT_TILES; i++)
        tree->kept[i].number = NO_TILE;
    return tree;
}

static void forget_levels(struct tree *tree)
{
    for (size_t i = 0; i < LEVELS_MAX; i++)
        memory_free(&tree->levels[i].nodes);
    memset(tree->levels, 0, sizeof tree->levels);
}

void tree_destroy(struct tree **tree)
{
    if (*tree)
        forget_levels(*tree);
    memory_free(tree);
}

/* Nodes of level 0 first, then those of level 1 … */
static struct digest *tile_node(struct tile *tile, unsigned level, size_t number)
{
    size_t first = TILE_NODES - (TILE_NODES >> level);
    return &tile->nodes[first + number];
}

static void tile_add(struct tile *tile, const struct digest *leaf)
{
    assert(tile->leaf_count < TREE_TILE_LEAVES);

    size_t number = tile->leaf_count++;
    *tile_node(tile, 0, number) = *leaf;
    for (unsigned level = 0; level < TILE_LEVEL_TOP && number & 1; level++, number >>= 1)
        *tile_node(tile, level + 1, number >> 1) =
            proof_node(tile_node(tile, level, number - 1), tile_node(tile, level, number));
}

static void level_add(struct tree *tree, size_t level, const struct digest *hash)
{
    assert(level < LEVELS_MAX);

    struct level *its = &tree->levels[level];
    its->nodes = memory_grown(its->nodes, &its->capacity, its->count + 1, sizeof *its->nodes);
    its->nodes[its->count++] = *hash;
    if (its->count % 2 == 0) {
        struct digest parent = proof_node(&its->nodes[its->count - 2], &its->nodes[its->count - 1]);
        level_add(tree, level + 1, &parent);
    }
}

/* Binary addition: a carry joins two subtrees of the same height. */
static void peaks_add(struct tree *tree, uint64_t size, unsigned height, struct digest hash)
{
    unsigned level = height;
    for (; (size >> level) & 1; level++)
        hash = proof_node(&tree->peaks[level], &hash);
    tree->peaks[level] = hash;
}

static void finish_tile(struct tree *tree)
{
    struct tile *last = &tree->last;
    level_add(tree, 0, tile_node(last, TILE_LEVEL_TOP, 0));
    tree->kept[last->number % KEPT_TILES] = *last;
    last->number++;
    last->leaf_count = 0;
}

uint64_t tree_size(const struct tree *tree)
{
    return tree->size;
}

void tree_append(struct tree *tree, const struct digest *leaf)
{
    peaks_add(tree, tree->size, 0, *leaf);
    tile_add(&tree->last, leaf);
    tree->size++;
    if (tree->last.leaf_count == TREE_TILE_LEAVES)
        finish_tile(tree);
}

static void clear(struct tree *tree)
{
    forget_levels(tree);
    tree->size = 0;
    tree->saved_tiles = 0;
    tree->last.number = 0;
    tree->last.leaf_count = 0;
    memset(tree->edges, 0, sizeof tree->edges);
    for (size_t i = 0; i < KEPT_TILES; i++)
        tree->kept[i].number = NO_TILE;
}

struct loading {
    struct tree *tree;
    uint64_t tile_count;
};

/* Takes the stored tiles as long as they are without a gap; the rest is hashed again. */
static bool take_tile(struct bytes key, struct bytes value, void *owner)
{
    struct loading *loading = owner;
    struct tree *tree = loading->tree;
    if (tree->saved_tiles == loading->tile_count || key.size != 8 || value.size != DIGEST_SIZE ||
        bytes_get_u64(key.data) != tree->saved_tiles)
        return false;

    struct digest root;
    memcpy(root.bytes, value.data, DIGEST_SIZE);
    peaks_add(tree, tree->size, TILE_LEVEL_TOP, root);
    level_add(tree, 0, &root);
    tree->saved_tiles++;
    tree->last.number++;
    tree->size += TREE_TILE_LEAVES;
    return true;
}

bool tree_load(struct tree *tree, struct transaction *txn, struct table table, uint64_t size,
               struct tree_source source, struct error *err)
{
    clear(tree);
    struct loading loading = { tree, size / TREE_TILE_LEAVES };
    struct bytes everything = { NULL, 0 };
    transaction_each(txn, table, everything, everything, take_tile, &loading);

    struct digest leaves[TREE_TILE_LEAVES];
    while (tree->size < size) {
        uint64_t left = size - tree->size;
        size_t count = left < TREE_TILE_LEAVES ? (size_t)left : TREE_TILE_LEAVES;
        if (!source.leaves(source.owner, tree->size, count, leaves, err))
            return false;
        for (size_t i = 0; i < count; i++)
            tree_append(tree, &leaves[i]);
    }
    return true;
}

void tree_save(struct tree *tree, struct transaction *txn, struct table table)
{
    for (; tree->saved_tiles < tree->levels[0].count; tree->saved_tiles++) {
        struct key key = { 0 };
        key_add_u64(&key, tree->saved_tiles);
        transaction_put(txn, table, key_bytes(&key),
                        BYTES_OF(tree->levels[0].nodes[tree->saved_tiles]));
    }
}

struct digest tree_root(const struct tree *tree)
{
    struct digest root = digest_sha256((struct bytes){ NULL, 0 }, (struct bytes){ NULL, 0 });
    bool any = false;
    for (unsigned level = 0; level < 64; level++) {
        if (!((tree->size >> level) & 1))
            continue;
        root = any ? proof_node(&tree->peaks[level], &root) : tree->peaks[level];
        any = true;
    }
    return root;
}

/* The tile with its hashes in memory: the last one, a kept one, or read back. */
static struct tile *tile_at(struct tree *tree, uint64_t number, struct tree_source source,
                            struct error *err)
{
    if (number == tree->last.number)
        return &tree->last;
    struct tile *kept = &tree->kept[number % KEPT_TILES];
    if (kept->number == number)
        return kept;

    struct digest leaves[TREE_TILE_LEAVES];
    kept->number = NO_TILE;
    kept->leaf_count = 0;
    if (!source.leaves(source.owner, number * TREE_TILE_LEAVES, TREE_TILE_LEAVES, leaves, err))
        return NULL;
    for (size_t i = 0; i < TREE_TILE_LEAVES; i++)
        tile_add(kept, &leaves[i]);
    if (!digest_equal(tile_node(kept, TILE_LEVEL_TOP, 0), &tree->levels[0].nodes[number])) {
        error_set(err, ERROR_CORRUPT, MESSAGE_TREE_TILE_DIFFERS, number * TREE_TILE_LEAVES);
        return NULL;
    }
    kept->number = number;
    return kept;
}

/* A full subtree of 2^level leaves. */
static bool subtree(struct tree *tree, unsigned level, uint64_t number, struct tree_source source,
                    struct digest *out, struct error *err)
{
    if (level >= TILE_LEVEL_TOP) {
        *out = tree->levels[level - TILE_LEVEL_TOP].nodes[number];
        return true;
    }
    unsigned inside = TILE_LEVEL_TOP - level;
    struct tile *tile = tile_at(tree, number >> inside, source, err);
    if (!tile)
        return false;
    *out = *tile_node(tile, level, (size_t)(number & ((UINT64_C(1) << inside) - 1)));
    return true;
}

static uint64_t split(uint64_t count)
{
    uint64_t left = 1;
    while (left * 2 < count)
        left *= 2;
    return left;
}

/* MTH of RFC 6962 over `count` leaves from `first` on, where `first` is a multiple of every
 * power of two below `count`. */
static bool range(struct tree *tree, uint64_t first, uint64_t count, struct tree_source source,
                  struct digest *out, struct error *err)
{
    unsigned level = 0;
    while (UINT64_C(1) << level < count)
        level++;
    if (UINT64_C(1) << level == count)
        return subtree(tree, level, first >> level, source, out, err);

    struct edge *edge = &tree->edges[level];
    uint64_t left_count = split(count);
    struct digest left;
    struct digest right;
    if (edge->first != first || edge->count != count) {
        if (!range(tree, first, left_count, source, &left, err) ||
            !range(tree, first + left_count, count - left_count, source, &right, err))
            return false;
        *edge = (struct edge){ first, count, proof_node(&left, &right) };
    }
    *out = edge->root;
    return true;
}

bool tree_root_at(struct tree *tree, uint64_t size, struct tree_source source, struct digest *out,
                  struct error *err)
{
    assert(size <= tree->size);

    if (size == 0) {
        *out = digest_sha256((struct bytes){ NULL, 0 }, (struct bytes){ NULL, 0 });
        return true;
    }
    return range(tree, 0, size, source, out, err);
}

static bool leaves_are_held(struct tree *tree, uint64_t from, struct tree_source source,
                            struct error *err)
{
    struct digest leaves[LEAVES_AT_ONCE];
    for (uint64_t first = from; first < tree->size;) {
        uint64_t left = tree->size - first;
        size_t count = left < LEAVES_AT_ONCE ? (size_t)left : LEAVES_AT_ONCE;
        if (!source.leaves(source.owner, first, count, leaves, err))
            return false;
        for (size_t i = 0; i < count; i++) {
            struct digest held;
            if (!subtree(tree, 0, first + i, source, &held, err))
                return false;
            if (!digest_equal(&held, &leaves[i]))
                return error_set(err, ERROR_CORRUPT, MESSAGE_TREE_LEAF_DIFFERS, first + i);
        }
        first += count;
    }
    return true;
}

bool tree_confirm(struct tree *tree, uint64_t from, struct tree_source source, struct error *err)
{
    struct digest again;
    if (!leaves_are_held(tree, from, source, err) ||
        !tree_root_at(tree, tree->size, source, &again, err))
        return false;
    struct digest root = tree_root(tree);
    if (!digest_equal(&again, &root))
        return error_set(err, ERROR_CORRUPT, MESSAGE_TREE_ROOT_DIFFERS, tree->size);
    return true;
}

static void path_add(struct tree_path *path, const struct digest *hash)
{
    assert(path->count < COUNT_OF(path->hashes));
    path->hashes[path->count++] = *hash;
}

static void path_turn(struct tree_path *path)
{
    for (size_t i = 0; i < path->count / 2; i++) {
        struct digest other = path->hashes[i];
        path->hashes[i] = path->hashes[path->count - 1 - i];
        path->hashes[path->count - 1 - i] = other;
    }
}

bool tree_inclusion(struct tree *tree, uint64_t position, uint64_t size, struct tree_source source,
                    struct tree_path *out, struct error *err)
{
    assert(position < size && size <= tree->size);

    out->count = 0;
    uint64_t first = 0;
    for (uint64_t count = size; count > 1;) {
        uint64_t left = split(count);
        bool right_half = position - first >= left;
        struct digest sibling;
        if (!range(tree, right_half ? first : first + left, right_half ? left : count - left,
                   source, &sibling, err))
            return false;
        path_add(out, &sibling);
        first += right_half ? left : 0;
        count = right_half ? count - left : left;
    }
    path_turn(out);
    return true;
}

bool tree_consistency(struct tree *tree, uint64_t old_size, uint64_t size,
                      struct tree_source source, struct tree_path *out, struct error *err)
{
    assert(0 < old_size && old_size <= size && size <= tree->size);

    out->count = 0;
    uint64_t first = 0;
    uint64_t count = size;
    struct digest hash;
    while (old_size - first < count) {
        uint64_t left = split(count);
        bool right_half = old_size - first > left;
        if (!range(tree, right_half ? first : first + left, right_half ? left : count - left,
                   source, &hash, err))
            return false;
        path_add(out, &hash);
        first += right_half ? left : 0;
        count = right_half ? count - left : left;
    }
    /* The old root itself is known to whoever asks, so it is left out. */
    if (first > 0) {
        if (!range(tree, first, count, source, &hash, err))
            return false;
        path_add(out, &hash);
    }
    path_turn(out);
    return true;
}
