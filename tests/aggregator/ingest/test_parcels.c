#include "tests/support/test.h"

#include <string.h>

#include "aggregator/ingest/parcels.h"
#include "common/base/random.h"
#include "tests/aggregator/front_door.h"

#define ROWS 100000
#define PART MESSAGE_PART_SIZE_MAX

/* A roster as large as one may be, sealed. */
static struct sealed_statement a_large_roster(struct front_door *door)
{
    struct arena *arena = door->bench->arena;
    const char **keys = arena_take(arena, ROWS, sizeof *keys);
    int64_t *figures = arena_take(arena, ROWS, sizeof *figures);
    uint8_t *statuses = arena_take(arena, ROWS, 1);
    struct roster_column *column = arena_take(arena, 1, sizeof *column);
    for (size_t i = 0; i < ROWS; i++) {
        keys[i] = arena_format(arena, "ENTERPRISE-%08zu", i);
        figures[i] = (int64_t)i;
    }
    *column = (struct roster_column){ code_of("XB02"), figures, statuses, NULL };
    struct submission submission = { .form = code_of("JKQ101"),
                                     .period = period_of_year(2021),
                                     .version = 1,
                                     .row_keys = keys,
                                     .row_count = ROWS,
                                     .columns = column,
                                     .column_count = 1 };
    return workbench_seal_next(
        door->bench, (struct statement){ .kind = STATEMENT_RETURN, .submission = submission });
}

struct sending {
    struct bytes whole;
    struct digest hash;
    size_t parts; /* sent so far */
};

static struct sending sending_of(struct front_door *door, const struct sealed_statement *sealed)
{
    struct bytes whole = sealed_statement_encode(sealed, door->bench->arena);
    return (struct sending){ whole, digest_sha256((struct bytes){ NULL, 0 }, whole), 0 };
}

static uint64_t ask(struct front_door *door, struct speaker *speaker, const struct sending *sending)
{
    struct message question = { .kind = MESSAGE_CHUNK_ASK,
                                .chunk = { .hash = sending->hash,
                                           .total_size = sending->whole.size } };
    put(door, speaker, &question);
    const struct message *answer = turn(door);
    assert_int_equal(answer->kind, MESSAGE_CHUNK_HEAD);
    return answer->chunk.offset;
}

/* From where the province stands; stops after so many parts. The last answer. */
static const struct message *send_parts(struct front_door *door, struct speaker *speaker,
                                        struct sending *sending, size_t most)
{
    const struct message *answer = NULL;
    uint64_t offset = ask(door, speaker, sending);
    while (offset < sending->whole.size && most-- > 0) {
        size_t left = sending->whole.size - (size_t)offset;
        struct message part = { .kind = MESSAGE_CHUNK,
                                .chunk = { .hash = sending->hash,
                                           .total_size = sending->whole.size,
                                           .offset = offset,
                                           .part = { (const char *)sending->whole.data + offset,
                                                     left < PART ? left : PART } } };
        put(door, speaker, &part);
        answer = turn(door);
        sending->parts++;
        if (answer->kind != MESSAGE_CHUNK_HEAD)
            break;
        assert_true(answer->chunk.offset > offset);
        offset = answer->chunk.offset;
    }
    return answer;
}

static void assert_receipted(const struct message *answer)
{
    assert_int_equal(answer->kind, MESSAGE_RECEIPTS);
    assert_int_equal(answer->receipt_count, 1);
    assert_int_equal(answer->receipts[0].arrival.sequence, 1);
}

static void a_roster_of_a_hundred_thousand_rows_goes_on_where_the_line_was_cut(void **state)
{
    struct front_door *door = *state;
    struct speaker speaker = the_device(door);
    struct sealed_statement sealed = a_large_roster(door);
    struct sending sending = sending_of(door, &sealed);
    size_t parts = (sending.whole.size - 1) / PART + 1;
    (void)send_parts(door, &speaker, &sending, parts / 2);
    speaker.connection++; /* a new line, the same key */

    assert_int_equal(ask(door, &speaker, &sending), parts / 2 * PART);
    const struct message *answer = send_parts(door, &speaker, &sending, SIZE_MAX);

    print_message("%d rows, %zu bytes, %zu parts, %zu sent\n", ROWS, sending.whole.size, parts,
                  sending.parts);
    assert_receipted(answer);
    assert_int_equal(sending.parts, parts);
}

static void a_roster_begins_anew_when_the_province_was_restarted(void **state)
{
    struct front_door *door = *state;
    struct speaker speaker = the_device(door);
    struct sealed_statement sealed = a_large_roster(door);
    struct sending sending = sending_of(door, &sealed);
    (void)send_parts(door, &speaker, &sending, 2);
    front_door_restart(door);

    assert_int_equal(ask(door, &speaker, &sending), 0);
    const struct message *answer = send_parts(door, &speaker, &sending, SIZE_MAX);

    assert_receipted(answer);
}

static void parts_of_another_statement_are_not_taken_for_this_one_s(void **state)
{
    struct front_door *door = *state;
    struct speaker speaker = the_device(door);
    struct sealed_statement sealed = a_large_roster(door);
    struct sending sending = sending_of(door, &sealed), other = sending;
    (void)send_parts(door, &speaker, &sending, 2);
    other.hash.bytes[0] ^= 1;

    assert_int_equal(ask(door, &speaker, &other), 0);
    assert_int_equal(ask(door, &speaker, &sending), 2 * PART);
}

/* Many peers with large statements half sent: memory stays bounded, and those who went on are not
 * those who lose. */
static void what_was_half_sent_is_bounded_over_all_peers(void **state)
{
    (void)state;
    CLEANUP(parcels_destroy) struct parcels *parcels = parcels_create();
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    char *part = arena_take(arena, PART, 1);
    size_t put_off = 0, taken = 0;
    for (unsigned peer = 0; peer < 100; peer++) {
        unsigned char key[KEY_SIZE] = { (unsigned char)peer, 1 };
        struct chunk chunk = { .hash = { { 1 } },
                               .total_size = STATEMENT_SIZE_MAX,
                               .part = { part, PART } };
        uint64_t size = 0;
        struct bytes whole;
        for (chunk.offset = 0; chunk.offset + PART < STATEMENT_SIZE_MAX / 2; chunk.offset = size) {
            enum parcel_outcome outcome =
                parcels_take(parcels, key, &chunk, 0, arena, &size, &whole);
            put_off += outcome == PARCEL_NO_ROOM;
            taken += outcome == PARCEL_GROWING ? PART : 0;
            if (outcome != PARCEL_GROWING)
                break;
        }
    }

    print_message("100 peers, half of 16 MiB each: %zu MiB kept, %zu put off\n", taken >> 20,
                  put_off);
    assert_true(put_off > 0);
    assert_true(taken <= PARCELS_SIZE_MAX);
}

int main(void)
{
#define A_TEST(name) cmocka_unit_test_setup_teardown(name, front_door_set_up, front_door_tear_down)
    const struct CMUnitTest tests[] = {
        A_TEST(a_roster_of_a_hundred_thousand_rows_goes_on_where_the_line_was_cut),
        A_TEST(a_roster_begins_anew_when_the_province_was_restarted),
        A_TEST(parts_of_another_statement_are_not_taken_for_this_one_s),
        cmocka_unit_test(what_was_half_sent_is_bounded_over_all_peers),
    };
    return cmocka_run_group_tests_name("parcels", tests, NULL, NULL);
}
