/*
 * Inclusion and consistency: position, size, old size, then hashes. Roots are computed here by
 * the recursive definitions of RFC 6962, section 2.1; the verifier must take these and no others.
 */
#include <assert.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/wire/proof.h"
#include "tests/fuzz/target.h"

#define HEADER_SIZE 24
#define NODES_MAX 80

struct path {
    const struct digest *nodes;
    size_t left;
    bool whole; /* nothing was missing */
};

static const struct digest *take_last(struct path *path)
{
    static const struct digest none = { { 0 } };
    if (path->left == 0) {
        path->whole = false;
        return &none;
    }
    return &path->nodes[--path->left];
}

static uint64_t split(uint64_t size)
{
    uint64_t left = 1;
    while (left <= (size - 1) / 2)
        left *= 2;
    return left;
}

/* The root above leaf `position`; a path is read from the top, so from its end. */
static struct digest root_of(uint64_t position, uint64_t size, const struct digest *leaf,
                             struct path *path)
{
    if (size == 1)
        return *leaf;
    const struct digest *sibling = take_last(path);
    uint64_t left = split(size);
    struct digest inner = position < left ? root_of(position, left, leaf, path)
                                          : root_of(position - left, size - left, leaf, path);
    return position < left ? proof_node(&inner, sibling) : proof_node(sibling, &inner);
}

/* SUBPROOF, solved for both roots. `known`: the old root, when the subtree is the old tree. */
static void roots_of(uint64_t old_size, uint64_t size, const struct digest *known,
                     struct path *path, struct digest *old_root, struct digest *root)
{
    if (old_size == size) {
        *old_root = *root = known ? *known : *take_last(path);
        return;
    }
    const struct digest *sibling = take_last(path);
    uint64_t left = split(size);
    if (old_size <= left) {
        roots_of(old_size, left, known, path, old_root, root);
        *root = proof_node(root, sibling);
        return;
    }
    roots_of(old_size - left, size - left, NULL, path, old_root, root);
    *old_root = proof_node(sibling, old_root);
    *root = proof_node(sibling, root);
}

static bool feed(struct bytes input, struct arena *arena)
{
    const unsigned char *bytes = input.data;
    size_t count = input.size < HEADER_SIZE ? 0 : (input.size - HEADER_SIZE) / DIGEST_SIZE;
    if (count == 0 || count > NODES_MAX)
        return false;
    uint64_t position = bytes_get_u64(bytes), size = bytes_get_u64(bytes + 8);
    uint64_t old_size = bytes_get_u64(bytes + 16);
    struct digest *nodes = arena_take(arena, count, sizeof *nodes);
    memcpy(nodes, bytes + HEADER_SIZE, count * sizeof *nodes);
    const struct digest *leaf = nodes, *path = nodes + 1;
    size_t steps = count - 1;
    struct digest root = *leaf, old_root = *leaf;
    bool included = false, extended = false;
    if (position < size) {
        struct path all = { path, steps, true };
        root = root_of(position, size, leaf, &all);
        included = all.whole && all.left == 0;
    }
    assert(proof_includes(leaf, position, size, path, steps, &root) == included);
    if (0 < old_size && old_size < size) {
        struct path all = { path, steps, true };
        roots_of(old_size, size, leaf, &all, &old_root, &root);
        extended = all.whole && all.left == 0;
    }
    extended |= old_size > 0 && old_size == size && steps == 0;
    if (old_size > 0 && old_size == size)
        old_root = root = *leaf;
    assert(old_size == 0 ||
           proof_extends(old_size, &old_root, size, &root, path, steps) == extended);
    old_root.bytes[31] ^= 1;
    assert(old_size == 0 || !proof_extends(old_size, &old_root, size, &root, path, steps));
    old_root.bytes[31] ^= 1;
    root.bytes[0] ^= 1;
    assert(!proof_includes(leaf, position, size, path, steps, &root));
    assert(old_size == 0 || !proof_extends(old_size, &old_root, size, &root, path, steps));
    return included || extended;
}

static void seed(struct arena *arena, fuzz_seed_fn *take, void *owner)
{
    static const struct {
        uint64_t position, size, old_size, count;
    } seeds[] = { { 5, 8, 0, 4 }, { 0, 1, 0, 1 },  { 9, 3, 2, 2 },
                  { 9, 7, 4, 2 }, { 9, 11, 9, 4 }, { 1000, 1025, 0, 12 } };
    for (size_t i = 0; i < COUNT_OF(seeds); i++) {
        size_t size = HEADER_SIZE + (size_t)seeds[i].count * DIGEST_SIZE;
        unsigned char *bytes = arena_take(arena, size, 1);
        bytes_put_u64(bytes, seeds[i].position);
        bytes_put_u64(bytes + 8, seeds[i].size);
        bytes_put_u64(bytes + 16, seeds[i].old_size);
        bytes[HEADER_SIZE] = (unsigned char)i;
        take((struct bytes){ bytes, size }, owner);
    }
}

const struct fuzz_target fuzz_target = { .feed = feed, .seed = seed };
