#include "tests/support/test.h"

#include "tests/common/wire/bundle_fixture.h"

#include <string.h>

#include "common/base/arena.h"
#include "common/base/language.h"

static bool fill(void *owner, struct bundle_writer *writer, struct error *err)
{
    const struct bundle_fixture *f = owner;
    for (size_t i = 0; i < f->count; i++)
        if (!bundle_add(writer, f->records[i].kind, f->records[i].bytes, err))
            return false;
    return true;
}

struct bundle_order bundle_fixture_order(struct bundle_fixture *f)
{
    struct bundle_order order = {
        .header = { .kind = BUNDLE_SUBMIT,
                    .province = "jilin",
                    .stream = f->stream,
                    .first_sequence = 3,
                    .last_sequence = 4,
                    .utc_ms = INT64_C(1740000000000),
                    .program = "0.1.0" },
        .pair = &f->zone,
        .random = &f->random.random,
        .fill = fill,
        .owner = f,
    };
    memcpy(order.header.recipient, f->province.public.curve, KEY_SIZE);
    return order;
}

static struct bytes write_order(struct bundle_fixture *f, const struct bundle_order *order)
{
    struct bundle_measure measure;
    memory_sink_close(&f->file);
    f->file = memory_sink_open();
    assert_true(bundle_measure(order, &measure, &f->err));
    assert_true(bundle_write(order, &measure, &f->file.sink, &f->err));
    assert_int_equal(memory_sink_bytes(&f->file).size, measure.total);
    return memory_sink_bytes(&f->file);
}

struct bytes bundle_fixture_write(struct bundle_fixture *f)
{
    struct bundle_order order = bundle_fixture_order(f);
    return write_order(f, &order);
}

void bundle_fixture_put_text(struct bundle_fixture *f, const char *text)
{
    f->records[f->count++] = (struct bundle_record){ BUNDLE_RECORD_STATEMENT, bytes_of_text(text) };
}

void bundle_fixture_put_run(struct bundle_fixture *f, size_t size)
{
    unsigned char *run = arena_take(f->arena, size, 1);
    f->random.random.fill(&f->random.random, run, size);
    f->records[f->count++] = (struct bundle_record){ BUNDLE_RECORD_MESSAGE, { run, size } };
}

int bundle_fixture_set_up(void **state)
{
    struct bundle_fixture *f = test_calloc(1, sizeof *f);
    f->random = seeded_random_of(7);
    f->zone = key_pair_create(&f->random.random);
    f->province = key_pair_create(&f->random.random);
    f->stranger = key_pair_create(&f->random.random);
    f->stream = (struct stream_id){ { "22102001" }, { { 1, 2, 3 } }, 1 };
    f->arena = arena_create();
    language_set(LANGUAGE_ENGLISH);
    *state = f;
    return 0;
}

int bundle_fixture_tear_down(void **state)
{
    struct bundle_fixture *f = *state;
    memory_sink_close(&f->file);
    arena_destroy(&f->arena);
    test_free(f);
    return 0;
}

struct bundle_reader bundle_fixture_reader(struct bundle_fixture *f)
{
    return (struct bundle_reader){ .kinds = ALL_KINDS, .province = "jilin", .pair = &f->province };
}

struct reading {
    struct bundle_fixture *f;
    size_t count;
};

static bool compare(const struct bundle_record *record, void *owner, struct error *err)
{
    struct reading *reading = owner;
    const struct bundle_record *wanted = &reading->f->records[reading->count++];
    (void)err;
    assert_int_equal(record->kind, wanted->kind);
    assert_true(bytes_equal(record->bytes, wanted->bytes));
    return true;
}

/* Verifies, unseals and goes through it. BUNDLE_GOOD, or where it ended. */
enum bundle_refusal bundle_fixture_read_with(struct bundle_fixture *f, struct byte_source *source,
                                             const struct bundle_reader *reader)
{
    struct reading reading = { f, 0 };
    CLEANUP(bundle_close) struct bundle *bundle = bundle_of(source);
    f->err = (struct error){ 0 };
    bool good = bundle_verify(bundle, &f->err) && bundle_unseal(bundle, reader, &f->err) &&
                bundle_each(bundle, compare, &reading, &f->err);
    assert_int_equal(good, bundle_refusal(bundle) == BUNDLE_GOOD);
    if (good)
        assert_int_equal(reading.count, f->count);
    return bundle_refusal(bundle);
}

enum bundle_refusal bundle_fixture_read(struct bundle_fixture *f, struct bytes bytes)
{
    struct memory_source source = memory_source_of(bytes);
    struct bundle_reader reader = bundle_fixture_reader(f);
    return bundle_fixture_read_with(f, &source.source, &reader);
}
