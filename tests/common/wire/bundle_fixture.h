#ifndef TESTS_COMMON_WIRE_BUNDLE_FIXTURE_H
#define TESTS_COMMON_WIRE_BUNDLE_FIXTURE_H

/* Bundles from a zone to its province, in memory. Include tests/support/test.h first. */

#include "common/base/error.h"
#include "common/base/random.h"
#include "common/wire/bundle.h"
#include "common/wire/bundle_writer.h"
#include "tests/support/memory_sink.h"

#define ALL_KINDS 0xFFu
#define RECORDS_MAX 8

struct arena;

struct bundle_fixture {
    struct seeded_random random;
    struct key_pair zone, province, stranger;
    struct stream_id stream;
    struct bundle_record records[RECORDS_MAX]; /* that go in, and must come out */
    size_t count;
    struct arena *arena;
    struct memory_sink file;
    struct error err;
};

int bundle_fixture_set_up(void **state);
int bundle_fixture_tear_down(void **state);

void bundle_fixture_put_text(struct bundle_fixture *f, const char *text);
void bundle_fixture_put_run(struct bundle_fixture *f, size_t size);

struct bundle_order bundle_fixture_order(struct bundle_fixture *f);
/* Valid until the next one. */
struct bytes bundle_fixture_write(struct bundle_fixture *f);

struct bundle_reader bundle_fixture_reader(struct bundle_fixture *f);
/* Verifies, unseals and goes through it. BUNDLE_GOOD, or where it ended. */
enum bundle_refusal bundle_fixture_read_with(struct bundle_fixture *f, struct byte_source *source,
                                             const struct bundle_reader *reader);
enum bundle_refusal bundle_fixture_read(struct bundle_fixture *f, struct bytes bytes);

#endif
