#ifndef COMMON_BASE_DIGEST_H
#define COMMON_BASE_DIGEST_H

/* SHA-256 for what leaves the machine, BLAKE2b for what guards our own store. SHA-256 is nettle's:
 * it uses the processor's own instructions for it, which libsodium's does not. */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"

#define DIGEST_SIZE 32
#define DIGEST_TEXT_SIZE (2 * DIGEST_SIZE + 1)

struct digest {
    unsigned char bytes[DIGEST_SIZE];
};

/* SHA-256 of `prefix` (may be empty) followed by `bytes`. */
struct digest digest_sha256(struct bytes prefix, struct bytes bytes);

/* SHA-256 of what comes piece by piece. */
struct digest_stream {
    unsigned long long state[16]; /* nettle's struct sha256_ctx */
};
void digest_stream_begin(struct digest_stream *stream);
void digest_stream_add(struct digest_stream *stream, struct bytes bytes);
struct digest digest_stream_end(struct digest_stream *stream);

/* BLAKE2b-128 of two runs, for the checksum of a stored key and value. */
void digest_checksum(struct bytes key, struct bytes value, unsigned char out[16]);

bool digest_equal(const struct digest *left, const struct digest *right);
bool digest_is_zero(const struct digest *digest);

/* Lower-case hexadecimal. Returns `buffer`. */
const char *digest_text(const struct digest *digest, char buffer[DIGEST_TEXT_SIZE]);
/* False when the text is not 64 hexadecimal digits. */
NODISCARD bool digest_parse(const char *text, struct digest *out);

#endif
