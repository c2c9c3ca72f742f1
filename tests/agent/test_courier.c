#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#include "agent/courier.h"
#include "agent/receipts.h"
#include "agent/rotation.h"
#include "agent/settings.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/storage/file.h"
#include "common/storage/transaction.h"
#include "common/wire/entry.h"
#include "common/wire/statement.h"
#include "tests/support/carried.h"
#include "tests/support/little_province.h"
#include "tests/support/zone_office.h"

#define ANSWER_MAX 8

struct fixture {
    struct zone_office *office;
    struct little_province *province;
    struct arena *arena;
    char submit[TEMPORARY_PATH_SIZE], answer[TEMPORARY_PATH_SIZE], other[TEMPORARY_PATH_SIZE];
    struct courier_export exported;
    struct courier_import imported;
    struct error err;
};

static int set_up(void **state)
{
    struct fixture *f = test_calloc(1, sizeof *f);
    f->office = zone_office_open();
    f->province = little_province_create(f->office);
    f->arena = arena_create();
    temporary_path(&f->office->folder, "22102001.SUB", f->submit);
    temporary_path(&f->office->folder, "22102001.ACK", f->answer);
    temporary_path(&f->office->folder, "22102001.A02", f->other);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    little_province_destroy(&f->province);
    zone_office_close(&f->office);
    arena_destroy(&f->arena);
    test_free(f);
    return 0;
}

static void seal(struct fixture *f, int month)
{
    zone_office_seal(f->office, monthly_return(month + 1), 0);
}

static struct carried_content export(struct fixture *f)
{
    assert_true(
        courier_export(f->office->agent, BUNDLE_SUBMIT, f->submit, NULL, &f->exported, &f->err));
    return carried_read(f->submit, &f->office->province_keys, f->arena);
}

/* What the province answers to one message, encoded. */
static struct bundle_record ask(struct fixture *f, const struct message *message)
{
    struct sync_channel *channel = &f->province->channel;
    struct bytes payload;
    assert_true(channel->send(channel, message_encode(message, f->arena), 1000, &f->err));
    assert_true(channel->receive(channel, 1000, &payload, &f->err));
    return (struct bundle_record){ BUNDLE_RECORD_MESSAGE, arena_copy_bytes(f->arena, payload) };
}

static struct message hello_of(struct fixture *f, const struct carried_content *submit)
{
    struct message message;
    assert_int_equal(submit->records[0].kind, BUNDLE_RECORD_MESSAGE);
    assert_true(message_decode(submit->records[0].bytes, f->arena, &message, &f->err));
    assert_int_equal(message.kind, MESSAGE_HELLO);
    return message;
}

static struct carried answer_of(struct fixture *f, const struct bundle_record *records,
                                size_t count)
{
    return (struct carried){ .kind = BUNDLE_ACK,
                             .province = "jilin",
                             .stream = f->office->agent->device.stream,
                             .sender = &f->office->province_keys,
                             .recipient = &f->office->agent->pair.public,
                             .records = records,
                             .count = count,
                             .random = &f->office->random.random };
}

/* The province takes what the bundle carries and answers it in another one. */
static void carry_to(struct fixture *f, const struct carried_content *submit, const char *path)
{
    struct bundle_record records[ANSWER_MAX] = { submit->records[0] };
    struct message hello = hello_of(f, submit), statements = { .kind = MESSAGE_SUBMIT };
    struct sealed_statement *sealed = arena_take(f->arena, submit->count, sizeof *sealed);
    size_t count = 1;
    for (size_t i = 1; i < submit->count; i++)
        assert_true(sealed_statement_decode(submit->records[i].bytes, &sealed[i - 1], &f->err));
    statements.statements = sealed;
    statements.statement_count = submit->count - 1;
    struct bundle_record receipts = { 0 };
    if (submit->count > 1)
        receipts = ask(f, &statements);
    records[count++] = ask(f, &hello);
    if (submit->count > 1)
        records[count++] = receipts;
    struct carried answer = answer_of(f, records, count);
    carried_write(&answer, path);
}

static bool import(struct fixture *f, const char *path)
{
    f->err = (struct error){ 0 };
    return courier_import(f->office->agent, path, NULL, &f->imported, &f->err);
}

static uint64_t receipted(struct fixture *f)
{
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(f->office->agent->store.database);
    return receipts_last(&f->office->agent->store, txn);
}

