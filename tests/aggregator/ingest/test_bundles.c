#include "tests/support/test.h"

#include <string.h>

#include "aggregator/devices.h"
#include "aggregator/requests.h"
#include "aggregator/streams.h"
#include "common/storage/transaction.h"
#include "common/wire/excerpt.h"
#include "common/wire/proof.h"
#include "common/wire/receipt.h"
#include "tests/aggregator/stick.h"

static uint64_t size_of(struct workbench *bench)
{
    return ledger_size(bench->province->ledger);
}

static void what_a_bundle_carries_is_taken_in_and_answered(void **state)
{
    struct workbench *bench = *state;
    struct stick stick = stick_of(bench);
    uint64_t old_size = size_of(bench);
    struct digest old_root = tree_root(ledger_tree(bench->province->ledger));
    struct sealed_statement sealed[] = { workbench_seal_note(bench, "one"),
                                         workbench_seal_empty_return(bench),
                                         workbench_seal_note(bench, "three") };
    stick.seen = old_size;
    stick.waiting = 3;
    stick_write(&stick, sealed, 3);

    assert_int_equal(stick_import(&stick), BUNDLES_DONE);

    assert_int_equal(stick.arrival.statements, 3);
    assert_int_equal(stick.arrival.appended, 3);
    assert_int_equal(size_of(bench), old_size + 3);
    struct carried_content answer = stick_answer(&stick);
    struct message welcome = stick_message(&stick, &answer, MESSAGE_WELCOME);
    struct message receipts = stick_message(&stick, &answer, MESSAGE_RECEIPTS);
    struct checkpoint checkpoint;
    assert_true(checkpoint_verify(welcome.welcome.checkpoint, "zonetally/jilin",
                                  bench->province->card.keys.signing, bench->arena, &checkpoint,
                                  &bench->err));
    assert_true(proof_extends(old_size, &old_root, checkpoint.size, &checkpoint.root,
                              welcome.welcome.consistency, welcome.welcome.consistency_count));
    assert_int_equal(welcome.welcome.head.sequence, 3);
    assert_int_equal(receipts.receipt_count, 3);
    for (size_t i = 0; i < 3; i++) {
        struct digest hash = sealed_statement_hash(&sealed[i]);
        assert_true(receipt_verify(&receipts.receipts[i], "zonetally/jilin",
                                   bench->province->card.keys.signing, &bench->err));
        assert_true(digest_equal(&receipts.receipts[i].arrival.statement_hash, &hash));
    }
}

static void the_same_bundle_twice_is_answered_with_the_same_receipts(void **state)
{
    struct workbench *bench = *state;
    struct stick stick = stick_of(bench);
    struct sealed_statement sealed[] = { workbench_seal_note(bench, "one"),
                                         workbench_seal_note(bench, "two") };
    stick.waiting = 2;
    stick_write(&stick, sealed, 2);
    assert_int_equal(stick_import(&stick), BUNDLES_DONE);
    struct carried_content first = stick_answer(&stick);
    uint64_t size = size_of(bench);

    assert_int_equal(stick_import(&stick), BUNDLES_DONE);

    assert_int_equal(stick.arrival.duplicates, 2);
    assert_int_equal(size_of(bench), size);
    struct carried_content second = stick_answer(&stick);
    assert_int_equal(second.count, first.count);
    for (size_t i = 0; i < first.count; i++)
        assert_true(bytes_equal(first.records[i].bytes, second.records[i].bytes));
}

/* An older stick comes after a newer one that carries the same and more. */
static void sticks_may_come_in_any_order(void **state)
{
    struct workbench *bench = *state;
    struct stick older = stick_of(bench), newer = stick_of(bench);
    struct sealed_statement sealed[] = { workbench_seal_note(bench, "one"),
                                         workbench_seal_note(bench, "two") };
    temporary_path(&bench->folder, "older.SUB", older.path);
    older.waiting = 1;
    newer.waiting = 2;
    stick_write(&older, sealed, 1);
    stick_write(&newer, sealed, 2);

    assert_int_equal(stick_import(&newer), BUNDLES_DONE);
    assert_int_equal(newer.arrival.appended, 2);
    assert_int_equal(stick_import(&older), BUNDLES_DONE);

    assert_int_equal(older.arrival.duplicates, 1);
    assert_int_equal(older.arrival.appended, 0);
}

