#ifndef COMMON_WIRE_BUNDLE_BOX_H
#define COMMON_WIRE_BUNDLE_BOX_H

/* The sizes of a bundle's parts, shared by its writer and its reader; README.md draws them. */

#include <stdint.h>

#include <sodium.h>

#include "common/base/digest.h"
#include "common/wire/bundle.h"

#define BOX_KEY_SIZE crypto_secretstream_xchacha20poly1305_KEYBYTES
#define BOX_SEALED_KEY_SIZE (BOX_KEY_SIZE + crypto_box_SEALBYTES)
#define BOX_STREAM_SIZE crypto_secretstream_xchacha20poly1305_HEADERBYTES
#define BOX_TAG_SIZE crypto_secretstream_xchacha20poly1305_ABYTES
#define BOX_END "ZEND"
#define BOX_END_SIZE 4
#define BOX_TRAILER_SIZE (DIGEST_SIZE + SIGNATURE_SIZE + BOX_END_SIZE)

_Static_assert(crypto_box_PUBLICKEYBYTES == KEY_SIZE, "CURVE keys are keys of crypto_box");

/* An empty body is one empty chunk. */
static inline uint64_t box_chunks(uint64_t body_size)
{
    return body_size == 0 ? 1 : (body_size + BUNDLE_CHUNK_SIZE - 1) / BUNDLE_CHUNK_SIZE;
}

/* Where the encrypted body begins. */
static inline uint64_t box_body_at(uint64_t header_size)
{
    return BUNDLE_PREFIX_SIZE + header_size + BOX_SEALED_KEY_SIZE + BOX_STREAM_SIZE;
}

static inline uint64_t box_total(uint64_t header_size, uint64_t body_size)
{
    return box_body_at(header_size) + body_size + box_chunks(body_size) * BOX_TAG_SIZE +
           BOX_TRAILER_SIZE;
}

#endif