static void until_the_province_has_answered_a_device_asks_to_be_let_in(void **state)
{
    struct fixture *f = *state;
    enum bundle_kind kind;
    struct enrolment_request request;
    assert_true(courier_kind(f->office->agent, &kind, &f->err));
    assert_int_equal(kind, BUNDLE_ENROL);

    assert_true(courier_export(f->office->agent, kind, f->submit, NULL, &f->exported, &f->err));

    struct carried_content content = carried_read(f->submit, &f->office->province_keys, f->arena);
    assert_int_equal(content.header.kind, BUNDLE_ENROL);
    assert_int_equal(content.count, 1);
    assert_int_equal(content.records[0].kind, BUNDLE_RECORD_REQUEST);
    assert_true(enrolment_request_read(content.records[0].bytes, f->arena, &request, &f->err));
    assert_memory_equal(content.header.sender, request.keys.signing, KEY_SIZE);
}

static void a_bundle_carries_everything_that_has_no_receipt(void **state)
{
    struct fixture *f = *state;
    seal(f, 1);
    seal(f, 2);
    export(f);
    seal(f, 3);

    struct carried_content content = export(f);

    assert_int_equal(content.count, 4);
    assert_int_equal(content.header.first_sequence, 1);
    assert_int_equal(content.header.last_sequence, 3);
    assert_int_equal(hello_of(f, &content).hello.waiting, 3);
    for (size_t i = 1; i < content.count; i++) {
        struct sealed_statement sealed;
        struct statement statement;
        assert_true(sealed_statement_decode(content.records[i].bytes, &sealed, &f->err));
        assert_true(statement_decode(sealed.statement, f->arena, &statement, &f->err));
        assert_int_equal(statement.sequence, i);
    }
}

static void the_answer_settles_what_was_carried(void **state)
{
    struct fixture *f = *state;
    enum bundle_kind kind;
    seal(f, 1);
    seal(f, 2);
    struct carried_content submit = export(f);
    carry_to(f, &submit, f->answer);
    seal(f, 3);

    assert_true(import(f, f->answer));

    assert_int_equal(f->imported.accepted, 2);
    assert_int_equal(f->imported.waiting, 1);
    assert_int_equal(receipted(f), 2);
    assert_true(courier_kind(f->office->agent, &kind, &f->err));
    assert_int_equal(kind, BUNDLE_SUBMIT);
    struct carried_content next = export(f);
    assert_int_equal(next.header.first_sequence, 3);
    assert_int_equal(next.count, 2);
}

static void the_same_answer_twice_changes_nothing(void **state)
{
    struct fixture *f = *state;
    seal(f, 1);
    struct carried_content submit = export(f);
    carry_to(f, &submit, f->answer);
    assert_true(import(f, f->answer));

    assert_true(import(f, f->answer));

    assert_int_equal(f->imported.receipts, 1);
    assert_int_equal(f->imported.accepted, 0);
    assert_int_equal(receipted(f), 1);
}

/* The older answer proves nothing about what was seen since; its receipts are good all the same. */
static void answers_may_come_in_any_order(void **state)
{
    struct fixture *f = *state;
    seal(f, 1);
    struct carried_content first = export(f);
    carry_to(f, &first, f->answer);
    seal(f, 2);
    struct carried_content second = export(f);
    carry_to(f, &second, f->other);

    assert_true(import(f, f->other));
    assert_false(f->imported.stale);
    assert_int_equal(f->imported.accepted, 2);
    assert_true(import(f, f->answer));
    assert_true(f->imported.stale);

    assert_int_equal(receipted(f), 2);
    seal(f, 3);
    struct carried_content third = export(f);
    carry_to(f, &third, f->answer);
    assert_true(import(f, f->answer));
    assert_false(f->imported.stale);
    assert_int_equal(receipted(f), 3);
}

static void assert_untouched(struct fixture *f, enum bundle_refusal why)
{
    struct bytes checkpoint;
    assert_false(import(f, f->answer));
    assert_int_equal(f->imported.why, why);
    assert_int_equal(receipted(f), 0);
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(f->office->agent->store.database);
    assert_false(settings_get(&f->office->agent->store, txn, SETTING_CHECKPOINT, &checkpoint));
}

