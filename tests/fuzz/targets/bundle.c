/*
 * The inside of a bundle: two bytes say how long its header is, then the header, then the body in
 * the clear. It is put into a box as a sender with a key would, and read: header and records that
 * are taken, written again, make a bundle of the same size with the same records.
 */
#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/random.h"
#include "common/base/stream.h"
#include "common/base/text.h"
#include "common/wire/bundle_box.h"
#include "common/wire/bundle_writer.h"
#include "tests/fuzz/samples.h"
#include "tests/fuzz/target.h"
#include "tests/fuzz/wire_variation.h"
#include "tests/support/memory_sink.h"

#define LENGTH_SIZE 2
#define INPUT_SIZE_MAX 8192
#define RECORDS_MAX 64

struct inside {
    struct bytes header, body;
};

static bool open_input(struct bytes input, struct inside *out)
{
    const unsigned char *bytes = input.data;
    if (input.size < LENGTH_SIZE || input.size > INPUT_SIZE_MAX)
        return false;
    size_t size = (size_t)bytes[0] << 8 | bytes[1];
    if (size > input.size - LENGTH_SIZE || size > BUNDLE_HEADER_SIZE_MAX)
        return false;
    out->header = (struct bytes){ bytes + LENGTH_SIZE, size };
    out->body = (struct bytes){ bytes + LENGTH_SIZE + size, input.size - LENGTH_SIZE - size };
    return true;
}

static struct bytes join(struct bytes header, struct bytes body, struct arena *arena)
{
    unsigned char *joined = arena_take(arena, LENGTH_SIZE + header.size + body.size, 1);
    joined[0] = (unsigned char)(header.size >> 8);
    joined[1] = (unsigned char)header.size;
    memcpy(joined + LENGTH_SIZE, header.data, header.size);
    if (body.size > 0)
        memcpy(joined + LENGTH_SIZE + header.size, body.data, body.size);
    return (struct bytes){ joined, LENGTH_SIZE + header.size + body.size };
}

/* One chunk: the input is smaller. */
static struct bytes boxed(const struct inside *inside, struct text_builder *out)
{
    struct key_pair pair = sample_pair();
    unsigned char prefix[BUNDLE_PREFIX_SIZE], key[BOX_KEY_SIZE], sealed[BOX_SEALED_KEY_SIZE];
    unsigned char start[BOX_STREAM_SIZE], chunk[INPUT_SIZE_MAX + BOX_TAG_SIZE];
    unsigned char signature[SIGNATURE_SIZE];
    crypto_secretstream_xchacha20poly1305_state cipher;
    unsigned long long size;
    bundle_prefix_write(&(struct bundle_prefix){ BUNDLE_VERSION, BUNDLE_READER,
                                                 box_total(inside->header.size, inside->body.size),
                                                 inside->header.size },
                        prefix);
    crypto_secretstream_xchacha20poly1305_keygen(key);
    crypto_box_seal(sealed, key, sizeof key, pair.public.curve);
    crypto_secretstream_xchacha20poly1305_init_push(&cipher, start, key);
    crypto_secretstream_xchacha20poly1305_push(
        &cipher, chunk, &size, inside->body.data, inside->body.size, inside->header.data,
        inside->header.size, crypto_secretstream_xchacha20poly1305_TAG_FINAL);
    text_builder_add_bytes(out, BYTES_OF(prefix));
    text_builder_add_bytes(out, inside->header);
    text_builder_add_bytes(out, BYTES_OF(sealed));
    text_builder_add_bytes(out, BYTES_OF(start));
    text_builder_add_bytes(out, (struct bytes){ chunk, (size_t)size });
    struct digest hash =
        digest_sha256((struct bytes){ NULL, 0 }, (struct bytes){ out->text, out->size });
    sign_bytes(SIGN_BUNDLE, BYTES_OF(hash.bytes), &pair, signature);
    text_builder_add_bytes(out, BYTES_OF(hash.bytes));
    text_builder_add_bytes(out, BYTES_OF(signature));
    text_builder_add(out, BOX_END);
    return (struct bytes){ out->text, out->size };
}

struct records {
    struct arena *arena;
    struct bundle_record items[RECORDS_MAX];
    size_t count;
};

static bool keep(const struct bundle_record *record, void *owner, struct error *err)
{
    struct records *records = owner;
    if (records->count == RECORDS_MAX)
        return error_set(err, ERROR_EXHAUSTED, "enough");
    records->items[records->count++] =
        (struct bundle_record){ record->kind, arena_copy_bytes(records->arena, record->bytes) };
    return true;
}

static bool read(struct bytes file, struct bundle_header *header, struct records *records,
                 struct error *err)
{
    struct key_pair pair = sample_pair();
    struct bundle_reader reader = { .kinds = UINT32_MAX, .province = "jilin", .pair = &pair };
    struct memory_source source = memory_source_of(file);
    CLEANUP(bundle_close) struct bundle *bundle = bundle_of(&source.source);
    bool good = bundle_verify(bundle, err) && bundle_unseal(bundle, &reader, err) &&
                bundle_each(bundle, keep, records, err);
    assert(!good == (err->kind != ERROR_NONE));
    if (!good)
        return false;
    *header = *bundle_head(bundle);
    header->province = arena_copy_text(records->arena, header->province);
    header->program = arena_copy_text(records->arena, header->program);
    return true;
}

