#include "common/wire/keys.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "common/base/digest.h"
#include "common/base/error.h"
#include "common/base/memory.h"
#include "common/base/messages.h"
#include "common/base/random.h"

#define FILE_VERSION 1
#define FINGERPRINT_GROUPS 6

_Static_assert(sizeof(struct public_keys) == 2 * KEY_SIZE, "hashed as one run");
_Static_assert(crypto_box_PUBLICKEYBYTES == KEY_SIZE && crypto_box_SECRETKEYBYTES == KEY_SIZE &&
                   crypto_sign_PUBLICKEYBYTES == KEY_SIZE && crypto_sign_BYTES == SIGNATURE_SIZE,
               "the sizes of Ed25519 and X25519");

/* The key file: what it is, version, both secret keys, the public CURVE key, checksum. */
struct key_file {
    char magic[15];
    unsigned char version;
    unsigned char signing_secret[64]; /* seed, then public key */
    unsigned char curve_secret[KEY_SIZE];
    unsigned char curve[KEY_SIZE];
    unsigned char checksum[16];
};
_Static_assert(sizeof(struct key_file) == KEY_FILE_SIZE, "no padding: all are bytes");

static const char key_magic[15] = "zonetally keys\n";

static void start_sodium(void)
{
    if (sodium_init() < 0)
        abort();
}

struct key_pair key_pair_create(struct random *random)
{
    start_sodium();
    struct key_pair pair;
    unsigned char seed[KEY_SIZE];
    _Static_assert(sizeof seed == crypto_sign_SEEDBYTES && sizeof seed == crypto_box_SEEDBYTES,
                   "one seed size");
    random->fill(random, seed, sizeof seed);
    crypto_sign_seed_keypair(pair.public.signing, pair.signing_secret, seed);
    random->fill(random, seed, sizeof seed);
    crypto_box_seed_keypair(pair.public.curve, pair.curve_secret, seed);
    sodium_memzero(seed, sizeof seed);
    return pair;
}

void key_pair_wipe(struct key_pair *pair)
{
    sodium_memzero(pair, sizeof *pair);
}

static void key_file_checksum(const struct key_file *file, unsigned char out[16])
{
    digest_checksum((struct bytes){ file->magic, sizeof file->magic },
                    (struct bytes){ &file->version, offsetof(struct key_file, checksum) -
                                                        offsetof(struct key_file, version) },
                    out);
}

static void key_file_wipe(struct key_file *file)
{
    sodium_memzero(file, sizeof *file);
}

void key_pair_encode(const struct key_pair *pair, unsigned char out[KEY_FILE_SIZE])
{
    CLEANUP(key_file_wipe) struct key_file file = { .version = FILE_VERSION };
    memcpy(file.magic, key_magic, sizeof file.magic);
    memcpy(file.signing_secret, pair->signing_secret, sizeof file.signing_secret);
    memcpy(file.curve_secret, pair->curve_secret, sizeof file.curve_secret);
    memcpy(file.curve, pair->public.curve, sizeof file.curve);
    key_file_checksum(&file, file.checksum);
    memcpy(out, &file, sizeof file);
}

/* Whether the public halves are those of the secret ones. */
static bool key_pair_fits(const struct key_pair *pair)
{
    CLEANUP(key_pair_wipe) struct key_pair again = { 0 };
    unsigned char curve[KEY_SIZE];
    crypto_sign_seed_keypair(again.public.signing, again.signing_secret, pair->signing_secret);
    return sodium_memcmp(again.signing_secret, pair->signing_secret, sizeof again.signing_secret) ==
               0 &&
           crypto_scalarmult_base(curve, pair->curve_secret) == 0 &&
           memcmp(curve, pair->public.curve, sizeof curve) == 0;
}

