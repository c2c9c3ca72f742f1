#include "common/wire/bundle.h"

#include <assert.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/memory.h"
#include "common/base/messages.h"
#include "common/base/seeded_bug.h"
#include "common/base/stream.h"
#include "common/base/text.h"
#include "common/wire/bundle_box.h"

struct bundle {
    struct byte_source *source;
    struct arena *arena;
    enum bundle_refusal refusal;
    struct bundle_prefix prefix;
    struct bytes encoded; /* the header's bytes: they go into every chunk's tag */
    struct bundle_header header;
    unsigned char key[BOX_KEY_SIZE];
    bool verified, unsealed;
};

struct bundle *bundle_of(struct byte_source *source)
{
    struct bundle *bundle = memory_zeroed(1, sizeof *bundle);
    bundle->source = source;
    bundle->arena = arena_create();
    return bundle;
}

void bundle_close(struct bundle **bundle)
{
    if (*bundle) {
        arena_destroy(&(*bundle)->arena);
        sodium_memzero(*bundle, sizeof **bundle);
    }
    memory_free(bundle);
}

enum bundle_refusal bundle_refusal(const struct bundle *bundle)
{
    return bundle->refusal;
}

const struct bundle_header *bundle_head(const struct bundle *bundle)
{
    assert(bundle->verified);
    return &bundle->header;
}

/* Once the file cannot be read, that is why. */
static bool read_at(struct bundle *bundle, uint64_t offset, void *target, size_t size,
                    struct error *err)
{
    if (bundle->source->read(bundle->source, offset, target, size, err))
        return true;
    bundle->refusal = BUNDLE_UNREADABLE;
    return false;
}

static enum error_kind kind_of(enum bundle_refusal refusal)
{
    return refusal >= BUNDLE_OTHER_KIND || refusal == BUNDLE_NEWER ? ERROR_REFUSED
                                                                   : ERROR_MALFORMED;
}

/* For messages without arguments. Returns false. */
static bool refuse(struct bundle *bundle, enum bundle_refusal refusal, struct error *err)
{
    static const struct words words[BUNDLE_REFUSAL_COUNT] = {
        [BUNDLE_FOREIGN] = WORDS_BUNDLE_FOREIGN,
        [BUNDLE_ALTERED] = WORDS_BUNDLE_ALTERED,
        [BUNDLE_MALFORMED] = WORDS_BUNDLE_MALFORMED,
        [BUNDLE_OTHER_PROVINCE] = WORDS_BUNDLE_OTHER_KEY,
        [BUNDLE_OTHER_SENDER] = WORDS_BUNDLE_OTHER_SENDER,
        [BUNDLE_OTHER_DEVICE] = WORDS_BUNDLE_OTHER_DEVICE,
    };
    assert(words[refusal].english);
    bundle->refusal = refusal;
    return error_set(err, kind_of(refusal), "%s", words_say(&words[refusal]));
}

static bool refuse_cut(struct bundle *bundle, uint64_t total, struct error *err)
{
    uint64_t size = bundle->source->size;
    bundle->refusal = BUNDLE_TRUNCATED;
    if (total == 0)
        return error_set(err, ERROR_MALFORMED, MESSAGE_BUNDLE_CUT_EARLY, size);
    unsigned percent = (unsigned)((double)size * 100 / (double)total);
    return error_set(err, ERROR_MALFORMED, MESSAGE_BUNDLE_CUT, percent, size, total);
}

static bool read_prefix(struct bundle *bundle, struct error *err)
{
    unsigned char start[BUNDLE_PREFIX_SIZE];
    uint64_t size = bundle->source->size;
    struct bytes there = { start, size < sizeof start ? (size_t)size : sizeof start };
    if (!read_at(bundle, 0, start, there.size, err))
        return false;
    switch (bundle_prefix_read(there, &bundle->prefix)) {
    case BUNDLE_PREFIX_GOOD:
        break;
    case BUNDLE_PREFIX_FOREIGN:
        return refuse(bundle, BUNDLE_FOREIGN, err);
    case BUNDLE_PREFIX_CUT:
        return refuse_cut(bundle, 0, err);
    case BUNDLE_PREFIX_DAMAGED:
        return refuse(bundle, BUNDLE_ALTERED, err);
    }
    return true;
}

