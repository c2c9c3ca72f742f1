#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/wire/bundle_box.h"
#include "tests/common/wire/bundle_fixture.h"

static void what_is_written_reads_back(void **state)
{
    struct bundle_fixture *f = *state;
    bundle_fixture_put_text(f, "a statement");
    bundle_fixture_put_text(f, "");
    bundle_fixture_put_text(f, "and another one");

    struct bytes bytes = bundle_fixture_write(f);

    assert_int_equal(bundle_fixture_read(f, bytes), BUNDLE_GOOD);
}

static void a_bundle_without_records_reads_back(void **state)
{
    struct bundle_fixture *f = *state;

    struct bytes bytes = bundle_fixture_write(f);

    assert_int_equal(bundle_fixture_read(f, bytes), BUNDLE_GOOD);
}

/* Around the seams between chunks, and a record that spans many. */
static void bodies_of_every_size_around_a_chunk_read_back(void **state)
{
    struct bundle_fixture *f = *state;
    static const size_t chunks[] = { 1, 2, 5 };
    for (size_t i = 0; i < COUNT_OF(chunks); i++)
        for (size_t change = 0; change < 5; change++) {
            f->count = 0;
            bundle_fixture_put_run(f, 100);
            bundle_fixture_put_run(f, chunks[i] * BUNDLE_CHUNK_SIZE - 100 -
                                          2 * BUNDLE_RECORD_HEAD_SIZE - 2 + change);
            assert_int_equal(bundle_fixture_read(f, bundle_fixture_write(f)), BUNDLE_GOOD);
        }
}

static void the_header_says_what_the_sender_said(void **state)
{
    struct bundle_fixture *f = *state;
    bundle_fixture_put_text(f, "a statement");
    struct memory_source source = memory_source_of(bundle_fixture_write(f));
    CLEANUP(bundle_close) struct bundle *bundle = bundle_of(&source.source);

    assert_true(bundle_verify(bundle, &f->err));

    const struct bundle_header *header = bundle_head(bundle);
    assert_int_equal(header->kind, BUNDLE_SUBMIT);
    assert_string_equal(header->province, "jilin");
    assert_string_equal(header->stream.zone.text, "22102001");
    assert_memory_equal(header->sender, f->zone.public.signing, KEY_SIZE);
    assert_int_equal(header->first_sequence, 3);
    assert_int_equal(header->last_sequence, 4);
    assert_int_equal(header->count, 1);
    assert_string_equal(header->program, "0.1.0");
}

static void every_beginning_of_a_bundle_is_told_to_be_cut_off(void **state)
{
    struct bundle_fixture *f = *state;
    char percent[32];
    bundle_fixture_put_text(f, "a statement");
    bundle_fixture_put_run(f, BUNDLE_CHUNK_SIZE);
    struct bytes bytes = bundle_fixture_write(f);

    for (size_t size = 0; size < bytes.size; size++) {
        assert_int_equal(bundle_fixture_read(f, (struct bytes){ bytes.data, size }),
                         BUNDLE_TRUNCATED);
        snprintf(percent, sizeof percent, " %zu%% of it", size * 100 / bytes.size);
        if (size >= BUNDLE_PREFIX_SIZE && !strstr(f->err.text, percent))
            fail_msg("%zu: %s", size, f->err.text);
    }
    print_message("%zu beginnings, each told to be cut off\n", bytes.size);
}

static void every_flipped_bit_is_noticed(void **state)
{
    struct bundle_fixture *f = *state;
    bundle_fixture_put_text(f, "a statement");
    bundle_fixture_put_run(f, BUNDLE_CHUNK_SIZE);
    struct bytes bytes = bundle_fixture_write(f);
    unsigned char *copy = arena_take(f->arena, bytes.size, 1);
    memcpy(copy, bytes.data, bytes.size);
    size_t flipped = 0;

    for (size_t bit = 0; bit < bytes.size * 8; bit++) {
        size_t at = bit / 8;
        /* All of the parts around the body; of the body every 397th bit. */
        if (at > 600 && at + 600 < bytes.size && bit % 397 != 0)
            continue;
        copy[at] ^= (unsigned char)(1u << bit % 8);
        enum bundle_refusal refusal = bundle_fixture_read(f, (struct bytes){ copy, bytes.size });
        if (refusal != (at < BUNDLE_MAGIC_SIZE ? BUNDLE_FOREIGN : BUNDLE_ALTERED))
            fail_msg("bit %zu: %d %s", bit, (int)refusal, f->err.text);
        copy[at] ^= (unsigned char)(1u << bit % 8);
        flipped++;
    }
    print_message("%zu bits flipped, each one noticed\n", flipped);
}

