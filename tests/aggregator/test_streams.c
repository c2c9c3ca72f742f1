#include "tests/support/test.h"

#include <string.h>

#include "aggregator/streams.h"

static struct stream_id a_stream(const char *zone, unsigned char device, uint32_t epoch)
{
    struct stream_id id = { .device = { { device } }, .epoch = epoch };
    memset(id.zone.text, 'x', sizeof id.zone.text); /* what stands behind the NUL is noise */
    memcpy(id.zone.text, zone, strlen(zone) + 1);
    return id;
}

static void a_stream_remembers_where_each_statement_is(void **state)
{
    (void)state;
    CLEANUP(streams_destroy) struct streams *streams = streams_create();
    struct stream_id id = a_stream("JL001", 7, 1);

    for (uint64_t sequence = 1; sequence <= 100; sequence++)
        streams_add(streams, &id, sequence, sequence * 10);

    const struct stream *stream = streams_find(streams, &id);
    assert_int_equal(stream->sequence, 100);
    assert_int_equal(stream->positions[0], 10);
    assert_int_equal(stream->positions[99], 1000);
}

static void the_zone_is_the_same_whatever_stands_behind_its_end(void **state)
{
    (void)state;
    CLEANUP(streams_destroy) struct streams *streams = streams_create();
    struct stream_id noisy = a_stream("JL001", 7, 1);
    struct stream_id clean = { .zone = { "JL001" }, .device = { { 7 } }, .epoch = 1 };

    streams_add(streams, &noisy, 1, 0);
    streams_add(streams, &clean, 2, 1);

    assert_int_equal(streams_count(streams), 1);
}

static void zone_device_and_epoch_each_make_another_stream(void **state)
{
    (void)state;
    CLEANUP(streams_destroy) struct streams *streams = streams_create();
    struct stream_id ids[] = { a_stream("JL001", 7, 1), a_stream("JL002", 7, 1),
                               a_stream("JL001", 8, 1), a_stream("JL001", 7, 2) };

    for (size_t i = 0; i < COUNT_OF(ids); i++)
        streams_add(streams, &ids[i], 1, i);

    assert_int_equal(streams_count(streams), COUNT_OF(ids));
    for (size_t i = 0; i < COUNT_OF(ids); i++)
        assert_int_equal(streams_find(streams, &ids[i])->positions[0], i);
}

static void a_frozen_stream_stays_frozen_and_keeps_its_head(void **state)
{
    (void)state;
    CLEANUP(streams_destroy) struct streams *streams = streams_create();
    struct stream_id id = a_stream("JL001", 7, 1);
    streams_add(streams, &id, 1, 5);

    streams_freeze(streams, &id);

    assert_true(streams_find(streams, &id)->frozen);
    assert_int_equal(streams_find(streams, &id)->sequence, 1);
}

static void nothing_is_known_of_a_stream_that_never_came(void **state)
{
    (void)state;
    CLEANUP(streams_destroy) struct streams *streams = streams_create();
    struct stream_id id = a_stream("JL001", 7, 1);

    assert_null(streams_find(streams, &id));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stream_remembers_where_each_statement_is),
        cmocka_unit_test(the_zone_is_the_same_whatever_stands_behind_its_end),
        cmocka_unit_test(zone_device_and_epoch_each_make_another_stream),
        cmocka_unit_test(a_frozen_stream_stays_frozen_and_keeps_its_head),
        cmocka_unit_test(nothing_is_known_of_a_stream_that_never_came),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