static void a_bundle_may_hold_more_than_one_batch(void **state)
{
    enum { COUNT = 1100 };
    struct workbench *bench = *state;
    struct stick stick = stick_of(bench);
    struct sealed_statement *sealed = arena_take(bench->arena, COUNT, sizeof *sealed);
    for (size_t i = 0; i < COUNT; i++)
        sealed[i] = workbench_seal_note(bench, "note");
    stick.waiting = COUNT;
    stick_write(&stick, sealed, COUNT);

    assert_int_equal(stick_import(&stick), BUNDLES_DONE);

    assert_int_equal(stick.arrival.appended, COUNT);
    stick_answer(&stick);
    assert_int_equal(stick.made.receipts, COUNT);
}

static void what_follows_a_missing_statement_waits_and_the_answer_says_from_where(void **state)
{
    struct workbench *bench = *state;
    struct stick stick = stick_of(bench);
    struct sealed_statement sealed[] = { workbench_seal_note(bench, "one"),
                                         workbench_seal_note(bench, "two"),
                                         workbench_seal_note(bench, "three") };
    stick.waiting = 1;
    stick_write(&stick, sealed + 2, 1);

    assert_int_equal(stick_import(&stick), BUNDLES_DONE);

    assert_true(stick.arrival.gap);
    assert_int_equal(stick.arrival.appended, 0);
    struct carried_content answer = stick_answer(&stick);
    assert_int_equal(stick_message(&stick, &answer, MESSAGE_GAP).gap.sequence, 0);
}

static void a_statement_that_contradicts_the_journal_is_refused_in_the_answer(void **state)
{
    struct workbench *bench = *state;
    struct stick stick = stick_of(bench);
    struct sealed_statement one = workbench_seal_note(bench, "one");
    struct stream_head nothing = { 0 };
    stick_write(&stick, &one, 1);
    assert_int_equal(stick_import(&stick), BUNDLES_DONE);
    bench->head = nothing;
    struct sealed_statement other = workbench_seal_note(bench, "another one");
    stick_write(&stick, &other, 1);

    assert_int_equal(stick_import(&stick), BUNDLES_DONE);

    assert_int_equal(stick.arrival.refusal, REFUSAL_FORK);
    assert_int_equal(stick.arrival.refused_sequence, 1);
    struct carried_content answer = stick_answer(&stick);
    assert_int_equal(stick_message(&stick, &answer, MESSAGE_REFUSAL).refusal, REFUSAL_FORK);
}

static void assert_refused(struct stick *stick, const struct carried *carried,
                           enum bundle_refusal why, enum refusal refusal)
{
    struct workbench *bench = stick->bench;
    uint64_t size = size_of(bench);
    carried_write(carried, stick->path);
    assert_int_equal(stick_import(stick), BUNDLES_REFUSED);
    assert_int_equal(stick->arrival.why, why);
    assert_int_equal(stick->arrival.refusal, refusal);
    assert_int_equal(size_of(bench), size);
}

static void a_bundle_that_is_not_for_us_is_refused_whole(void **state)
{
    struct workbench *bench = *state;
    struct stick stick = stick_of(bench);
    struct sealed_statement sealed = workbench_seal_note(bench, "one");
    struct key_pair stranger = key_pair_create(&bench->random.random);
    const struct carried good = stick_carries(&stick, &sealed, 1);
    struct carried carried = good;

    carried.province = "hebei";
    assert_refused(&stick, &carried, BUNDLE_OTHER_PROVINCE, 0);
    carried = good;
    carried.recipient = &stranger.public;
    assert_refused(&stick, &carried, BUNDLE_OTHER_PROVINCE, 0);
    carried = good;
    carried.kind = BUNDLE_ACK;
    assert_refused(&stick, &carried, BUNDLE_OTHER_KIND, 0);
    carried = good;
    carried.sender = &stranger;
    assert_refused(&stick, &carried, BUNDLE_GOOD, REFUSAL_SIGNATURE);
    carried = good;
    strcpy(carried.stream.zone.text, "22103001");
    assert_refused(&stick, &carried, BUNDLE_GOOD, REFUSAL_WRONG_ZONE);
    carried = good;
    carried.stream.device.bytes[0] ^= 1;
    assert_refused(&stick, &carried, BUNDLE_GOOD, REFUSAL_UNKNOWN_DEVICE);
    carried = good;
    carried.stream.epoch++;
    assert_refused(&stick, &carried, BUNDLE_GOOD, REFUSAL_UNKNOWN_DEVICE);

    carried_write(&good, stick.path);
    assert_int_equal(stick_import(&stick), BUNDLES_DONE);
}

static void a_device_that_speaks_another_protocol_is_told_so(void **state)
{
    struct workbench *bench = *state;
    struct stick stick = stick_of(bench);
    struct sealed_statement sealed = workbench_seal_note(bench, "one");
    struct carried carried = stick_carries(&stick, &sealed, 1);
    struct message hello = { .kind = MESSAGE_HELLO,
                             .hello = { .protocol_min = MESSAGE_PROTOCOL + 1,
                                        .protocol_max = MESSAGE_PROTOCOL + 1,
                                        .province = "jilin",
                                        .stream = bench->stream } };
    ((struct bundle_record *)carried.records)[0] = carried_message(&hello, bench->arena);
    assert_refused(&stick, &carried, BUNDLE_GOOD, REFUSAL_PROTOCOL);
}