static void every_bit_of_a_small_bundle_is_noticed(void **state)
{
    struct bundle_fixture *f = *state;
    bundle_fixture_put_text(f, "a statement");
    struct bytes bytes = bundle_fixture_write(f);
    unsigned char *copy = arena_take(f->arena, bytes.size, 1);
    memcpy(copy, bytes.data, bytes.size);

    for (size_t bit = 0; bit < bytes.size * 8; bit++) {
        copy[bit / 8] ^= (unsigned char)(1u << bit % 8);
        enum bundle_refusal refusal = bundle_fixture_read(f, (struct bytes){ copy, bytes.size });
        if (refusal != (bit / 8 < BUNDLE_MAGIC_SIZE ? BUNDLE_FOREIGN : BUNDLE_ALTERED))
            fail_msg("bit %zu: %d %s", bit, (int)refusal, f->err.text);
        copy[bit / 8] ^= (unsigned char)(1u << bit % 8);
    }
    print_message("all %zu bits flipped, each one noticed\n", bytes.size * 8);
}

static void something_behind_the_end_is_noticed(void **state)
{
    struct bundle_fixture *f = *state;
    bundle_fixture_put_text(f, "a statement");
    struct bytes bytes = bundle_fixture_write(f);
    unsigned char *copy = arena_take(f->arena, bytes.size + 1, 1);
    memcpy(copy, bytes.data, bytes.size);

    assert_int_equal(bundle_fixture_read(f, (struct bytes){ copy, bytes.size + 1 }),
                     BUNDLE_ALTERED);
}

static void what_is_no_bundle_is_told_so(void **state)
{
    struct bundle_fixture *f = *state;
    static const char *const texts[] = { "PK\x03\x04 something else", "ZBND?", "z",
                                         "\xEF\xBB\xBF" };
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        assert_int_equal(bundle_fixture_read(f, bytes_of_text(texts[i])), BUNDLE_FOREIGN);
    static const unsigned char zeros[4096];
    assert_int_equal(bundle_fixture_read(f, BYTES_OF(zeros)), BUNDLE_FOREIGN);
}

static void somebody_elses_bundle_is_refused_each_in_its_own_words(void **state)
{
    struct bundle_fixture *f = *state;
    bundle_fixture_put_text(f, "a statement");
    struct memory_source source = memory_source_of(bundle_fixture_write(f));
    struct stream_id other_zone = f->stream, other_device = f->stream, other_epoch = f->stream;
    strcpy(other_zone.zone.text, "22103001");
    other_device.device.bytes[0] ^= 1;
    other_epoch.epoch++;
    const struct bundle_reader ours = bundle_fixture_reader(f);
    const unsigned char *stranger = f->stranger.public.signing;
    const struct {
        struct bundle_reader reader;
        enum bundle_refusal refusal;
    } cases[] = {
        { { 1u << BUNDLE_ACK, "jilin", ours.pair, NULL, NULL }, BUNDLE_OTHER_KIND },
        { { ALL_KINDS, "hebei", ours.pair, NULL, NULL }, BUNDLE_OTHER_PROVINCE },
        { { ALL_KINDS, "jilin", &f->stranger, NULL, NULL }, BUNDLE_OTHER_PROVINCE },
        { { ALL_KINDS, "jilin", ours.pair, stranger, NULL }, BUNDLE_OTHER_SENDER },
        { { ALL_KINDS, "jilin", ours.pair, NULL, &other_zone }, BUNDLE_OTHER_ZONE },
        { { ALL_KINDS, "jilin", ours.pair, NULL, &other_device }, BUNDLE_OTHER_DEVICE },
        { { ALL_KINDS, "jilin", ours.pair, NULL, &other_epoch }, BUNDLE_OTHER_DEVICE },
        { { ALL_KINDS, "jilin", ours.pair, f->zone.public.signing, &f->stream }, BUNDLE_GOOD },
    };
    char texts[COUNT_OF(cases)][sizeof f->err.text];

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_int_equal(bundle_fixture_read_with(f, &source.source, &cases[i].reader),
                         cases[i].refusal);
        assert_int_equal(f->err.kind, cases[i].refusal == BUNDLE_GOOD ? ERROR_NONE : ERROR_REFUSED);
        strcpy(texts[i], f->err.text);
        for (size_t j = 0; j < i; j++)
            if (i != 6) /* the same device under another epoch: the same words */
                assert_string_not_equal(texts[i], texts[j]);
    }
}

/* A source that notes the largest run it was asked for. */
struct noting_source {
    struct memory_source memory;
    size_t largest;
};

static bool read_noting(struct byte_source *source, uint64_t offset, void *target, size_t size,
                        struct error *err)
{
    struct noting_source *noting = (struct noting_source *)source;
    struct memory_source plain = memory_source_of(noting->memory.bytes);
    noting->largest = size > noting->largest ? size : noting->largest;
    return plain.source.read(&plain.source, offset, target, size, err);
}

