#include "tests/support/test.h"

#include <string.h>

#include <sodium.h>
#include <zmq.h>

#include "common/base/error.h"
#include "common/base/random.h"
#include "common/wire/keys.h"
#include "tests/support/mutation.h"

static struct key_pair a_pair(uint64_t seed)
{
    struct seeded_random random = seeded_random_of(seed);
    return key_pair_create(&random.random);
}

static bool pairs_are_equal(const struct key_pair *left, const struct key_pair *right)
{
    return memcmp(left, right, sizeof *left) == 0;
}

static void a_seed_makes_the_same_keys_and_another_seed_others(void **state)
{
    (void)state;
    struct key_pair pair = a_pair(1), again = a_pair(1), other = a_pair(2);

    assert_true(pairs_are_equal(&pair, &again));
    assert_memory_not_equal(pair.public.signing, other.public.signing, KEY_SIZE);
    assert_memory_not_equal(pair.public.curve, other.public.curve, KEY_SIZE);
}

static void a_wiped_pair_holds_nothing(void **state)
{
    (void)state;
    struct key_pair pair = a_pair(1);

    key_pair_wipe(&pair);

    assert_true(sodium_is_zero((const unsigned char *)&pair, sizeof pair));
}

static void libzmq_derives_the_same_public_curve_key(void **state)
{
    (void)state;
    struct key_pair pair = a_pair(3);
    char secret[41], public[41];
    unsigned char derived[KEY_SIZE];

    assert_non_null(zmq_z85_encode(secret, pair.curve_secret, KEY_SIZE));
    assert_int_equal(zmq_curve_public(public, secret), 0);
    assert_non_null(zmq_z85_decode(derived, public));
    assert_memory_equal(derived, pair.public.curve, KEY_SIZE);
}

static void a_key_file_reads_back(void **state)
{
    (void)state;
    struct key_pair pair = a_pair(1), again;
    unsigned char file[KEY_FILE_SIZE];
    struct error err;

    key_pair_encode(&pair, file);

    assert_true(key_pair_decode(BYTES_OF(file), &again, &err));
    assert_true(pairs_are_equal(&pair, &again));
}

static void expect_refusal(struct bytes mutated, void *owner)
{
    (void)owner;
    struct key_pair pair;
    struct error err = { 0 };
    assert_false(key_pair_decode(mutated, &pair, &err));
    assert_true(err.kind == ERROR_CORRUPT || err.kind == ERROR_MALFORMED);
}

static void every_small_damage_of_a_key_file_is_noticed(void **state)
{
    (void)state;
    struct key_pair pair = a_pair(1);
    unsigned char file[KEY_FILE_SIZE];
    key_pair_encode(&pair, file);

    assert_true(mutation_each(BYTES_OF(file), expect_refusal, NULL) > 1800);
}

static void a_damaged_a_foreign_and_a_newer_key_file_are_told_apart(void **state)
{
    (void)state;
    struct key_pair pair = a_pair(1);
    unsigned char file[KEY_FILE_SIZE];
    struct error err;
    static const char foreign[] = "-----BEGIN CERTIFICATE-----";

    key_pair_encode(&pair, file);
    file[100] ^= 1;
    assert_false(key_pair_decode(BYTES_OF(file), &pair, &err));
    assert_int_equal(err.kind, ERROR_CORRUPT);
    assert_false(key_pair_decode((struct bytes){ file, 50 }, &pair, &err));
    assert_int_equal(err.kind, ERROR_CORRUPT);
    file[15] = 2;
    assert_false(key_pair_decode(BYTES_OF(file), &pair, &err));
    assert_int_equal(err.kind, ERROR_MALFORMED);
    assert_false(key_pair_decode(BYTES_OF(foreign), &pair, &err));
    assert_int_equal(err.kind, ERROR_MALFORMED);
    assert_false(key_pair_decode((struct bytes){ "", 0 }, &pair, &err));
    assert_int_equal(err.kind, ERROR_MALFORMED);
}

/* The checksum is right, the keys do not belong together. */
static void a_public_key_that_is_not_of_the_secret_one_is_refused(void **state)
{
    (void)state;
    struct key_pair pair = a_pair(1), other = a_pair(2), out;
    unsigned char file[KEY_FILE_SIZE];
    struct error err;

    struct key_pair mixed = pair;
    memcpy(mixed.public.curve, other.public.curve, KEY_SIZE);
    key_pair_encode(&mixed, file);
    assert_false(key_pair_decode(BYTES_OF(file), &out, &err));
    assert_int_equal(err.kind, ERROR_CORRUPT);

    mixed = pair;
    memcpy(mixed.signing_secret + KEY_SIZE, other.public.signing, KEY_SIZE);
    key_pair_encode(&mixed, file);
    assert_false(key_pair_decode(BYTES_OF(file), &out, &err));
    assert_int_equal(err.kind, ERROR_CORRUPT);
}