static void a_bundle_that_is_not_whole_is_refused_whole(void **state)
{
    struct workbench *bench = *state;
    struct stick stick = stick_of(bench);
    struct sealed_statement sealed[] = { workbench_seal_note(bench, "one"),
                                         workbench_seal_note(bench, "two") };
    uint64_t size = size_of(bench);
    stick_write(&stick, sealed, 2);
    carried_flip(stick.path, 700);
    assert_int_equal(stick_import(&stick), BUNDLES_REFUSED);
    assert_int_equal(stick.arrival.why, BUNDLE_ALTERED);
    carried_flip(stick.path, 700);
    carried_cut(stick.path, 700);
    assert_int_equal(stick_import(&stick), BUNDLES_REFUSED);
    assert_int_equal(stick.arrival.why, BUNDLE_TRUNCATED);
    assert_int_equal(size_of(bench), size);
}

/* Signed by the device, but its last record is none: the first ones are not taken either. */
static void a_bundle_with_a_record_that_has_no_place_in_it_is_refused_whole(void **state)
{
    struct workbench *bench = *state;
    struct stick stick = stick_of(bench);
    struct sealed_statement sealed[] = { workbench_seal_note(bench, "one"),
                                         workbench_seal_note(bench, "two") };
    struct carried carried = stick_carries(&stick, sealed, 2);
    struct bundle_record *last = (struct bundle_record *)&carried.records[2];
    const struct bundle_record hello = carried.records[0], second = *last;

    *last = (struct bundle_record){ BUNDLE_RECORD_STATEMENT, { "no statement", 12 } };
    assert_refused(&stick, &carried, BUNDLE_MALFORMED, 0);
    *last = hello;
    assert_refused(&stick, &carried, BUNDLE_MALFORMED, 0);
    *last = (struct bundle_record){ BUNDLE_RECORD_REQUEST, second.bytes };
    assert_refused(&stick, &carried, BUNDLE_MALFORMED, 0);
    *last = second;
    carried.records++;
    carried.count--;
    assert_refused(&stick, &carried, BUNDLE_MALFORMED, 0);
}

static void a_device_that_was_shut_out_is_told_so_by_file_too(void **state)
{
    struct workbench *bench = *state;
    struct stick stick = stick_of(bench);
    struct sealed_statement sealed = workbench_seal_note(bench, "one");
    stick_write(&stick, &sealed, 1);
    workbench_revoke(bench);
    uint64_t size = size_of(bench);

    assert_int_equal(stick_import(&stick), BUNDLES_REFUSED);

    assert_int_equal(stick.arrival.refusal, REFUSAL_REVOKED);
    assert_true(stick.arrival.known);
    assert_int_equal(size_of(bench), size);
    struct carried_content answer = stick_answer(&stick);
    assert_int_equal(stick_message(&stick, &answer, MESSAGE_REFUSAL).refusal, REFUSAL_REVOKED);
}

/* Nothing came from it yet: it learns that it is let in, what its zone is and what is reported. */
static void a_device_that_never_spoke_gets_an_answer_too(void **state)
{
    struct workbench *bench = *state;
    struct stick stick = stick_of(bench);

    struct carried_content answer = stick_answer(&stick);

    struct message welcome = stick_message(&stick, &answer, MESSAGE_WELCOME);
    struct excerpt offer;
    assert_true(welcome.welcome.zone.size > 0);
    assert_true(welcome.welcome.token.size > 0);
    assert_int_equal(stick.made.receipts, 0);
    assert_int_equal(answer.records[2].kind, BUNDLE_RECORD_OFFER);
    assert_true(excerpt_decode(answer.records[2].bytes, bench->arena, &offer, &bench->err));
    assert_int_equal(offer.items[0].entry.kind, ENTRY_CATALOGUE);
}