static bool refuse_newer(struct bundle *bundle, struct error *err)
{
    bundle->refusal = BUNDLE_NEWER;
    return error_set(err, ERROR_REFUSED, MESSAGE_BUNDLE_NEWER, bundle->prefix.version,
                     bundle->prefix.min_reader);
}

static bool check_length(struct bundle *bundle, struct error *err)
{
    const struct bundle_prefix *prefix = &bundle->prefix;
    if (bundle->source->size < prefix->total)
        return refuse_cut(bundle, prefix->total, err);
    if (bundle->source->size > prefix->total)
        return refuse(bundle, BUNDLE_ALTERED, err);
    bool sound = prefix->total <= BUNDLE_SIZE_MAX && prefix->header_size > 0 &&
                 prefix->header_size <= BUNDLE_HEADER_SIZE_MAX &&
                 prefix->total >= box_total(prefix->header_size, 0);
    return sound || refuse(bundle, BUNDLE_MALFORMED, err);
}

static bool hash_all(struct bundle *bundle, struct digest *out, struct error *err)
{
    CLEANUP(memory_free) unsigned char *piece = memory_zeroed(BUNDLE_CHUNK_SIZE, 1);
    uint64_t end = bundle->prefix.total - BOX_TRAILER_SIZE;
    struct digest_stream hash;
    digest_stream_begin(&hash);
    for (uint64_t offset = 0; offset < end; offset += BUNDLE_CHUNK_SIZE) {
        uint64_t left = end - offset;
        size_t size = left < BUNDLE_CHUNK_SIZE ? (size_t)left : BUNDLE_CHUNK_SIZE;
        if (!read_at(bundle, offset, piece, size, err))
            return false;
        digest_stream_add(&hash, (struct bytes){ piece, size });
    }
    *out = digest_stream_end(&hash);
    return true;
}

static bool check_hash(struct bundle *bundle, unsigned char trailer[BOX_TRAILER_SIZE],
                       struct error *err)
{
    struct digest hash;
    if (!hash_all(bundle, &hash, err) ||
        !read_at(bundle, bundle->prefix.total - BOX_TRAILER_SIZE, trailer, BOX_TRAILER_SIZE, err))
        return false;
    bool same =
        memcmp(hash.bytes, trailer, DIGEST_SIZE) == 0 || seeded_bug(BUG_SKIP_THE_BUNDLE_HASH);
    bool ended = memcmp(trailer + DIGEST_SIZE + SIGNATURE_SIZE, BOX_END, BOX_END_SIZE) == 0;
    return (same && ended) || refuse(bundle, BUNDLE_ALTERED, err);
}

static bool read_header(struct bundle *bundle, struct error *err)
{
    struct error unreadable;
    size_t size = bundle->prefix.header_size;
    unsigned char *encoded = arena_take(bundle->arena, size, 1);
    if (!read_at(bundle, BUNDLE_PREFIX_SIZE, encoded, size, err))
        return false;
    bundle->encoded = (struct bytes){ encoded, size };
    if (!bundle_header_decode(bundle->encoded, bundle->arena, &bundle->header, &unreadable))
        return refuse(bundle, BUNDLE_MALFORMED, err);
    uint64_t body_size = bundle->header.body_size;
    return (body_size <= bundle->prefix.total &&
            box_total(size, body_size) == bundle->prefix.total) ||
           refuse(bundle, BUNDLE_MALFORMED, err);
}

bool bundle_verify(struct bundle *bundle, struct error *err)
{
    unsigned char trailer[BOX_TRAILER_SIZE];
    bundle->refusal = BUNDLE_GOOD;
    if (!read_prefix(bundle, err))
        return false;
    if (bundle->prefix.version > BUNDLE_VERSION)
        return refuse_newer(bundle, err);
    if (!check_length(bundle, err) || !check_hash(bundle, trailer, err))
        return false;
    if (bundle->prefix.min_reader > BUNDLE_READER)
        return refuse_newer(bundle, err);
    if (!read_header(bundle, err))
        return false;
    bundle->verified = signature_is_valid(SIGN_BUNDLE, (struct bytes){ trailer, DIGEST_SIZE },
                                          trailer + DIGEST_SIZE, bundle->header.sender) ||
                       seeded_bug(BUG_SKIP_THE_BUNDLE_SIGNATURE);
    return bundle->verified || refuse(bundle, BUNDLE_ALTERED, err);
}

