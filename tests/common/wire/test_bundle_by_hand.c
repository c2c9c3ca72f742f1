#include "tests/support/test.h"

#include <string.h>

#include <sodium.h>

#include "common/base/arena.h"
#include "common/base/digest.h"
#include "tests/common/wire/bundle_fixture.h"

/* A bundle put together by hand with libsodium's own sealed box and stream, as README.md draws
 * it, and wrong where a test says so. */
struct by_hand {
    unsigned version, min_reader;
    const unsigned char *tags; /* of the chunks */
    size_t chunk_count;
    struct bytes chunks[3];
    uint64_t count, body_size;
    const char *associated; /* NULL: the header, as it must be */
};

static void add(struct bundle_fixture *f, const void *data, size_t size)
{
    text_builder_add_bytes(&f->file.content, (struct bytes){ data, size });
}

static void add_head(struct bundle_fixture *f, const struct by_hand *hand, struct bytes header)
{
    unsigned char start[BUNDLE_PREFIX_SIZE];
    size_t total = BUNDLE_PREFIX_SIZE + header.size + 80 + 24 + 32 + 64 + 4;
    for (size_t i = 0; i < hand->chunk_count; i++)
        total += hand->chunks[i].size + 17;
    struct bundle_prefix prefix = { hand->version, hand->min_reader, total, header.size };
    bundle_prefix_write(&prefix, start);
    add(f, start, sizeof start);
    add(f, header.data, header.size);
}

static void add_body(struct bundle_fixture *f, const struct by_hand *hand, struct bytes header)
{
    unsigned char key[32], sealed[80], start[24], chunk[BUNDLE_CHUNK_SIZE + 17];
    crypto_secretstream_xchacha20poly1305_state cipher;
    struct bytes associated = hand->associated ? bytes_of_text(hand->associated) : header;
    crypto_secretstream_xchacha20poly1305_keygen(key);
    crypto_box_seal(sealed, key, sizeof key, f->province.public.curve);
    crypto_secretstream_xchacha20poly1305_init_push(&cipher, start, key);
    add(f, sealed, sizeof sealed);
    add(f, start, sizeof start);
    for (size_t i = 0; i < hand->chunk_count; i++) {
        unsigned long long size;
        crypto_secretstream_xchacha20poly1305_push(&cipher, chunk, &size, hand->chunks[i].data,
                                                   hand->chunks[i].size, associated.data,
                                                   associated.size, hand->tags[i]);
        add(f, chunk, (size_t)size);
    }
}

static struct bytes write_by_hand(struct bundle_fixture *f, const struct by_hand *hand)
{
    struct bundle_header header = bundle_fixture_order(f).header;
    unsigned char signature[SIGNATURE_SIZE];
    memcpy(header.sender, f->zone.public.signing, KEY_SIZE);
    header.count = hand->count;
    header.body_size = hand->body_size;
    struct bytes encoded = bundle_header_encode(&header, f->arena);
    memory_sink_close(&f->file);
    f->file = memory_sink_open();
    add_head(f, hand, encoded);
    add_body(f, hand, encoded);
    struct digest hash = digest_sha256((struct bytes){ "", 0 }, memory_sink_bytes(&f->file));
    sign_bytes(SIGN_BUNDLE, BYTES_OF(hash.bytes), &f->zone, signature);
    add(f, hash.bytes, sizeof hash.bytes);
    add(f, signature, sizeof signature);
    add(f, "ZEND", 4);
    return memory_sink_bytes(&f->file);
}

static const unsigned char final_only[] = { 3 }, none_final[] = { 0 }, both_final[] = { 3, 3 };
static const char one_record[] = "\x02\x00\x00\x00\x03"
                                 "abc";
#define ONE_RECORD_SIZE (sizeof one_record - 1)

static struct by_hand one_by_hand(void)
{
    return (struct by_hand){ .version = 1,
                             .min_reader = 1,
                             .tags = final_only,
                             .chunk_count = 1,
                             .chunks = { { one_record, ONE_RECORD_SIZE } },
                             .count = 1,
                             .body_size = ONE_RECORD_SIZE };
}

