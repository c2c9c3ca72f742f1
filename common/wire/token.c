#include "common/wire/token.h"

#include <sodium.h>
#include <string.h>

#include "common/base/random.h"
#include "common/wire/keys.h"

#define CHANCE_SIZE 16
#define NUMBER_AT 4
#define CHANCE_AT (NUMBER_AT + 8)
#define SEAL_AT (CHANCE_AT + CHANCE_SIZE)
#define SEAL_SIZE 16
#define SEED_SIZE 32 /* of the signing key: the first half of its secret */

_Static_assert(SEAL_AT + SEAL_SIZE == TOKEN_SIZE, "no gap");
_Static_assert(SEAL_SIZE == crypto_generichash_BYTES_MIN, "BLAKE2b-128");

static void seal(const struct token *token, const struct key_pair *province,
                 const struct device_id *device, unsigned char out[SEAL_SIZE])
{
    static const char prefix[] = "zonetally session token v1";
    unsigned char key[crypto_generichash_KEYBYTES];
    crypto_generichash_state state;
    crypto_generichash(key, sizeof key, (const unsigned char *)prefix, sizeof prefix,
                       province->signing_secret, SEED_SIZE);
    crypto_generichash_init(&state, key, sizeof key, SEAL_SIZE);
    crypto_generichash_update(&state, device->bytes, sizeof device->bytes);
    crypto_generichash_update(&state, token->bytes, SEAL_AT);
    crypto_generichash_final(&state, out, SEAL_SIZE);
    sodium_memzero(key, sizeof key);
}

struct token token_make(const struct key_pair *province, const struct device_id *device,
                        uint32_t epoch, uint64_t number, struct random *random)
{
    struct token token;
    bytes_put_u32(token.bytes, epoch);
    bytes_put_u64(token.bytes + NUMBER_AT, number);
    random->fill(random, token.bytes + CHANCE_AT, CHANCE_SIZE);
    seal(&token, province, device, token.bytes + SEAL_AT);
    return token;
}

bool token_read(struct bytes bytes, struct token *out)
{
    *out = (struct token){ { 0 } };
    if (bytes.size == 0)
        return true;
    if (bytes.size != TOKEN_SIZE)
        return false;
    memcpy(out->bytes, bytes.data, TOKEN_SIZE);
    return !token_is_none(out);
}

bool token_is_none(const struct token *token)
{
    return sodium_is_zero(token->bytes, TOKEN_SIZE);
}

bool token_equal(const struct token *left, const struct token *right)
{
    return sodium_memcmp(left->bytes, right->bytes, TOKEN_SIZE) == 0;
}

uint32_t token_epoch(const struct token *token)
{
    return bytes_get_u32(token->bytes);
}

uint64_t token_number(const struct token *token)
{
    return bytes_get_u64(token->bytes + NUMBER_AT);
}

bool token_is_genuine(const struct token *token, const struct key_pair *province,
                      const struct device_id *device, uint32_t epoch)
{
    unsigned char expected[SEAL_SIZE];
    seal(token, province, device, expected);
    return token_epoch(token) == epoch &&
           sodium_memcmp(expected, token->bytes + SEAL_AT, SEAL_SIZE) == 0;
}