static bool is_kind_wanted(struct bundle *bundle, unsigned kinds, struct error *err)
{
    if (kinds & 1u << bundle->header.kind)
        return true;
    bundle->refusal = BUNDLE_OTHER_KIND;
    return error_set(err, ERROR_REFUSED, MESSAGE_BUNDLE_OTHER_KIND,
                     bundle_kind_words(bundle->header.kind));
}

static bool is_province_ours(struct bundle *bundle, const struct bundle_reader *reader,
                             struct error *err)
{
    if (text_equal(bundle->header.province, reader->province) ||
        seeded_bug(BUG_TAKE_ANOTHER_PROVINCES_BUNDLE))
        return true;
    bundle->refusal = BUNDLE_OTHER_PROVINCE;
    return error_set(err, ERROR_REFUSED, MESSAGE_BUNDLE_OTHER_PROVINCE, bundle->header.province,
                     reader->province);
}

static bool is_stream_ours(struct bundle *bundle, const struct stream_id *stream, struct error *err)
{
    const struct stream_id *named = &bundle->header.stream;
    if (!zone_id_equal(&named->zone, &stream->zone)) {
        bundle->refusal = BUNDLE_OTHER_ZONE;
        return error_set(err, ERROR_REFUSED, MESSAGE_BUNDLE_OTHER_ZONE, named->zone.text,
                         stream->zone.text);
    }
    bool same = memcmp(&named->device, &stream->device, sizeof named->device) == 0 &&
                named->epoch == stream->epoch;
    return same || refuse(bundle, BUNDLE_OTHER_DEVICE, err);
}

static bool is_for(struct bundle *bundle, const struct bundle_reader *reader, struct error *err)
{
    if (!is_kind_wanted(bundle, reader->kinds, err) || !is_province_ours(bundle, reader, err))
        return false;
    if (reader->sender && memcmp(bundle->header.sender, reader->sender, KEY_SIZE) != 0)
        return refuse(bundle, BUNDLE_OTHER_SENDER, err);
    if (reader->stream && !is_stream_ours(bundle, reader->stream, err))
        return false;
    return memcmp(bundle->header.recipient, reader->pair->public.curve, KEY_SIZE) == 0 ||
           refuse(bundle, BUNDLE_OTHER_PROVINCE, err);
}

/* The body on its way through: one chunk and one record at a time. */
struct body {
    struct bundle *bundle;
    crypto_secretstream_xchacha20poly1305_state cipher;
    uint64_t at, end; /* of the encrypted chunks in the file */
    uint64_t left;    /* of the body, not decrypted yet */
    unsigned char *sealed, *chunk;
    size_t taken, filled; /* of the chunk */
    unsigned char *record;
    size_t capacity;
};

static void body_release(struct body *body)
{
    memory_free(&body->sealed);
    memory_free(&body->chunk);
    memory_free(&body->record);
    sodium_memzero(&body->cipher, sizeof body->cipher);
}

static bool body_begin(struct body *body, struct bundle *bundle, struct error *err)
{
    unsigned char start[BOX_STREAM_SIZE];
    uint64_t at = box_body_at(bundle->prefix.header_size);
    *body = (struct body){ .bundle = bundle,
                           .at = at,
                           .end = bundle->prefix.total - BOX_TRAILER_SIZE,
                           .left = bundle->header.body_size,
                           .sealed = memory_zeroed(BUNDLE_CHUNK_SIZE + BOX_TAG_SIZE, 1),
                           .chunk = memory_zeroed(BUNDLE_CHUNK_SIZE, 1) };
    if (!read_at(bundle, at - BOX_STREAM_SIZE, start, sizeof start, err))
        return false;
    return crypto_secretstream_xchacha20poly1305_init_pull(&body->cipher, start, bundle->key) ==
               0 ||
           refuse(bundle, BUNDLE_MALFORMED, err);
}

/* The last chunk, and only the last, says that it is. */
static bool tag_is_right(const struct body *body, unsigned char tag)
{
    bool last = body->at == body->end;
    bool final = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
    return last ? final || seeded_bug(BUG_TAKE_AN_UNFINISHED_BODY) : tag == 0;
}

