#include "common/base/digest.h"

#include <sodium.h>
#include <string.h>

#define CHECKSUM_SIZE 16

struct digest digest_sha256(struct bytes prefix, struct bytes bytes)
{
    struct digest digest;
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, prefix.data, prefix.size);
    crypto_hash_sha256_update(&state, bytes.data, bytes.size);
    crypto_hash_sha256_final(&state, digest.bytes);
    return digest;
}

_Static_assert(sizeof(struct digest_stream) >= sizeof(crypto_hash_sha256_state),
               "room for libsodium's state");

static crypto_hash_sha256_state *state_of(struct digest_stream *stream)
{
    return (crypto_hash_sha256_state *)(void *)stream->state;
}

void digest_stream_begin(struct digest_stream *stream)
{
    crypto_hash_sha256_init(state_of(stream));
}

void digest_stream_add(struct digest_stream *stream, struct bytes bytes)
{
    crypto_hash_sha256_update(state_of(stream), bytes.data, bytes.size);
}

struct digest digest_stream_end(struct digest_stream *stream)
{
    struct digest digest;
    crypto_hash_sha256_final(state_of(stream), digest.bytes);
    return digest;
}

/* The key's size goes first, so that no byte can move from the key into the value. */
void digest_checksum(struct bytes key, struct bytes value, unsigned char out[16])
{
    unsigned char size[8];
    bytes_put_u64(size, key.size);
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, CHECKSUM_SIZE);
    crypto_generichash_update(&state, size, sizeof size);
    crypto_generichash_update(&state, key.data, key.size);
    crypto_generichash_update(&state, value.data, value.size);
    crypto_generichash_final(&state, out, CHECKSUM_SIZE);
}

bool digest_equal(const struct digest *left, const struct digest *right)
{
    return memcmp(left->bytes, right->bytes, DIGEST_SIZE) == 0;
}

bool digest_is_zero(const struct digest *digest)
{
    return sodium_is_zero(digest->bytes, DIGEST_SIZE);
}

const char *digest_text(const struct digest *digest, char buffer[DIGEST_TEXT_SIZE])
{
    return sodium_bin2hex(buffer, DIGEST_TEXT_SIZE, digest->bytes, DIGEST_SIZE);
}

bool digest_parse(const char *text, struct digest *out)
{
    struct digest parsed;
    size_t size = 0;
    if (strlen(text) != DIGEST_TEXT_SIZE - 1 ||
        sodium_hex2bin(parsed.bytes, DIGEST_SIZE, text, DIGEST_TEXT_SIZE - 1, NULL, &size, NULL) ||
        size != DIGEST_SIZE)
        return false;
    *out = parsed;
    return true;
}
