#include "tests/support/test.h"

#include <stdlib.h>
#include <string.h>

#include "aggregator/tree.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/wire/proof.h"

#define LEAVES_MAX 700  /* two full tiles and a part of one */
#define PAIRS_MAX 128   /* all pairs up to this size */
#define EXHAUSTED_TO 40 /* up to this size with every forgery, beyond it with one of so many */
#define ONE_OF 16

struct fixture {
    struct digest leaves[LEAVES_MAX];
    struct digest roots[LEAVES_MAX + 1];
    struct tree *tree;
    struct tree_source source;
    uint64_t proofs, forgeries, considered;
    struct error err;
};

static bool read_leaves(void *owner, uint64_t first, size_t count, struct digest *out,
                        struct error *err)
{
    const struct fixture *f = owner;
    (void)err;
    memcpy(out, &f->leaves[first], count * sizeof *out);
    return true;
}

static void grow(struct fixture *f, uint64_t size)
{
    while (tree_size(f->tree) < size)
        tree_append(f->tree, &f->leaves[tree_size(f->tree)]);
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    for (unsigned i = 0; i < LEAVES_MAX; i++) {
        unsigned char entry[4];
        bytes_put_u32(entry, i);
        f->leaves[i] = proof_leaf(BYTES_OF(entry));
    }
    f->tree = tree_create();
    f->source = (struct tree_source){ read_leaves, f };
    for (uint64_t size = 0; size <= LEAVES_MAX; size++) {
        grow(f, size);
        f->roots[size] = tree_root(f->tree);
    }
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    tree_destroy(&f->tree);
    free(f);
    return 0;
}

static struct digest digest_of(const char *text)
{
    struct digest digest;
    assert_true(digest_parse(text, &digest));
    return digest;
}

/* The leaves, roots and proofs that Certificate Transparency's own tests use. */
#define N1 "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
#define N2 "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
#define N3 "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
#define N4 "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
#define N5 "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
#define N6 "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"
#define N7 "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
#define N8 "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
#define N9 "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
static const struct {
    bool consistency;
    uint64_t first, size;
    const char *nodes[3];
} published[] = {
    { false, 0, 1, { NULL } },       { false, 0, 8, { N1, N2, N3 } },
    { false, 5, 8, { N4, N5, N6 } }, { false, 2, 3, { N8 } },
    { false, 1, 5, { N9, N2, N4 } }, { true, 1, 1, { NULL } },
    { true, 1, 8, { N1, N2, N3 } },  { true, 6, 8, { N7, N5, N6 } },
    { true, 2, 5, { N2, N4 } },
};

static void the_published_trees_have_their_published_proofs(void **state)
{
    struct fixture *f = *state;
    static const char *const inputs[8] = { "",         "\x00",
                                           "\x10",     "\x20\x21",
                                           "\x30\x31", "\x40\x41\x42\x43",
                                           "PQRSTUVW", "`abcdefghijklmno" };
    static const size_t sizes[8] = { 0, 1, 1, 2, 2, 4, 8, 16 };
    tree_destroy(&f->tree);
    f->tree = tree_create();
    for (size_t i = 0; i < 8; i++)
        f->leaves[i] = proof_leaf((struct bytes){ inputs[i], sizes[i] });
    grow(f, 8);
    struct digest root = tree_root(f->tree);
    struct digest expected =
        digest_of("5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");

    assert_true(digest_equal(&root, &expected));
    for (size_t i = 0; i < COUNT_OF(published); i++) {
        struct tree_path path;
        bool made = published[i].consistency
                        ? tree_consistency(f->tree, published[i].first, published[i].size,
                                           f->source, &path, &f->err)
                        : tree_inclusion(f->tree, published[i].first, published[i].size, f->source,
                                         &path, &f->err);
        assert_true(made);
        for (size_t at = 0; at < path.count; at++) {
            struct digest node = digest_of(published[i].nodes[at]);
            assert_true(digest_equal(&path.hashes[at], &node));
        }
        assert_true(path.count == COUNT_OF(published[i].nodes) || !published[i].nodes[path.count]);
    }
}

/* A proof, and who may be asked about it. */
struct claim {
    bool consistency;
    uint64_t first, size; /* position or old size */
    struct digest leaf;   /* or old root */
    struct digest root;
    struct tree_path path;
};

static bool holds(const struct claim *claim)
{
    if (claim->consistency)
        return proof_extends(claim->first, &claim->leaf, claim->size, &claim->root,
                             claim->path.hashes, claim->path.count);
    return proof_includes(&claim->leaf, claim->first, claim->size, claim->path.hashes,
                          claim->path.count, &claim->root);
}

static void refuse(struct fixture *f, const struct claim *forged)
{
    if (forged->size > EXHAUSTED_TO && f->considered++ % ONE_OF != 0)
        return;
    f->forgeries++;
    if (holds(forged))
        fail_msg("accepted: %s %d of %d", forged->consistency ? "old size" : "position",
                 (int)forged->first, (int)forged->size);
}