static void a_signature_holds_for_its_purpose_only(void **state)
{
    (void)state;
    struct key_pair pair = a_pair(1);
    struct bytes text = bytes_of_text("figures");
    for (int made = 0; made < SIGN_PURPOSE_COUNT; made++) {
        unsigned char signature[SIGNATURE_SIZE];
        sign_bytes((enum sign_purpose)made, text, &pair, signature);
        for (int asked = 0; asked < SIGN_PURPOSE_COUNT; asked++)
            assert_int_equal(
                signature_is_valid((enum sign_purpose)asked, text, signature, pair.public.signing),
                made == asked);
    }
}

struct signed_text {
    struct key_pair pair;
    unsigned char signature[SIGNATURE_SIZE];
    struct bytes text;
};

static void expect_invalid_text(struct bytes mutated, void *owner)
{
    const struct signed_text *one = owner;
    assert_false(
        signature_is_valid(SIGN_STATEMENT, mutated, one->signature, one->pair.public.signing));
}

static void every_altered_bit_spoils_a_signature(void **state)
{
    (void)state;
    struct signed_text one = { .pair = a_pair(1), .text = bytes_of_text("figures") };
    sign_bytes(SIGN_STATEMENT, one.text, &one.pair, one.signature);
    const unsigned char *key = one.pair.public.signing;

    assert_true(signature_is_valid(SIGN_STATEMENT, one.text, one.signature, key));
    mutation_each(one.text, expect_invalid_text, &one);
    for (size_t bit = 0; bit < 8 * SIGNATURE_SIZE; bit++) {
        unsigned char altered[SIGNATURE_SIZE];
        memcpy(altered, one.signature, sizeof altered);
        altered[bit / 8] ^= (unsigned char)(1u << bit % 8);
        assert_false(signature_is_valid(SIGN_STATEMENT, one.text, altered, key));
    }
    static const unsigned char nothing[SIGNATURE_SIZE];
    assert_false(signature_is_valid(SIGN_STATEMENT, one.text, nothing, nothing));
}

struct fixed_random {
    struct random random;
    unsigned char seed[KEY_SIZE];
};

static void fill_fixed(struct random *random, void *target, size_t size)
{
    memcpy(target, ((struct fixed_random *)(void *)random)->seed, size);
}

/* RFC 8032, section 7.1, test 2; a checkpoint has no prefix. */
static void the_published_signature_comes_out(void **state)
{
    (void)state;
    struct fixed_random fixed = { .random = { fill_fixed } };
    unsigned char expected[SIGNATURE_SIZE], signature[SIGNATURE_SIZE];
    sodium_hex2bin(fixed.seed, KEY_SIZE,
                   "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", 64, NULL,
                   NULL, NULL);
    sodium_hex2bin(expected, SIGNATURE_SIZE,
                   "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                   "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
                   128, NULL, NULL, NULL);
    struct key_pair pair = key_pair_create(&fixed.random);

    sign_bytes(SIGN_CHECKPOINT, bytes_of_text("r"), &pair, signature);

    assert_memory_equal(signature, expected, sizeof signature);
}

static void a_fingerprint_is_six_words_over_both_keys(void **state)
{
    (void)state;
    struct key_pair pair = a_pair(1);
    char text[FINGERPRINT_TEXT_SIZE], other[FINGERPRINT_TEXT_SIZE];

    key_fingerprint(&pair.public, text);

    assert_int_equal(strlen(text), 6 * 4 + 5);
    for (size_t i = 0; i < strlen(text); i++)
        assert_true(i % 5 == 4 ? text[i] == ' ' : text[i] >= '0' && text[i] <= '9');
    pair.public.signing[0] ^= 1;
    assert_string_not_equal(key_fingerprint(&pair.public, other), text);
    pair.public.signing[0] ^= 1;
    pair.public.curve[31] ^= 1;
    assert_string_not_equal(key_fingerprint(&pair.public, other), text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_seed_makes_the_same_keys_and_another_seed_others),
        cmocka_unit_test(a_wiped_pair_holds_nothing),
        cmocka_unit_test(libzmq_derives_the_same_public_curve_key),
        cmocka_unit_test(a_key_file_reads_back),
        cmocka_unit_test(every_small_damage_of_a_key_file_is_noticed),
        cmocka_unit_test(a_damaged_a_foreign_and_a_newer_key_file_are_told_apart),
        cmocka_unit_test(a_public_key_that_is_not_of_the_secret_one_is_refused),
        cmocka_unit_test(a_signature_holds_for_its_purpose_only),
        cmocka_unit_test(every_altered_bit_spoils_a_signature),
        cmocka_unit_test(the_published_signature_comes_out),
        cmocka_unit_test(a_fingerprint_is_six_words_over_both_keys),
    };
    return cmocka_run_group_tests_name("keys", tests, NULL, NULL);
}
