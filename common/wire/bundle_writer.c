#include "common/wire/bundle_writer.h"

#include <assert.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/memory.h"
#include "common/base/messages.h"
#include "common/base/random.h"
#include "common/base/stream.h"
#include "common/wire/bundle_box.h"

struct bundle_writer {
    struct byte_sink *sink; /* NULL: only measures */
    uint64_t count, size;   /* of the body so far */
    struct bytes header;    /* encoded: goes into every chunk's tag */
    struct digest_stream hash;
    crypto_secretstream_xchacha20poly1305_state cipher;
    unsigned char *chunk; /* not encrypted yet */
    size_t filled;
    unsigned char *sealed;
};

static void release(struct bundle_writer *writer)
{
    memory_free(&writer->chunk);
    memory_free(&writer->sealed);
    sodium_memzero(&writer->cipher, sizeof writer->cipher);
}

static bool put(struct bundle_writer *writer, struct bytes bytes, struct error *err)
{
    digest_stream_add(&writer->hash, bytes);
    return writer->sink->write(writer->sink, bytes, err);
}

static bool put_chunk(struct bundle_writer *writer, unsigned char tag, struct error *err)
{
    unsigned long long size;
    crypto_secretstream_xchacha20poly1305_push(&writer->cipher, writer->sealed, &size,
                                               writer->chunk, writer->filled, writer->header.data,
                                               writer->header.size, tag);
    writer->filled = 0;
    return put(writer, (struct bytes){ writer->sealed, (size_t)size }, err);
}

/* A full chunk waits until it is known not to be the last one. */
static bool put_body(struct bundle_writer *writer, struct bytes bytes, struct error *err)
{
    writer->size += bytes.size;
    for (size_t done = 0; writer->sink && done < bytes.size;) {
        if (writer->filled == BUNDLE_CHUNK_SIZE && !put_chunk(writer, 0, err))
            return false;
        size_t left = bytes.size - done, room = BUNDLE_CHUNK_SIZE - writer->filled;
        size_t size = left < room ? left : room;
        memcpy(writer->chunk + writer->filled, (const char *)bytes.data + done, size);
        writer->filled += size;
        done += size;
    }
    return true;
}

bool bundle_add(struct bundle_writer *writer, enum bundle_record_kind kind, struct bytes bytes,
                struct error *err)
{
    assert(bytes.size <= BUNDLE_RECORD_SIZE_MAX);
    unsigned char head[BUNDLE_RECORD_HEAD_SIZE] = { (unsigned char)kind };
    bytes_put_u32(head + 1, (unsigned)bytes.size);
    writer->count++;
    return put_body(writer, BYTES_OF(head), err) && put_body(writer, bytes, err);
}

bool bundle_measure(const struct bundle_order *order, struct bundle_measure *out, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct bundle_writer writer = { 0 };
    if (!order->fill(order->owner, &writer, err))
        return false;
    out->header = order->header;
    out->header.count = writer.count;
    out->header.body_size = writer.size;
    memcpy(out->header.sender, order->pair->public.signing, KEY_SIZE);
    order->random->fill(order->random, out->header.id, sizeof out->header.id);
    out->total = box_total(bundle_header_encode(&out->header, arena).size, writer.size);
    return out->total <= BUNDLE_SIZE_MAX ||
           error_set(err, ERROR_EXHAUSTED, MESSAGE_BUNDLE_TOO_LARGE, out->total,
                     (uint64_t)BUNDLE_SIZE_MAX);
}

/* crypto_box_seal(), but for its ephemeral key, which comes from the given randomness. */
static void seal_key(const unsigned char key[BOX_KEY_SIZE], const unsigned char recipient[KEY_SIZE],
                     struct random *random, unsigned char out[BOX_SEALED_KEY_SIZE])
{
    unsigned char seed[crypto_box_SEEDBYTES], secret[crypto_box_SECRETKEYBYTES];
    unsigned char nonce[crypto_box_NONCEBYTES];
    crypto_generichash_state hash;
    random->fill(random, seed, sizeof seed);
    crypto_box_seed_keypair(out, secret, seed);
    crypto_generichash_init(&hash, NULL, 0, sizeof nonce);
    crypto_generichash_update(&hash, out, KEY_SIZE);
    crypto_generichash_update(&hash, recipient, KEY_SIZE);
    crypto_generichash_final(&hash, nonce, sizeof nonce);
    int failed = crypto_box_easy(out + KEY_SIZE, key, BOX_KEY_SIZE, nonce, recipient, secret);
    assert(!failed);
    sodium_memzero(seed, sizeof seed);
    sodium_memzero(secret, sizeof secret);
}

/* Starts from a header that we draw: what init_pull() makes of it is what init_push() would. */
static bool put_keys(struct bundle_writer *writer, const struct bundle_order *order,
                     struct error *err)
{
    unsigned char key[BOX_KEY_SIZE], start[BOX_STREAM_SIZE], sealed[BOX_SEALED_KEY_SIZE];
    order->random->fill(order->random, key, sizeof key);
    order->random->fill(order->random, start, sizeof start);
    seal_key(key, order->header.recipient, order->random, sealed);
    int failed = crypto_secretstream_xchacha20poly1305_init_pull(&writer->cipher, start, key);
    assert(!failed);
    sodium_memzero(key, sizeof key);
    return put(writer, BYTES_OF(sealed), err) && put(writer, BYTES_OF(start), err);
}

static bool put_head(struct bundle_writer *writer, const struct bundle_order *order,
                     const struct bundle_measure *measure, struct error *err)
{
    struct bundle_prefix prefix = { BUNDLE_VERSION, BUNDLE_READER, measure->total,
                                    writer->header.size };
    unsigned char start[BUNDLE_PREFIX_SIZE];
    bundle_prefix_write(&prefix, start);
    return put(writer, BYTES_OF(start), err) && put(writer, writer->header, err) &&
           put_keys(writer, order, err);
}

static bool put_trailer(struct bundle_writer *writer, const struct bundle_order *order,
                        struct error *err)
{
    unsigned char trailer[BOX_TRAILER_SIZE];
    struct digest hash = digest_stream_end(&writer->hash);
    memcpy(trailer, hash.bytes, DIGEST_SIZE);
    sign_bytes(SIGN_BUNDLE, BYTES_OF(hash.bytes), order->pair, trailer + DIGEST_SIZE);
    memcpy(trailer + DIGEST_SIZE + SIGNATURE_SIZE, BOX_END, BOX_END_SIZE);
    return writer->sink->write(writer->sink, BYTES_OF(trailer), err);
}

bool bundle_write(const struct bundle_order *order, const struct bundle_measure *measure,
                  struct byte_sink *sink, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    CLEANUP(release)
    struct bundle_writer writer = {
        .sink = sink,
        .header = bundle_header_encode(&measure->header, arena),
        .chunk = memory_zeroed(BUNDLE_CHUNK_SIZE, 1),
        .sealed = memory_zeroed(BUNDLE_CHUNK_SIZE + BOX_TAG_SIZE, 1),
    };
    digest_stream_begin(&writer.hash);
    if (!put_head(&writer, order, measure, err) || !order->fill(order->owner, &writer, err))
        return false;
    if (writer.count != measure->header.count || writer.size != measure->header.body_size)
        return error_set(err, ERROR_CONFLICT, MESSAGE_BUNDLE_CHANGED);
    return put_chunk(&writer, crypto_secretstream_xchacha20poly1305_TAG_FINAL, err) &&
           put_trailer(&writer, order, err);
}