static bool fill(void *owner, struct bundle_writer *writer, struct error *err)
{
    const struct records *records = owner;
    for (size_t i = 0; i < records->count; i++)
        if (!bundle_add(writer, records->items[i].kind, records->items[i].bytes, err))
            return false;
    return true;
}

static void assert_written_the_same(const struct bundle_header *header, struct records *records,
                                    struct bytes file)
{
    struct key_pair pair = sample_pair();
    struct seeded_random random = seeded_random_of(5);
    struct bundle_order order = { *header, &pair, &random.random, fill, records };
    struct bundle_measure measure;
    struct bundle_header again;
    struct records taken = { .arena = records->arena };
    struct error err = { 0 };
    struct memory_sink sink = memory_sink_open();
    bool written =
        bundle_measure(&order, &measure, &err) && bundle_write(&order, &measure, &sink.sink, &err);
    assert(written && memory_sink_bytes(&sink).size == file.size);
    bool good = read(memory_sink_bytes(&sink), &again, &taken, &err);
    assert(good && taken.count == records->count && again.count == header->count);
    for (size_t i = 0; i < taken.count; i++)
        assert(taken.items[i].kind == records->items[i].kind &&
               bytes_equal(taken.items[i].bytes, records->items[i].bytes));
    memory_sink_close(&sink);
}

static bool feed(struct bytes input, struct arena *arena)
{
    CLEANUP(text_builder_free) struct text_builder file = { 0 };
    struct inside inside;
    struct bundle_header header;
    struct records *records = arena_take(arena, 1, sizeof *records);
    struct error err = { 0 };
    records->arena = arena;
    if (!open_input(input, &inside) || !read(boxed(&inside, &file), &header, records, &err))
        return false;
    assert(bytes_equal(bundle_header_encode(&header, arena), inside.header));
    if (memcmp(header.sender, sample_pair().public.signing, KEY_SIZE) == 0)
        assert_written_the_same(&header, records, (struct bytes){ file.text, file.size });
    return true;
}

static void add_record(struct text_builder *body, enum bundle_record_kind kind, struct bytes bytes)
{
    unsigned char head[BUNDLE_RECORD_HEAD_SIZE] = { (unsigned char)kind };
    bytes_put_u32(head + 1, (unsigned)bytes.size);
    text_builder_add_bytes(body, BYTES_OF(head));
    text_builder_add_bytes(body, bytes);
}

static struct bundle_header header_of(const struct text_builder *body, uint64_t count)
{
    struct key_pair pair = sample_pair();
    struct bundle_header header = { .kind = BUNDLE_SUBMIT,
                                    .province = "jilin",
                                    .stream = { { "22102001" }, { { 7 } }, 1 },
                                    .first_sequence = 3,
                                    .last_sequence = 4,
                                    .count = count,
                                    .body_size = body->size,
                                    .id = { 1 },
                                    .utc_ms = SAMPLE_UTC_MS,
                                    .program = "0.1.0" };
    memcpy(header.recipient, pair.public.curve, KEY_SIZE);
    memcpy(header.sender, pair.public.signing, KEY_SIZE);
    return header;
}

static void seed(struct arena *arena, fuzz_seed_fn *take, void *owner)
{
    CLEANUP(text_builder_free) struct text_builder body = { 0 };
    struct bundle_header none = header_of(&body, 0);
    none.kind = BUNDLE_ACK;
    take(join(bundle_header_encode(&none, arena), (struct bytes){ "", 0 }, arena), owner);
    add_record(&body, BUNDLE_RECORD_STATEMENT, bytes_of_text("a statement"));
    add_record(&body, BUNDLE_RECORD_MESSAGE, bytes_of_text(""));
    add_record(&body, BUNDLE_RECORD_OFFER, bytes_of_text("an entry"));
    struct bundle_header three = header_of(&body, 3);
    take(join(bundle_header_encode(&three, arena), (struct bytes){ body.text, body.size }, arena),
         owner);
}

/* The header's fields, its length fitting. */
static size_t vary(unsigned char *data, size_t size, size_t room, struct random *random)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    CLEANUP(text_builder_free) struct text_builder header = { 0 };
    struct inside inside;
    if (!open_input((struct bytes){ data, size }, &inside))
        return 0;
    wire_variation(inside.header, random, &header);
    if (header.size == 0)
        return 0;
    struct bytes varied = join((struct bytes){ header.text, header.size }, inside.body, arena);
    if (varied.size > room)
        return 0;
    memcpy(data, varied.data, varied.size);
    return varied.size;
}

/* The header says how long the body is. */
static size_t mend(unsigned char *data, size_t size, size_t room, struct arena *arena)
{
    struct inside inside;
    struct bundle_header header;
    struct error err;
    if (!open_input((struct bytes){ data, size }, &inside) ||
        !bundle_header_decode(inside.header, arena, &header, &err))
        return size;
    header.body_size = inside.body.size;
    struct bytes mended = join(bundle_header_encode(&header, arena), inside.body, arena);
    if (mended.size > room)
        return size;
    memcpy(data, mended.data, mended.size);
    return mended.size;
}

const struct fuzz_target fuzz_target = { .feed = feed, .seed = seed, .vary = vary, .mend = mend };