static void a_damaged_answer_is_refused_and_nothing_is_taken(void **state)
{
    struct fixture *f = *state;
    seal(f, 1);
    struct carried_content submit = export(f);
    carry_to(f, &submit, f->answer);
    carried_flip(f->answer, 500);
    assert_untouched(f, BUNDLE_ALTERED);
    carried_flip(f->answer, 500);
    carried_cut(f->answer, 600);
    assert_untouched(f, BUNDLE_TRUNCATED);
    assert_int_equal(remove(f->answer), 0);
    assert_untouched(f, BUNDLE_UNREADABLE);
}

static void an_answer_to_somebody_else_is_refused_and_nothing_is_taken(void **state)
{
    struct fixture *f = *state;
    seal(f, 1);
    struct carried_content submit = export(f);
    struct bundle_record records[2] = { submit.records[0] };
    struct message hello = hello_of(f, &submit);
    records[1] = ask(f, &hello);
    struct key_pair stranger = key_pair_create(&f->office->random.random);
    const struct carried ours = answer_of(f, records, 2);
    struct carried other = ours;

    other.sender = &stranger;
    carried_write(&other, f->answer);
    assert_untouched(f, BUNDLE_OTHER_SENDER);

    other = ours;
    strcpy(other.stream.zone.text, "22103001");
    carried_write(&other, f->answer);
    assert_untouched(f, BUNDLE_OTHER_ZONE);

    other = ours;
    other.stream.device.bytes[0] ^= 1;
    carried_write(&other, f->answer);
    assert_untouched(f, BUNDLE_OTHER_DEVICE);

    other = ours;
    other.province = "hebei";
    carried_write(&other, f->answer);
    assert_untouched(f, BUNDLE_OTHER_PROVINCE);

    other = ours;
    other.recipient = &stranger.public;
    carried_write(&other, f->answer);
    assert_untouched(f, BUNDLE_OTHER_PROVINCE);

    other = ours;
    other.kind = BUNDLE_SUBMIT;
    carried_write(&other, f->answer);
    assert_untouched(f, BUNDLE_OTHER_KIND);
}

static void a_receipt_that_does_not_hold_is_refused(void **state)
{
    struct fixture *f = *state;
    seal(f, 1);
    seal(f, 2);
    struct carried_content submit = export(f);
    f->province->forge_signature = true;
    carry_to(f, &submit, f->answer);

    assert_false(import(f, f->answer));

    assert_int_equal(f->err.kind, ERROR_REFUSED);
    assert_int_equal(receipted(f), 0);
}

static void a_journal_that_was_rewritten_is_refused(void **state)
{
    struct fixture *f = *state;
    seal(f, 1);
    struct carried_content submit = export(f);
    carry_to(f, &submit, f->answer);
    assert_true(import(f, f->answer));
    seal(f, 2);
    submit = export(f);
    f->province->rewrite = true;
    carry_to(f, &submit, f->answer);

    assert_false(import(f, f->answer));

    assert_int_equal(f->err.kind, ERROR_REFUSED);
    assert_int_equal(receipted(f), 1);
}

/* Receipts alone, without what the province says of itself. */
static void write_receipts(struct fixture *f, const struct carried_content *submit, size_t from)
{
    struct bundle_record records[2] = { submit->records[0] };
    struct message statements = { .kind = MESSAGE_SUBMIT };
    struct sealed_statement *sealed = arena_take(f->arena, submit->count, sizeof *sealed);
    for (size_t i = from; i < submit->count; i++)
        assert_true(sealed_statement_decode(submit->records[i].bytes, &sealed[i - from], &f->err));
    statements.statements = sealed;
    statements.statement_count = submit->count - from;
    records[1] = ask(f, &statements);
    struct carried answer = answer_of(f, records, 2);
    carried_write(&answer, f->answer);
}

static void receipts_behind_a_gap_are_refused(void **state)
{
    struct fixture *f = *state;
    seal(f, 1);
    seal(f, 2);
    struct carried_content submit = export(f);
    write_receipts(f, &submit, 1);
    write_receipts(f, &submit, 2);

    assert_false(import(f, f->answer));

    assert_int_equal(f->err.kind, ERROR_REFUSED);
    assert_int_equal(receipted(f), 0);
}