static void alter_bytes(struct fixture *f, struct claim claim)
{
    for (size_t i = 0; i < claim.path.count * DIGEST_SIZE; i++) {
        unsigned char *byte = &claim.path.hashes[i / DIGEST_SIZE].bytes[i % DIGEST_SIZE];
        unsigned char bit = (unsigned char)(1u << (i + claim.first + claim.size) % 8);
        *byte ^= bit;
        refuse(f, &claim);
        *byte ^= bit;
    }
    for (size_t i = 0; i < DIGEST_SIZE; i++) {
        claim.leaf.bytes[i] ^= 4;
        refuse(f, &claim);
        claim.leaf.bytes[i] ^= 4;
        claim.root.bytes[i] ^= 4;
        refuse(f, &claim);
        claim.root.bytes[i] ^= 4;
    }
}

/* A node left out, one too many, two in each other's place. */
static void alter_nodes(struct fixture *f, const struct claim *claim)
{
    for (size_t at = 0; at < claim->path.count; at++) {
        struct claim forged = *claim;
        struct digest *nodes = forged.path.hashes;
        memmove(&nodes[at], &nodes[at + 1], (claim->path.count - at - 1) * sizeof *nodes);
        forged.path.count--;
        refuse(f, &forged);
        if (at == 0)
            continue;
        forged = *claim;
        nodes[at] = claim->path.hashes[at - 1];
        nodes[at - 1] = claim->path.hashes[at];
        refuse(f, &forged);
    }
    for (size_t at = 0; at <= claim->path.count; at++) {
        struct claim forged = *claim;
        struct digest *nodes = forged.path.hashes;
        memmove(&nodes[at + 1], &nodes[at], (claim->path.count - at) * sizeof *nodes);
        nodes[at] = claim->leaf;
        forged.path.count++;
        refuse(f, &forged);
    }
}

/* Another position, another old size; another tree with its own root; and this root under another
 * size, where a proof for that size would have another length. */
static void alter_sizes(struct fixture *f, const struct claim *claim)
{
    for (uint64_t first = 0; first <= claim->size + 1; first++) {
        struct claim forged = *claim;
        if (first == claim->first)
            continue;
        forged.first = first;
        refuse(f, &forged);
        if (claim->consistency && first > 0) {
            forged.leaf = f->roots[first];
            refuse(f, &forged);
        }
    }
    for (uint64_t size = claim->first + !claim->consistency; size <= PAIRS_MAX + 2; size++) {
        struct claim forged = *claim;
        struct tree_path right;
        if (size == claim->size)
            continue;
        forged.size = size;
        forged.root = f->roots[size];
        refuse(f, &forged);
        bool made = claim->consistency
                        ? tree_consistency(f->tree, claim->first, size, f->source, &right, &f->err)
                        : tree_inclusion(f->tree, claim->first, size, f->source, &right, &f->err);
        assert_true(made);
        forged.root = claim->root;
        if (right.count != claim->path.count)
            refuse(f, &forged);
    }
}

static void try_claim(struct fixture *f, const struct claim *claim)
{
    f->proofs++;
    if (!holds(claim))
        fail_msg("refused: %s %d of %d", claim->consistency ? "old size" : "position",
                 (int)claim->first, (int)claim->size);
    alter_bytes(f, *claim);
    alter_nodes(f, claim);
    alter_sizes(f, claim);
}

static void every_altered_proof_of_every_small_tree_is_refused(void **state)
{
    struct fixture *f = *state;
    for (uint64_t size = 1; size <= PAIRS_MAX; size++)
        for (uint64_t first = 0; first < size; first++) {
            struct claim inclusion = {
                .first = first, .size = size, .leaf = f->leaves[first], .root = f->roots[size]
            };
            struct claim consistency = { .consistency = true,
                                         .first = first + 1,
                                         .size = size,
                                         .leaf = f->roots[first + 1],
                                         .root = f->roots[size] };
            assert_true(tree_inclusion(f->tree, first, size, f->source, &inclusion.path, &f->err));
            assert_true(
                tree_consistency(f->tree, first + 1, size, f->source, &consistency.path, &f->err));
            try_claim(f, &inclusion);
            try_claim(f, &consistency);
        }
    print_message("%llu proofs, %llu forgeries, none accepted\n", (unsigned long long)f->proofs,
                  (unsigned long long)f->forgeries);
    assert_true(f->forgeries > 1000000);
}

/* Around the borders of tiles, where paths come half from memory and half from leaves. */
static void proofs_across_tiles_hold(void **state)
{
    struct fixture *f = *state;
    static const uint64_t sizes[] = { 255, 256, 257, 511, 512, 513, LEAVES_MAX };
    for (size_t i = 0; i < COUNT_OF(sizes); i++)
        for (uint64_t first = 0; first < sizes[i]; first++) {
            struct tree_path path;
            struct digest root;
            assert_true(tree_root_at(f->tree, sizes[i], f->source, &root, &f->err));
            assert_true(digest_equal(&root, &f->roots[sizes[i]]));
            assert_true(tree_inclusion(f->tree, first, sizes[i], f->source, &path, &f->err));
            assert_true(
                proof_includes(&f->leaves[first], first, sizes[i], path.hashes, path.count, &root));
            assert_true(tree_consistency(f->tree, first + 1, sizes[i], f->source, &path, &f->err));
            assert_true(proof_extends(first + 1, &f->roots[first + 1], sizes[i], &root, path.hashes,
                                      path.count));
        }
}

#define TREE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TREE_TEST(the_published_trees_have_their_published_proofs),
        TREE_TEST(every_altered_proof_of_every_small_tree_is_refused),
        TREE_TEST(proofs_across_tiles_hold),
    };
    return cmocka_run_group_tests_name("tree", tests, NULL, NULL);
}