static void a_large_bundle_is_read_chunk_by_chunk(void **state)
{
    struct bundle_fixture *f = *state;
    for (size_t i = 0; i < RECORDS_MAX; i++)
        bundle_fixture_put_run(f, 3 * 1024 * 1024);
    struct noting_source source = { .memory = memory_source_of(bundle_fixture_write(f)) };
    source.memory.source.read = read_noting;
    struct bundle_reader reader = bundle_fixture_reader(f);

    assert_int_equal(bundle_fixture_read_with(f, &source.memory.source, &reader), BUNDLE_GOOD);

    assert_true(source.largest <= BUNDLE_CHUNK_SIZE + BOX_TAG_SIZE);
}

static bool fail_to_read(struct byte_source *source, uint64_t offset, void *target, size_t size,
                         struct error *err)
{
    (void)source, (void)offset, (void)target, (void)size;
    return error_set(err, ERROR_SYSTEM, "%s", "a bad sector");
}

static void a_file_that_cannot_be_read_is_no_damaged_bundle(void **state)
{
    struct bundle_fixture *f = *state;
    bundle_fixture_put_text(f, "a statement");
    struct memory_source source = memory_source_of(bundle_fixture_write(f));
    struct bundle_reader reader = bundle_fixture_reader(f);
    CLEANUP(bundle_close) struct bundle *bundle = bundle_of(&source.source);
    assert_true(bundle_verify(bundle, &f->err));
    source.source.read = fail_to_read;

    assert_false(bundle_unseal(bundle, &reader, &f->err));
    assert_int_equal(bundle_refusal(bundle), BUNDLE_UNREADABLE);
    assert_false(bundle_verify(bundle, &f->err));
    assert_int_equal(bundle_refusal(bundle), BUNDLE_UNREADABLE);
    assert_int_equal(f->err.kind, ERROR_SYSTEM);
}

static bool fill_differently(void *owner, struct bundle_writer *writer, struct error *err)
{
    struct bundle_fixture *f = owner;
    bundle_fixture_put_text(f, "one more each time");
    return bundle_fixture_order(f).fill(f, writer, err);
}

static void records_that_change_between_measuring_and_writing_make_no_bundle(void **state)
{
    struct bundle_fixture *f = *state;
    struct bundle_order order = bundle_fixture_order(f);
    struct bundle_measure measure;
    order.fill = fill_differently;
    f->file = memory_sink_open();
    assert_true(bundle_measure(&order, &measure, &f->err));

    assert_false(bundle_write(&order, &measure, &f->file.sink, &f->err));

    assert_int_equal(f->err.kind, ERROR_CONFLICT);
}

/* The bytes of version 1 stay readable for ever. */
static void a_bundle_of_version_1_reads_as_it_did(void **state)
{
    struct bundle_fixture *f = *state;
    unsigned char content[1024];
    FILE *file = fopen(DATA_FOLDER "/wire/bundle-1.zbndl", "rb");
    assert_non_null(file);
    size_t size = fread(content, 1, sizeof content, file);
    fclose(file);
    bundle_fixture_put_text(f, "a statement");
    bundle_fixture_put_text(f, "and another one");

    assert_int_equal(bundle_fixture_read(f, (struct bytes){ content, size }), BUNDLE_GOOD);
}

/* Without arguments a test; with a path, writes the bundle that is kept in tests/data/wire. */
static int write_golden(const char *path)
{
    void *state;
    bundle_fixture_set_up(&state);
    struct bundle_fixture *f = state;
    bundle_fixture_put_text(f, "a statement");
    bundle_fixture_put_text(f, "and another one");
    struct bytes bytes = bundle_fixture_write(f);
    FILE *file = fopen(path, "wb");
    bool written = file && fwrite(bytes.data, 1, bytes.size, file) == bytes.size;
    if (file)
        fclose(file);
    bundle_fixture_tear_down(&state);
    return written ? 0 : 1;
}

#define TEST(name)                                                                                 \
    cmocka_unit_test_setup_teardown(name, bundle_fixture_set_up, bundle_fixture_tear_down)

int main(int argc, char **argv)
{
    if (argc > 1)
        return write_golden(argv[1]);
    const struct CMUnitTest tests[] = {
        TEST(what_is_written_reads_back),
        TEST(a_bundle_without_records_reads_back),
        TEST(bodies_of_every_size_around_a_chunk_read_back),
        TEST(the_header_says_what_the_sender_said),
        TEST(every_beginning_of_a_bundle_is_told_to_be_cut_off),
        TEST(every_flipped_bit_is_noticed),
        TEST(every_bit_of_a_small_bundle_is_noticed),
        TEST(something_behind_the_end_is_noticed),
        TEST(what_is_no_bundle_is_told_so),
        TEST(somebody_elses_bundle_is_refused_each_in_its_own_words),
        TEST(a_large_bundle_is_read_chunk_by_chunk),
        TEST(a_file_that_cannot_be_read_is_no_damaged_bundle),
        TEST(records_that_change_between_measuring_and_writing_make_no_bundle),
        TEST(a_bundle_of_version_1_reads_as_it_did),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