/* In several pages, each proved in the same tree. */
static void a_zones_history_is_given_back_to_the_one_who_asks(void **state)
{
    enum { COUNT = 200 };
    struct workbench *bench = *state;
    struct stick stick = stick_of(bench);
    workbench_append_notes(bench, COUNT);
    struct message question = { .kind = MESSAGE_HISTORY_ASK };
    struct bundle_record record = carried_message(&question, bench->arena);
    struct carried carried = stick_carries(&stick, NULL, 0);
    carried.kind = BUNDLE_RECOVER;
    carried.records = &record;
    uint64_t size = size_of(bench);
    carried_write(&carried, stick.path);

    assert_int_equal(stick_import(&stick), BUNDLES_DONE);

    struct carried_content answer = stick_answer(&stick);
    size_t statements = 0;
    assert_int_equal(answer.header.kind, BUNDLE_RECOVER);
    assert_true(answer.count > 1);
    for (size_t i = 0; i < answer.count; i++) {
        struct excerpt page;
        assert_int_equal(answer.records[i].kind, BUNDLE_RECORD_PAGE);
        assert_true(excerpt_decode(answer.records[i].bytes, bench->arena, &page, &bench->err));
        for (size_t j = 0; j < page.count; j++)
            statements += page.items[j].entry.kind == ENTRY_ARRIVAL;
    }
    assert_int_equal(statements, COUNT);
    assert_int_equal(size_of(bench), size);
    carried.count = 0;
    assert_refused(&stick, &carried, BUNDLE_MALFORMED, 0);
}

static struct carried request_of(struct stick *stick, const struct enrolment_request *request,
                                 const struct key_pair *pair)
{
    struct workbench *bench = stick->bench;
    struct bundle_record *record = arena_take(bench->arena, 1, sizeof *record);
    *record = (struct bundle_record){ BUNDLE_RECORD_REQUEST,
                                      enrolment_request_write(request, pair, bench->arena) };
    return (struct carried){ .kind = BUNDLE_ENROL,
                             .province = "jilin",
                             .stream = { request->zone, request->device, 1 },
                             .sender = pair,
                             .recipient = &bench->province->pair.public,
                             .records = record,
                             .count = 1,
                             .random = &bench->random.random };
}

static size_t requests_waiting(struct workbench *bench)
{
    const struct enrolment_request *items;
    size_t count;
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(bench->province->database);
    assert_true(requests_list(txn, database_table(bench->province->database, REQUESTS_TABLE),
                              bench->arena, &items, &count, &bench->err));
    return count;
}

static void an_enrolment_request_waits_for_the_registrar(void **state)
{
    struct workbench *bench = *state;
    struct stick stick = stick_of(bench);
    struct key_pair pair = key_pair_create(&bench->random.random);
    struct enrolment_request request = {
        .zone = bench->stream.zone, .device = { { 9 } }, .keys = pair.public, .label = "office"
    };
    struct carried carried = request_of(&stick, &request, &pair);
    char fingerprint[FINGERPRINT_TEXT_SIZE];
    carried_write(&carried, stick.path);

    assert_int_equal(stick_import(&stick), BUNDLES_DONE);

    assert_string_equal(stick.arrival.fingerprint, key_fingerprint(&pair.public, fingerprint));
    assert_int_equal(requests_waiting(bench), 1);
}

static void a_request_in_somebody_elses_box_is_refused(void **state)
{
    struct workbench *bench = *state;
    struct stick stick = stick_of(bench);
    struct key_pair pair = key_pair_create(&bench->random.random);
    struct enrolment_request request = {
        .zone = bench->stream.zone, .device = { { 9 } }, .keys = pair.public, .label = "office"
    };
    const struct carried good = request_of(&stick, &request, &pair);
    struct carried carried = good;

    carried.sender = &bench->pair;
    assert_refused(&stick, &carried, BUNDLE_MALFORMED, 0);
    carried = good;
    carried.stream.device.bytes[0] ^= 1;
    assert_refused(&stick, &carried, BUNDLE_MALFORMED, 0);
    assert_int_equal(requests_waiting(bench), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, workbench_set_up, workbench_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_a_bundle_carries_is_taken_in_and_answered),
        TEST(the_same_bundle_twice_is_answered_with_the_same_receipts),
        TEST(sticks_may_come_in_any_order),
        TEST(a_bundle_may_hold_more_than_one_batch),
        TEST(what_follows_a_missing_statement_waits_and_the_answer_says_from_where),
        TEST(a_statement_that_contradicts_the_journal_is_refused_in_the_answer),
        TEST(a_bundle_that_is_not_for_us_is_refused_whole),
        TEST(a_device_that_speaks_another_protocol_is_told_so),
        TEST(a_bundle_that_is_not_whole_is_refused_whole),
        TEST(a_bundle_with_a_record_that_has_no_place_in_it_is_refused_whole),
        TEST(a_device_that_was_shut_out_is_told_so_by_file_too),
        TEST(a_device_that_never_spoke_gets_an_answer_too),
        TEST(a_zones_history_is_given_back_to_the_one_who_asks),
        TEST(an_enrolment_request_waits_for_the_registrar),
        TEST(a_request_in_somebody_elses_box_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
