#include "common/base/digest.h"

#include <nettle/sha2.h>
#include <sodium.h>
#include <string.h>

#define CHECKSUM_SIZE 16

struct digest digest_sha256(struct bytes prefix, struct bytes bytes)
{
    struct digest digest;
    struct sha256_ctx context;
    sha256_init(&context);
    sha256_update(&context, prefix.size, prefix.data);
    sha256_update(&context, bytes.size, bytes.data);
    sha256_digest(&context, DIGEST_SIZE, digest.bytes);
    return digest;
}

_Static_assert(sizeof(struct digest_stream) >= sizeof(struct sha256_ctx), "room for the context");

static struct sha256_ctx *context_of(struct digest_stream *stream)
{
    return (struct sha256_ctx *)(void *)stream->state;
}

void digest_stream_begin(struct digest_stream *stream)
{
    sha256_init(context_of(stream));
}

void digest_stream_add(struct digest_stream *stream, struct bytes bytes)
{
    sha256_update(context_of(stream), bytes.size, bytes.data);
}

struct digest digest_stream_end(struct digest_stream *stream)
{
    struct digest digest;
    sha256_digest(context_of(stream), DIGEST_SIZE, digest.bytes);
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
    static const struct digest zero;
    return digest_equal(digest, &zero);
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