static void what_the_province_declines_is_told(void **state)
{
    struct fixture *f = *state;
    seal(f, 1);
    struct carried_content submit = export(f);
    struct message refusal = { .kind = MESSAGE_REFUSAL, .refusal = REFUSAL_REVOKED };
    struct bundle_record records[2] = { submit.records[0], carried_message(&refusal, f->arena) };
    struct carried answer = answer_of(f, records, 2);
    carried_write(&answer, f->answer);

    assert_true(import(f, f->answer));

    assert_int_equal(f->imported.refusal, REFUSAL_REVOKED);
    assert_int_equal(f->imported.waiting, 1);
}

static void what_the_province_decided_comes_with_its_answer(void **state)
{
    struct fixture *f = *state;
    seal(f, 1);
    struct carried_content submit = export(f);
    carry_to(f, &submit, f->answer);
    assert_true(import(f, f->answer));
    little_province_decide(f->province, DECISION_SEND_BACK, 1, "a figure of last year");
    submit = export(f);
    struct message hello = hello_of(f, &submit);
    struct message question = { .kind = MESSAGE_ASK_NOTICES,
                                .ask_notices = { f->office->agent->device.stream.device, 0 } };
    struct bundle_record records[3] = { submit.records[0] };
    records[1] = ask(f, &hello);
    records[2] = ask(f, &question);
    struct carried answer = answer_of(f, records, 3);
    carried_write(&answer, f->answer);

    assert_true(import(f, f->answer));
    assert_int_equal(f->imported.notices.sent_back, 1);
    assert_true(import(f, f->answer));
    assert_int_equal(f->imported.notices.sent_back, 0);
}

/* The province seals its answer to the keys that are in force there by then. */
static void a_change_of_keys_goes_by_stick_too(void **state)
{
    struct fixture *f = *state;
    struct rotation_result rotation;
    struct key_pair next;
    bool found;
    assert_true(rotation_begin(f->office->agent, &rotation, &f->err));
    assert_true(rotation_next_pair(f->office->agent, &next, &found, &f->err));
    assert_true(found);
    struct carried_content submit = export(f);
    write_receipts(f, &submit, 1);
    struct carried_content content = carried_read(f->answer, &f->office->agent->pair, f->arena);
    struct carried answer = answer_of(f, content.records, content.count);
    answer.recipient = &next.public;
    carried_write(&answer, f->answer);

    assert_true(import(f, f->answer));

    assert_int_equal(f->imported.accepted, 1);
    assert_memory_equal(f->office->agent->pair.public.curve, next.public.curve, KEY_SIZE);
    assert_int_equal(export(f).count, 1);
}

/* The part that we understand is not taken either. */
static void an_answer_with_something_unknown_in_it_is_refused_whole(void **state)
{
    struct fixture *f = *state;
    seal(f, 1);
    struct carried_content submit = export(f);
    carry_to(f, &submit, f->answer);
    struct carried_content content = carried_read(f->answer, &f->office->agent->pair, f->arena);
    struct bundle_record records[4];
    assert_int_equal(content.count, 3);
    memcpy(records, content.records, 3 * sizeof *records);
    records[3] = (struct bundle_record){ BUNDLE_RECORD_MESSAGE, { "what is this", 12 } };
    struct carried answer = answer_of(f, records, 4);
    carried_write(&answer, f->answer);

    assert_untouched(f, BUNDLE_GOOD);
    assert_int_equal(f->err.kind, ERROR_MALFORMED);

    answer.count = 3;
    carried_write(&answer, f->answer);
    assert_true(import(f, f->answer));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(until_the_province_has_answered_a_device_asks_to_be_let_in),
        TEST(a_bundle_carries_everything_that_has_no_receipt),
        TEST(the_answer_settles_what_was_carried),
        TEST(the_same_answer_twice_changes_nothing),
        TEST(answers_may_come_in_any_order),
        TEST(a_damaged_answer_is_refused_and_nothing_is_taken),
        TEST(an_answer_to_somebody_else_is_refused_and_nothing_is_taken),
        TEST(a_receipt_that_does_not_hold_is_refused),
        TEST(a_journal_that_was_rewritten_is_refused),
        TEST(receipts_behind_a_gap_are_refused),
        TEST(what_the_province_declines_is_told),
        TEST(what_the_province_decided_comes_with_its_answer),
        TEST(a_change_of_keys_goes_by_stick_too),
        TEST(an_answer_with_something_unknown_in_it_is_refused_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
