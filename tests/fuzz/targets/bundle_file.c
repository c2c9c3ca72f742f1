/*
 * A bundle's file as it lies on a stick. The fuzzer signs with one key, but nobody gave it the
 * key of the body: what is read to its end is what our writer wrote.
 */
#include <assert.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/random.h"
#include "common/base/stream.h"
#include "common/wire/bundle_box.h"
#include "common/wire/bundle_writer.h"
#include "tests/fuzz/samples.h"
#include "tests/fuzz/target.h"
#include "tests/support/memory_sink.h"

static const char record[] = "a statement";

static bool compare(const struct bundle_record *found, void *owner, struct error *err)
{
    (void)err;
    ++*(size_t *)owner;
    assert(found->kind == BUNDLE_RECORD_STATEMENT);
    assert(bytes_equal(found->bytes, bytes_of_text(record)));
    return true;
}

static bool feed(struct bytes input, struct arena *arena)
{
    struct key_pair pair = sample_pair();
    struct bundle_reader reader = { .kinds = UINT32_MAX, .province = "jilin", .pair = &pair };
    struct memory_source source = memory_source_of(input);
    struct error err = { 0 };
    size_t count = 0;
    (void)arena;
    CLEANUP(bundle_close) struct bundle *bundle = bundle_of(&source.source);
    bool good = bundle_verify(bundle, &err) && bundle_unseal(bundle, &reader, &err) &&
                bundle_each(bundle, compare, &count, &err);
    assert(good == (bundle_refusal(bundle) == BUNDLE_GOOD));
    if (!good)
        assert((err.kind == ERROR_MALFORMED || err.kind == ERROR_REFUSED) && err.text[0]);
    else
        assert(count == bundle_head(bundle)->count);
    return good;
}

static bool fill(void *owner, struct bundle_writer *writer, struct error *err)
{
    const int *count = owner;
    for (int i = 0; i < *count; i++)
        if (!bundle_add(writer, BUNDLE_RECORD_STATEMENT, bytes_of_text(record), err))
            return false;
    return true;
}

static void seed(struct arena *arena, fuzz_seed_fn *take, void *owner)
{
    struct key_pair pair = sample_pair();
    struct seeded_random random = seeded_random_of(5);
    (void)arena;
    for (int count = 0; count < 3; count += 2) {
        struct bundle_order order = { .pair = &pair,
                                      .random = &random.random,
                                      .fill = fill,
                                      .owner = &count,
                                      .header = { .kind = BUNDLE_SUBMIT,
                                                  .province = "jilin",
                                                  .stream = { { "22102001" }, { { 7 } }, 1 },
                                                  .first_sequence = 3,
                                                  .last_sequence = 4,
                                                  .utc_ms = SAMPLE_UTC_MS,
                                                  .program = "0.1.0" } };
        struct memory_sink sink = memory_sink_open();
        struct bundle_measure measure;
        struct error err;
        memcpy(order.header.recipient, pair.public.curve, KEY_SIZE);
        bool written = bundle_measure(&order, &measure, &err) &&
                       bundle_write(&order, &measure, &sink.sink, &err);
        assert(written);
        take(memory_sink_bytes(&sink), owner);
        memory_sink_close(&sink);
    }
}

/* The length in front, the hash and the signature behind. */
static size_t mend(unsigned char *data, size_t size, size_t room, struct arena *arena)
{
    struct key_pair pair = sample_pair();
    struct bundle_prefix prefix = { BUNDLE_VERSION, BUNDLE_READER, size, 0 };
    unsigned char *trailer = data + size - BOX_TRAILER_SIZE;
    (void)room;
    (void)arena;
    if (size < BUNDLE_PREFIX_SIZE + BOX_TRAILER_SIZE)
        return size;
    prefix.header_size = bytes_get_u32(data + BUNDLE_MAGIC_SIZE + 3 + 8);
    bundle_prefix_write(&prefix, data);
    struct digest hash =
        digest_sha256((struct bytes){ NULL, 0 }, (struct bytes){ data, size - BOX_TRAILER_SIZE });
    memcpy(trailer, hash.bytes, DIGEST_SIZE);
    sign_bytes(SIGN_BUNDLE, BYTES_OF(hash.bytes), &pair, trailer + DIGEST_SIZE);
    memcpy(trailer + DIGEST_SIZE + SIGNATURE_SIZE, BOX_END, BOX_END_SIZE);
    return size;
}

const struct fuzz_target fuzz_target = { .feed = feed, .seed = seed, .mend = mend };
