#include "common/wire/sealed_keys.h"

#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/random.h"

#define MAGIC "ZNKEYS1\n"
#define MAGIC_SIZE 8
#define SALT_AT MAGIC_SIZE
#define NONCE_AT (SALT_AT + crypto_pwhash_argon2id_SALTBYTES)
#define BOX_AT (NONCE_AT + crypto_secretbox_NONCEBYTES)
#define PASSES 3
#define MEMORY ((size_t)256 * 1024 * 1024)

_Static_assert(SEALED_KEYS_SIZE == BOX_AT + crypto_secretbox_MACBYTES + KEY_FILE_SIZE,
               "salt, nonce and box one behind the other");

static bool derive(const char *passphrase, const unsigned char *salt,
                   unsigned char key[crypto_secretbox_KEYBYTES], struct error *err)
{
    if (sodium_init() < 0)
        abort();
    return crypto_pwhash_argon2id(key, crypto_secretbox_KEYBYTES, passphrase, strlen(passphrase),
                                  salt, PASSES, MEMORY,
                                  crypto_pwhash_argon2id_ALG_ARGON2ID13) == 0 ||
           error_set(err, ERROR_SYSTEM, MESSAGE_KEYS_NO_MEMORY, MEMORY / 1024 / 1024);
}

bool key_pair_seal(const struct key_pair *pair, const char *passphrase, struct random *random,
                   unsigned char out[SEALED_KEYS_SIZE], struct error *err)
{
    unsigned char key[crypto_secretbox_KEYBYTES];
    unsigned char plain[KEY_FILE_SIZE];
    if (strlen(passphrase) < PASSPHRASE_SIZE_MIN)
        return error_set(err, ERROR_REFUSED, MESSAGE_KEYS_PASSPHRASE_SHORT, PASSPHRASE_SIZE_MIN);
    memcpy(out, MAGIC, MAGIC_SIZE);
    random->fill(random, out + SALT_AT, BOX_AT - SALT_AT);
    if (!derive(passphrase, out + SALT_AT, key, err))
        return false;
    key_pair_encode(pair, plain);
    crypto_secretbox_easy(out + BOX_AT, plain, sizeof plain, out + NONCE_AT, key);
    sodium_memzero(plain, sizeof plain);
    sodium_memzero(key, sizeof key);
    return true;
}

bool key_pair_unseal(struct bytes sealed, const char *passphrase, struct key_pair *out,
                     struct error *err)
{
    const unsigned char *bytes = sealed.data;
    unsigned char key[crypto_secretbox_KEYBYTES];
    unsigned char plain[KEY_FILE_SIZE];
    if (sealed.size != SEALED_KEYS_SIZE || memcmp(bytes, MAGIC, MAGIC_SIZE) != 0)
        return error_set(err, ERROR_MALFORMED, MESSAGE_KEYS_NOT_SEALED);
    if (!derive(passphrase, bytes + SALT_AT, key, err))
        return false;
    bool opened = crypto_secretbox_open_easy(plain, bytes + BOX_AT, sealed.size - BOX_AT,
                                             bytes + NONCE_AT, key) == 0;
    sodium_memzero(key, sizeof key);
    if (!opened)
        return error_set(err, ERROR_REFUSED, MESSAGE_KEYS_PASSPHRASE_WRONG);
    bool decoded = key_pair_decode(BYTES_OF(plain), out, err);
    sodium_memzero(plain, sizeof plain);
    return decoded;
}