static bool body_next_chunk(struct body *body, struct error *err)
{
    struct bundle *bundle = body->bundle;
    size_t plain = body->left < BUNDLE_CHUNK_SIZE ? (size_t)body->left : BUNDLE_CHUNK_SIZE;
    size_t size = plain + BOX_TAG_SIZE;
    unsigned long long got;
    unsigned char tag;
    if (!read_at(bundle, body->at, body->sealed, size, err))
        return false;
    if (crypto_secretstream_xchacha20poly1305_pull(&body->cipher, body->chunk, &got, &tag,
                                                   body->sealed, size, bundle->encoded.data,
                                                   bundle->encoded.size) != 0)
        return refuse(bundle, BUNDLE_MALFORMED, err);
    body->at += size;
    body->left -= plain;
    body->taken = 0;
    body->filled = plain;
    return tag_is_right(body, tag) || refuse(bundle, BUNDLE_MALFORMED, err);
}

static bool body_take(struct body *body, unsigned char *target, size_t size, struct error *err)
{
    for (size_t done = 0; done < size;) {
        if (body->taken == body->filled && body->at == body->end)
            return refuse(body->bundle, BUNDLE_MALFORMED, err);
        if (body->taken == body->filled && !body_next_chunk(body, err))
            return false;
        size_t room = body->filled - body->taken, want = size - done;
        size_t part = want < room ? want : room;
        memcpy(target + done, body->chunk + body->taken, part);
        body->taken += part;
        done += part;
    }
    return true;
}

static bool body_record(struct body *body, struct bundle_record *out, struct error *err)
{
    unsigned char head[BUNDLE_RECORD_HEAD_SIZE];
    if (!body_take(body, head, sizeof head, err))
        return false;
    size_t size = bytes_get_u32(head + 1);
    uint64_t left = body->left + (body->filled - body->taken);
    if (head[0] < BUNDLE_RECORD_MESSAGE || head[0] > BUNDLE_RECORD_PAGE ||
        size > BUNDLE_RECORD_SIZE_MAX || size > left)
        return refuse(body->bundle, BUNDLE_MALFORMED, err);
    if (size > body->capacity)
        body->record = memory_grown(body->record, &body->capacity, size, 1);
    *out = (struct bundle_record){ (enum bundle_record_kind)head[0], { body->record, size } };
    return body_take(body, body->record, size, err);
}

/* An empty body is a chunk too, and nothing is left over behind the last record. */
static bool body_end(struct body *body, struct error *err)
{
    if (body->at < body->end && !body_next_chunk(body, err))
        return false;
    return (body->at == body->end && body->taken == body->filled) ||
           refuse(body->bundle, BUNDLE_MALFORMED, err);
}

static bool go_through(struct bundle *bundle, bundle_visit_fn *visit, void *owner,
                       struct error *err)
{
    CLEANUP(body_release) struct body body;
    if (!body_begin(&body, bundle, err))
        return false;
    for (uint64_t i = 0; i < bundle->header.count; i++) {
        struct bundle_record record;
        if (!body_record(&body, &record, err) || (visit && !visit(&record, owner, err)))
            return false;
    }
    return body_end(&body, err);
}

bool bundle_unseal(struct bundle *bundle, const struct bundle_reader *reader, struct error *err)
{
    assert(bundle->verified);

    unsigned char sealed[BOX_SEALED_KEY_SIZE];
    bundle->refusal = BUNDLE_GOOD;
    if (!is_for(bundle, reader, err) ||
        !read_at(bundle, BUNDLE_PREFIX_SIZE + bundle->prefix.header_size, sealed, sizeof sealed,
                 err))
        return false;
    if (crypto_box_seal_open(bundle->key, sealed, sizeof sealed, reader->pair->public.curve,
                             reader->pair->curve_secret) != 0)
        return refuse(bundle, BUNDLE_MALFORMED, err);
    bundle->unsealed = go_through(bundle, NULL, NULL, err);
    return bundle->unsealed;
}

bool bundle_each(struct bundle *bundle, bundle_visit_fn *visit, void *owner, struct error *err)
{
    assert(bundle->unsealed);

    bundle->refusal = BUNDLE_GOOD;
    return go_through(bundle, visit, owner, err);
}