bool key_pair_decode(struct bytes bytes, struct key_pair *out, struct error *err)
{
    start_sodium();
    CLEANUP(key_file_wipe) struct key_file file = { 0 };
    size_t head = offsetof(struct key_file, signing_secret);
    memcpy(&file, bytes.data, bytes.size < sizeof file ? bytes.size : sizeof file);
    if (bytes.size < head || memcmp(file.magic, key_magic, sizeof key_magic) != 0)
        return error_set(err, ERROR_MALFORMED, MESSAGE_KEYS_FOREIGN);
    if (file.version > FILE_VERSION)
        return error_set(err, ERROR_MALFORMED, MESSAGE_KEYS_NEWER, (unsigned)file.version);

    unsigned char checksum[16];
    key_file_checksum(&file, checksum);
    if (bytes.size != sizeof file || memcmp(checksum, file.checksum, sizeof checksum) != 0)
        return error_set(err, ERROR_CORRUPT, MESSAGE_KEYS_DAMAGED);

    memcpy(out->signing_secret, file.signing_secret, sizeof out->signing_secret);
    memcpy(out->curve_secret, file.curve_secret, sizeof out->curve_secret);
    memcpy(out->public.signing, file.signing_secret + KEY_SIZE, KEY_SIZE);
    memcpy(out->public.curve, file.curve, KEY_SIZE);
    if (key_pair_fits(out))
        return true;
    key_pair_wipe(out);
    return error_set(err, ERROR_CORRUPT, MESSAGE_KEYS_DAMAGED);
}

/* What a signature of each purpose begins with, its NUL included. */
static struct bytes prefix_of(enum sign_purpose purpose)
{
    static const char *const prefixes[SIGN_PURPOSE_COUNT] = {
        [SIGN_STATEMENT] = "zonetally statement v1",       [SIGN_CHECKPOINT] = NULL,
        [SIGN_ENROLMENT] = "zonetally enrolment v1",       [SIGN_CARD] = "zonetally card v1",
        [SIGN_KEY_ROTATION] = "zonetally key rotation v1", [SIGN_BUNDLE] = "zonetally bundle v1",
    };
    assert(purpose < SIGN_PURPOSE_COUNT);
    const char *prefix = prefixes[purpose];
    return prefix ? (struct bytes){ prefix, strlen(prefix) + 1 } : (struct bytes){ 0 };
}

/* libsodium signs one run of bytes: the prefix and the bytes, to be freed. */
static unsigned char *prefixed(enum sign_purpose purpose, struct bytes bytes, size_t *out_size)
{
    struct bytes prefix = prefix_of(purpose);
    *out_size = prefix.size + bytes.size;
    unsigned char *run = memory_zeroed(*out_size + 1, 1);
    if (prefix.size > 0)
        memcpy(run, prefix.data, prefix.size);
    if (bytes.size > 0)
        memcpy(run + prefix.size, bytes.data, bytes.size);
    return run;
}

void sign_bytes(enum sign_purpose purpose, struct bytes bytes, const struct key_pair *pair,
                unsigned char out[SIGNATURE_SIZE])
{
    size_t size;
    CLEANUP(memory_free) unsigned char *run = prefixed(purpose, bytes, &size);
    crypto_sign_detached(out, NULL, run, size, pair->signing_secret);
}

bool signature_is_valid(enum sign_purpose purpose, struct bytes bytes,
                        const unsigned char signature[SIGNATURE_SIZE],
                        const unsigned char signing_key[KEY_SIZE])
{
    size_t size;
    CLEANUP(memory_free) unsigned char *run = prefixed(purpose, bytes, &size);
    return crypto_sign_verify_detached(signature, run, size, signing_key) == 0;
}

const char *key_fingerprint(const struct public_keys *keys, char buffer[FINGERPRINT_TEXT_SIZE])
{
    static const char prefix[] = "zonetally fingerprint v1";
    struct digest digest = digest_sha256(BYTES_OF(prefix), (struct bytes){ keys, sizeof *keys });
    size_t size = 0;
    for (size_t i = 0; i < FINGERPRINT_GROUPS; i++)
        size += (size_t)snprintf(buffer + size, FINGERPRINT_TEXT_SIZE - size, "%s%04u",
                                 i > 0 ? " " : "", bytes_get_u32(digest.bytes + 4 * i) % 10000);
    return buffer;
}
