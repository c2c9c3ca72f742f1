#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/random.h"
#include "common/wire/lines.h"
#include "common/wire/proof.h"

#define TREE_MAX 64
#define ORIGIN "zonetally/jilin"

/* The tree as RFC 6962 defines it, by recursion over the leaves: slow and plain. */

static uint64_t split(uint64_t size)
{
    uint64_t left = 1;
    while (2 * left < size)
        left *= 2;
    return left;
}

static struct digest naive_root(const struct digest *leaves, uint64_t size)
{
    if (size == 0)
        return digest_sha256((struct bytes){ 0 }, (struct bytes){ 0 });
    if (size == 1)
        return leaves[0];
    uint64_t left = split(size);
    struct digest one = naive_root(leaves, left);
    struct digest other = naive_root(leaves + left, size - left);
    return proof_node(&one, &other);
}

static size_t naive_path(const struct digest *leaves, uint64_t size, uint64_t position,
                         struct digest *out)
{
    if (size == 1)
        return 0;
    uint64_t left = split(size);
    bool in_left = position < left;
    size_t count = in_left ? naive_path(leaves, left, position, out)
                           : naive_path(leaves + left, size - left, position - left, out);
    out[count] = in_left ? naive_root(leaves + left, size - left) : naive_root(leaves, left);
    return count + 1;
}

static size_t naive_subproof(const struct digest *leaves, uint64_t size, uint64_t old_size,
                             bool whole, struct digest *out)
{
    if (old_size == size) {
        if (!whole)
            out[0] = naive_root(leaves, size);
        return whole ? 0 : 1;
    }
    uint64_t left = split(size);
    bool in_left = old_size <= left;
    size_t count = in_left
                       ? naive_subproof(leaves, left, old_size, whole, out)
                       : naive_subproof(leaves + left, size - left, old_size - left, false, out);
    out[count] = in_left ? naive_root(leaves + left, size - left) : naive_root(leaves, left);
    return count + 1;
}

static void make_leaves(struct digest leaves[TREE_MAX])
{
    for (unsigned i = 0; i < TREE_MAX; i++) {
        unsigned char entry[4];
        bytes_put_u32(entry, i);
        leaves[i] = proof_leaf(BYTES_OF(entry));
    }
}

static struct digest digest_of(const char *text)
{
    struct digest digest;
    assert_true(digest_parse(text, &digest));
    return digest;
}

static void assert_is(struct digest digest, const char *expected)
{
    char text[DIGEST_TEXT_SIZE];
    assert_string_equal(digest_text(&digest, text), expected);
}

/* The inputs and roots that Certificate Transparency's own tests use. */
static void make_published_leaves(struct digest leaves[8])
{
    static const char *const inputs[8] = { "",         "\x00",
                                           "\x10",     "\x20\x21",
                                           "\x30\x31", "\x40\x41\x42\x43",
                                           "PQRSTUVW", "`abcdefghijklmno" };
    static const size_t sizes[8] = { 0, 1, 1, 2, 2, 4, 8, 16 };
    for (size_t i = 0; i < 8; i++)
        leaves[i] = proof_leaf((struct bytes){ inputs[i], sizes[i] });
}

static void roots_are_the_published_ones(void **state)
{
    (void)state;
    static const char *const roots[9] = {
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    };
    struct digest leaves[8];
    make_published_leaves(leaves);

    for (uint64_t size = 0; size <= 8; size++)
        assert_is(naive_root(leaves, size), roots[size]);
}

