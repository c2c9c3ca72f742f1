/*
 * Every proof the tree makes, for tree_check.py: a line each, hashes in hexadecimal.
 *
 *     tree_paths SIZE…
 *     root SIZE HASH
 *     inclusion POSITION SIZE HASH…
 *     consistency OLD_SIZE SIZE HASH…
 *
 * Leaf number i is the four bytes of i, big-endian.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "aggregator/tree.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/wire/proof.h"

static struct digest leaf_of(uint64_t position)
{
    unsigned char entry[4];
    bytes_put_u32(entry, (unsigned)position);
    return proof_leaf(BYTES_OF(entry));
}

static bool read_leaves(void *owner, uint64_t first, size_t count, struct digest *out,
                        struct error *err)
{
    (void)owner;
    (void)err;
    for (size_t i = 0; i < count; i++)
        out[i] = leaf_of(first + i);
    return true;
}

static void print(const char *what, uint64_t first, uint64_t size, const struct tree_path *path)
{
    char text[DIGEST_TEXT_SIZE];
    printf("%s %" PRIu64 " %" PRIu64, what, first, size);
    for (size_t i = 0; i < path->count; i++)
        printf(" %s", digest_text(&path->hashes[i], text));
    putchar('\n');
}

static bool print_tree(struct tree *tree, uint64_t size, struct error *err)
{
    struct tree_source source = { read_leaves, NULL };
    struct tree_path path;
    struct digest root;
    char text[DIGEST_TEXT_SIZE];
    while (tree_size(tree) < size) {
        struct digest leaf = leaf_of(tree_size(tree));
        tree_append(tree, &leaf);
    }
    if (!tree_root_at(tree, size, source, &root, err))
        return false;
    printf("root %" PRIu64 " %s\n", size, digest_text(&root, text));
    for (uint64_t first = 0; first < size; first++) {
        if (!tree_inclusion(tree, first, size, source, &path, err))
            return false;
        print("inclusion", first, size, &path);
        if (!tree_consistency(tree, first + 1, size, source, &path, err))
            return false;
        print("consistency", first + 1, size, &path);
    }
    return true;
}

int main(int argc, char **argv)
{
    CLEANUP(tree_destroy) struct tree *tree = tree_create();
    struct error err;
    for (int i = 1; i < argc; i++)
        if (!print_tree(tree, strtoull(argv[i], NULL, 10), &err)) {
            fprintf(stderr, "%s\n", err.text);
            return EXIT_FAILURE;
        }
    return EXIT_SUCCESS;
}