static void a_bundle_put_together_by_hand_reads_as_ours_do(void **state)
{
    struct bundle_fixture *f = *state;
    struct by_hand hand = one_by_hand();
    bundle_fixture_put_text(f, "abc");

    assert_int_equal(bundle_fixture_read(f, write_by_hand(f, &hand)), BUNDLE_GOOD);
}

static void a_newer_bundle_asks_for_a_newer_program(void **state)
{
    struct bundle_fixture *f = *state;
    struct by_hand newer_box = one_by_hand(), newer_content = one_by_hand();
    newer_box.version = 2;
    newer_content.min_reader = 2;

    assert_int_equal(bundle_fixture_read(f, write_by_hand(f, &newer_box)), BUNDLE_NEWER);
    assert_int_equal(f->err.kind, ERROR_REFUSED);
    assert_int_equal(bundle_fixture_read(f, write_by_hand(f, &newer_content)), BUNDLE_NEWER);
}

static void a_body_that_does_not_say_that_it_ends_is_refused(void **state)
{
    struct bundle_fixture *f = *state;
    struct by_hand hand = one_by_hand();
    hand.tags = none_final;
    bundle_fixture_put_text(f, "abc");

    assert_int_equal(bundle_fixture_read(f, write_by_hand(f, &hand)), BUNDLE_MALFORMED);
}

static void a_body_that_ends_before_its_last_chunk_is_refused(void **state)
{
    struct bundle_fixture *f = *state;
    static unsigned char full[BUNDLE_CHUNK_SIZE];
    struct by_hand hand = one_by_hand();
    memcpy(full, "\x01\x00\x00\xFF\xF6", 5);
    memcpy(full + 5 + 0xFFF6, "\x01\x00\x00\x00\x03", 5);
    hand.tags = both_final;
    hand.chunk_count = 2;
    hand.chunks[0] = BYTES_OF(full);
    hand.chunks[1] = (struct bytes){ "abc", 3 };
    hand.count = 2;
    hand.body_size = sizeof full + 3;

    assert_int_equal(bundle_fixture_read(f, write_by_hand(f, &hand)), BUNDLE_MALFORMED);
}

static void a_body_under_another_header_is_refused(void **state)
{
    struct bundle_fixture *f = *state;
    struct by_hand hand = one_by_hand();
    hand.associated = "the header of another bundle";

    assert_int_equal(bundle_fixture_read(f, write_by_hand(f, &hand)), BUNDLE_MALFORMED);
}

static void a_body_that_is_not_its_records_is_refused(void **state)
{
    struct bundle_fixture *f = *state;
    static const struct {
        const char *body;
        size_t size;
        uint64_t count;
    } cases[] = {
        { one_record, ONE_RECORD_SIZE, 0 }, /* more than was said */
        { one_record, ONE_RECORD_SIZE, 2 }, /* less than was said */
        { "\x02\x00\x00\x00\x04"
          "abc",
          8, 1 }, /* a record beyond the end */
        { "\x02\x7F\xFF\xFF\xFF"
          "abc",
          8, 1 },
        { "\x00\x00\x00\x00\x03"
          "abc",
          8, 1 }, /* kinds that there are not */
        { "\x09\x00\x00\x00\x03"
          "abc",
          8, 1 },
        { "\x02\x00\x00", 3, 1 }, /* half a head */
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct by_hand hand = one_by_hand();
        hand.chunks[0] = (struct bytes){ cases[i].body, cases[i].size };
        hand.count = cases[i].count;
        hand.body_size = cases[i].size;
        assert_int_equal(bundle_fixture_read(f, write_by_hand(f, &hand)), BUNDLE_MALFORMED);
    }
}

#define TEST(name)                                                                                 \
    cmocka_unit_test_setup_teardown(name, bundle_fixture_set_up, bundle_fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_bundle_put_together_by_hand_reads_as_ours_do),
        TEST(a_newer_bundle_asks_for_a_newer_program),
        TEST(a_body_that_does_not_say_that_it_ends_is_refused),
        TEST(a_body_that_ends_before_its_last_chunk_is_refused),
        TEST(a_body_under_another_header_is_refused),
        TEST(a_body_that_is_not_its_records_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