static void published_proofs_hold(void **state)
{
    (void)state;
    struct digest leaves[8];
    make_published_leaves(leaves);
    struct digest root6 = naive_root(leaves, 6), root8 = naive_root(leaves, 8);
    const struct digest of_leaf_5[] = {
        digest_of("bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"),
        digest_of("ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"),
        digest_of("d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
    };
    const struct digest from_6_to_8[] = {
        digest_of("0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"),
        digest_of("ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"),
        digest_of("d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
    };

    assert_true(proof_includes(&leaves[5], 5, 8, of_leaf_5, 3, &root8));
    assert_true(proof_extends(6, &root6, 8, &root8, from_6_to_8, 3));
}

static void every_leaf_of_every_tree_is_included_where_it_is_and_nowhere_else(void **state)
{
    (void)state;
    struct digest leaves[TREE_MAX], path[TREE_MAX + 1];
    make_leaves(leaves);

    for (uint64_t size = 1; size <= TREE_MAX; size++) {
        struct digest root = naive_root(leaves, size);
        for (uint64_t position = 0; position < size; position++) {
            size_t count = naive_path(leaves, size, position, path);
            path[count] = leaves[0];

            for (uint64_t claimed = 0; claimed <= size; claimed++)
                assert_int_equal(
                    proof_includes(&leaves[position], claimed, size, path, count, &root),
                    claimed == position);
            assert_false(proof_includes(&leaves[position], position, size, path, count + 1, &root));
            if (count > 0)
                assert_false(
                    proof_includes(&leaves[position], position, size, path, count - 1, &root));
        }
    }
    assert_false(proof_includes(&leaves[0], 0, 0, NULL, 0, &leaves[0]));
}

static void every_tree_extends_every_smaller_one(void **state)
{
    (void)state;
    struct digest leaves[TREE_MAX], path[TREE_MAX + 1];
    make_leaves(leaves);

    for (uint64_t size = 0; size <= TREE_MAX; size++) {
        struct digest root = naive_root(leaves, size);
        for (uint64_t old_size = 0; old_size <= size; old_size++) {
            struct digest old_root = naive_root(leaves, old_size);
            size_t count = old_size == 0 ? 0 : naive_subproof(leaves, size, old_size, true, path);
            path[count] = leaves[0];

            assert_true(proof_extends(old_size, &old_root, size, &root, path, count));
            assert_false(proof_extends(old_size, &old_root, size, &root, path, count + 1));
            if (count > 0)
                assert_false(proof_extends(old_size, &old_root, size, &root, path, count - 1));
            if (old_size < size)
                assert_false(proof_extends(size, &root, old_size, &old_root, path, count));
        }
    }
}

static void two_histories_do_not_extend_each_other(void **state)
{
    (void)state;
    struct digest leaves[TREE_MAX], other[TREE_MAX], path[TREE_MAX];
    make_leaves(leaves);
    memcpy(other, leaves, sizeof other);
    other[1] = leaves[2];

    for (uint64_t size = 3; size <= TREE_MAX; size++)
        for (uint64_t old_size = 2; old_size < size; old_size++) {
            struct digest old_root = naive_root(other, old_size), root = naive_root(leaves, size);
            size_t count = naive_subproof(leaves, size, old_size, true, path);
            assert_false(proof_extends(old_size, &old_root, size, &root, path, count));
            count = naive_subproof(other, size, old_size, true, path);
            assert_false(proof_extends(old_size, &old_root, size, &root, path, count));
        }
}

static void one_altered_byte_breaks_a_proof(void **state)
{
    (void)state;
    struct digest leaves[TREE_MAX], path[TREE_MAX];
    make_leaves(leaves);

    for (uint64_t size = 1; size <= TREE_MAX; size++) {
        struct digest root = naive_root(leaves, size);
        for (uint64_t number = 1; number <= size; number++) {
            struct digest old_root = naive_root(leaves, number), leaf = leaves[number - 1];
            size_t count = naive_path(leaves, size, number - 1, path);
            for (size_t i = 0; i < count * DIGEST_SIZE; i++) {
                path[i / DIGEST_SIZE].bytes[i % DIGEST_SIZE] ^= 1;
                assert_false(proof_includes(&leaf, number - 1, size, path, count, &root));
                path[i / DIGEST_SIZE].bytes[i % DIGEST_SIZE] ^= 1;
            }
            count = naive_subproof(leaves, size, number, true, path);
            for (size_t i = 0; i < count * DIGEST_SIZE; i++) {
                path[i / DIGEST_SIZE].bytes[i % DIGEST_SIZE] ^= 0x80;
                assert_false(proof_extends(number, &old_root, size, &root, path, count));
                path[i / DIGEST_SIZE].bytes[i % DIGEST_SIZE] ^= 0x80;
            }
            old_root.bytes[0] ^= 1;
            leaf.bytes[31] ^= 1;
            assert_false(proof_extends(number, &old_root, size, &root, path, count));
            count = naive_path(leaves, size, number - 1, path);
            assert_false(proof_includes(&leaf, number - 1, size, path, count, &root));
        }
    }
}

static void sizes_near_the_end_of_numbers_are_answered(void **state)
{
    (void)state;
    struct digest leaves[TREE_MAX], path[TREE_MAX + 2];
    make_leaves(leaves);
    memcpy(path, leaves, sizeof leaves);
    path[64] = path[65] = leaves[0];
    struct digest root = leaves[1];

    assert_false(proof_includes(&leaves[0], UINT64_MAX - 1, UINT64_MAX, path, 66, &root));
    assert_false(proof_includes(&leaves[0], 0, UINT64_MAX, path, 0, &root));
    assert_false(proof_extends(UINT64_MAX - 1, &leaves[0], UINT64_MAX, &root, path, 66));
    assert_false(proof_extends(UINT64_MAX, &leaves[0], UINT64_MAX, &root, path, 0));
    assert_false(proof_extends(UINT64_C(1) << 63, &leaves[0], UINT64_MAX, &root, path, 66));
}

struct fixture {
    struct arena *arena;
    struct key_pair pair;
    struct checkpoint checkpoint;
    struct bytes text;
    struct error err;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct seeded_random random = seeded_random_of(6);
    f->arena = arena_create();
    f->pair = key_pair_create(&random.random);
    f->checkpoint = (struct checkpoint){ .origin = ORIGIN,
                                         .size = 4711,
                                         .root = proof_leaf(bytes_of_text("root")) };
    f->text = checkpoint_sign(&f->checkpoint, &f->pair, f->arena);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    arena_destroy(&f->arena);
    free(f);
    return 0;
}

static bool verify(struct fixture *f, struct bytes text, struct checkpoint *out)
{
    return checkpoint_verify(text, ORIGIN, f->pair.public.signing, f->arena, out, &f->err);
}

/* The checkpoint's text with `more` behind it. */
static struct bytes followed_by(struct fixture *f, const char *more)
{
    return bytes_of_text(
        arena_format(f->arena, "%.*s%s", (int)f->text.size, (const char *)f->text.data, more));
}

static void a_checkpoint_is_read_back(void **state)
{
    struct fixture *f = *state;
    struct checkpoint out;

    assert_true(verify(f, f->text, &out));

    assert_string_equal(out.origin, ORIGIN);
    assert_int_equal(out.size, 4711);
    assert_true(digest_equal(&out.root, &f->checkpoint.root));
}

static void a_checkpoint_has_the_lines_of_the_format(void **state)
{
    struct fixture *f = *state;
    struct lines lines = lines_of(f->text);
    struct bytes line;

    assert_true(lines_next(&lines, &line) && line_is(line, ORIGIN));
    assert_true(lines_next(&lines, &line) && line_is(line, "4711"));
    assert_true(lines_next(&lines, &line) && line.size == 44);
    assert_true(lines_next(&lines, &line) && line.size == 0);
    assert_true(lines_next(&lines, &line) && line_begins(&line, "\xE2\x80\x94 " ORIGIN " "));
    assert_int_equal(line.size, 92);
    assert_int_equal(lines.rest.size, 0);
}

static void every_altered_byte_of_a_checkpoint_is_refused(void **state)
{
    struct fixture *f = *state;
    unsigned char *text = (unsigned char *)arena_copy_text(
        f->arena, arena_format(f->arena, "%.*s", (int)f->text.size, (const char *)f->text.data));
    struct checkpoint out;

    for (size_t i = 0; i < f->text.size; i++)
        for (unsigned change = 1; change < 256; change++) {
            text[i] ^= (unsigned char)change;
            assert_false(verify(f, (struct bytes){ text, f->text.size }, &out));
            assert_true(f->err.kind == ERROR_MALFORMED || f->err.kind == ERROR_REFUSED);
            text[i] ^= (unsigned char)change;
        }
    assert_true(verify(f, (struct bytes){ text, f->text.size }, &out));
}

static void a_cut_checkpoint_is_refused(void **state)
{
    struct fixture *f = *state;
    struct checkpoint out;

    for (size_t size = 0; size < f->text.size; size++)
        assert_false(verify(f, (struct bytes){ f->text.data, size }, &out));
}

static void signatures_of_unknown_keys_are_passed_over(void **state)
{
    struct fixture *f = *state;
    struct checkpoint out;

    assert_true(verify(f, followed_by(f, "\xE2\x80\x94 witness.example AAAAAAAA\n"), &out));
    assert_true(verify(f, followed_by(f, "\xE2\x80\x94 " ORIGIN " AAAAAAAA\n"), &out));
}

static void lines_that_are_no_signatures_are_refused(void **state)
{
    struct fixture *f = *state;
    struct checkpoint out;
    static const char *const tails[] = {
        "\n",
        "\n\xE2\x80\x94 witness.example AAAAAAAA\n",
        "- witness.example AAAAAAAA\n",
        "\xE2\x80\x94 witness.example AAAA\n",
        "\xE2\x80\x94 witness.example AAAAAAA\n",
        "\xE2\x80\x94 witness.example\n",
        "\xE2\x80\x94  AAAAAAAA\n",
        "\xE2\x80\x94 witness.example AAAAAAAA",
    };

    for (size_t i = 0; i < COUNT_OF(tails); i++) {
        assert_false(verify(f, followed_by(f, tails[i]), &out));
        assert_int_equal(f->err.kind, ERROR_MALFORMED);
    }
}

static void a_checkpoint_signed_by_another_key_proves_nothing(void **state)
{
    struct fixture *f = *state;
    struct seeded_random random = seeded_random_of(7);
    struct key_pair other = key_pair_create(&random.random);
    struct checkpoint out;

    assert_false(verify(f, checkpoint_sign(&f->checkpoint, &other, f->arena), &out));

    assert_int_equal(f->err.kind, ERROR_REFUSED);
}

static void a_checkpoint_of_another_origin_is_not_ours(void **state)
{
    struct fixture *f = *state;
    struct checkpoint out, other = f->checkpoint;
    other.origin = "zonetally/liaoning";

    assert_false(verify(f, checkpoint_sign(&other, &f->pair, f->arena), &out));

    assert_int_equal(f->err.kind, ERROR_MALFORMED);
    assert_non_null(strstr(f->err.text, "zonetally/liaoning"));
}

static void numbers_have_one_spelling(void **state)
{
    (void)state;
    static const char *const bad[] = { "",
                                       "00",
                                       "01",
                                       "+1",
                                       "-1",
                                       " 1",
                                       "1 ",
                                       "0x1",
                                       "1a",
                                       "18446744073709551616",
                                       "99999999999999999999" };
    uint64_t number = 0;

    assert_true(line_number(bytes_of_text("0"), &number) && number == 0);
    assert_true(line_number(bytes_of_text("18446744073709551615"), &number));
    assert_true(number == UINT64_MAX);
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_false(line_number(bytes_of_text(bad[i]), &number));
}

static void base64_has_one_spelling(void **state)
{
    (void)state;
    static const char *const bad[] = { "",
                                       "Zg",
                                       "Zg=",
                                       "Zh==",
                                       "Zm9=",
                                       "Z===",
                                       "Zg==\n",
                                       " Zg==",
                                       "Zg==Zg==",
                                       "Zm-v",
                                       "Zm\xAB"
                                       "v",
                                       "\xDA"
                                       "m9v",
                                       "Zm9vYmFy" };
    unsigned char bytes[4];
    size_t size = 0;

    assert_true(base64_read(bytes_of_text("Zg=="), bytes, 4, &size) && size == 1);
    assert_true(base64_read(bytes_of_text("Zm9v"), bytes, 4, &size) && size == 3);
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_false(base64_read(bytes_of_text(bad[i]), bytes, 4, &size));
}

#define CHECKPOINT_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roots_are_the_published_ones),
        cmocka_unit_test(published_proofs_hold),
        cmocka_unit_test(every_leaf_of_every_tree_is_included_where_it_is_and_nowhere_else),
        cmocka_unit_test(every_tree_extends_every_smaller_one),
        cmocka_unit_test(two_histories_do_not_extend_each_other),
        cmocka_unit_test(one_altered_byte_breaks_a_proof),
        cmocka_unit_test(sizes_near_the_end_of_numbers_are_answered),
        CHECKPOINT_TEST(a_checkpoint_is_read_back),
        CHECKPOINT_TEST(a_checkpoint_has_the_lines_of_the_format),
        CHECKPOINT_TEST(every_altered_byte_of_a_checkpoint_is_refused),
        CHECKPOINT_TEST(a_cut_checkpoint_is_refused),
        CHECKPOINT_TEST(signatures_of_unknown_keys_are_passed_over),
        CHECKPOINT_TEST(lines_that_are_no_signatures_are_refused),
        CHECKPOINT_TEST(a_checkpoint_signed_by_another_key_proves_nothing),
        CHECKPOINT_TEST(a_checkpoint_of_another_origin_is_not_ours),
        cmocka_unit_test(numbers_have_one_spelling),
        cmocka_unit_test(base64_has_one_spelling),
    };
    return cmocka_run_group_tests_name("proof", tests, NULL, NULL);
}
