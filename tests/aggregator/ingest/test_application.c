#include "tests/support/test.h"

#include <string.h>

#include "aggregator/invitations.h"
#include "aggregator/requests.h"
#include "common/storage/transaction.h"
#include "common/wire/card.h"
#include "common/wire/invitation.h"
#include "tests/aggregator/front_door.h"

/* Somebody who has a code and nothing else. */
static struct speaker a_guest(struct front_door *door, const char *zone)
{
    struct workbench *bench = door->bench;
    struct speaker guest = { .connection = 7 };
    struct invitation invitation = { .until_utc_ms = bench->clock.utc_ms + INVITATION_VALID_MS };
    char code[INVITATION_TEXT_SIZE];
    assert_true(zone_id_parse(zone, &invitation.zone));
    invitation_draw(&bench->random.random, code);
    guest.pair = invitation_pair(code, "jilin", &invitation.zone);
    memcpy(invitation.curve_key, guest.pair.public.curve, KEY_SIZE);
    assert_true(ledger_begin(bench->province->ledger, bench->clock.utc_ms, &bench->err));
    assert_true(invitations_add(ledger_transaction(bench->province->ledger),
                                database_table(bench->province->database, INVITATIONS_TABLE),
                                &invitation, bench->clock.utc_ms, &bench->err));
    assert_true(ledger_commit(bench->province->ledger, &bench->err));
    assert_true(gate_refresh(door->gate, &bench->err));
    return guest;
}

static struct bytes a_request(struct front_door *door, unsigned char device, const char *zone)
{
    struct workbench *bench = door->bench;
    struct key_pair pair = key_pair_create(&bench->random.random);
    struct enrolment_request request = {
        .device = { { device } }, .keys = pair.public, .label = "front desk", .utc_ms = 1
    };
    assert_true(zone_id_parse(zone, &request.zone));
    return enrolment_request_write(&request, &pair, bench->arena);
}

static const struct message *apply(struct front_door *door, struct speaker *speaker,
                                   struct bytes request)
{
    struct message message = { .kind = MESSAGE_APPLICATION, .application = request };
    put(door, speaker, &message);
    return turn(door);
}

static size_t requests_there(struct front_door *door)
{
    struct workbench *bench = door->bench;
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(bench->province->database);
    const struct enrolment_request *items;
    size_t count;
    assert_true(requests_list(txn, database_table(bench->province->database, REQUESTS_TABLE),
                              bench->arena, &items, &count, &bench->err));
    return count;
}

static void a_code_hands_one_request_in(void **state)
{
    struct front_door *door = *state;
    struct speaker guest = a_guest(door, WORKBENCH_ZONE);
    struct bytes request = a_request(door, 9, WORKBENCH_ZONE);
    struct digest digest = digest_sha256((struct bytes){ "", 0 }, request);
    assert_true(is_let_in(door, &guest));

    const struct message *answer = apply(door, &guest, request);

    assert_int_equal(answer->kind, MESSAGE_APPLICATION_TAKEN);
    assert_true(digest_equal(&answer->application_taken, &digest));
    assert_int_equal(requests_there(door), 1);
}

static void the_same_request_is_taken_again_and_another_is_not(void **state)
{
    struct front_door *door = *state;
    struct speaker guest = a_guest(door, WORKBENCH_ZONE);
    struct bytes request = a_request(door, 9, WORKBENCH_ZONE);
    assert_int_equal(apply(door, &guest, request)->kind, MESSAGE_APPLICATION_TAKEN);
    front_door_restart(door);

    assert_int_equal(apply(door, &guest, request)->kind, MESSAGE_APPLICATION_TAKEN);
    assert_refused(apply(door, &guest, a_request(door, 10, WORKBENCH_ZONE)), REFUSAL_CODE);

    assert_int_equal(requests_there(door), 1);
}

static void a_used_code_is_shut_out_after_an_hour_and_an_unused_one_after_a_week(void **state)
{
    struct front_door *door = *state;
    struct speaker used = a_guest(door, WORKBENCH_ZONE), unused = a_guest(door, WORKBENCH_ZONE);
    (void)apply(door, &used, a_request(door, 9, WORKBENCH_ZONE));
    door->bench->clock.utc_ms += INVITATION_REPEAT_MS;
    assert_true(gate_refresh(door->gate, &door->bench->err));
    assert_false(is_let_in(door, &used));
    assert_true(is_let_in(door, &unused));

    door->bench->clock.utc_ms += INVITATION_VALID_MS;
    assert_true(gate_refresh(door->gate, &door->bench->err));

    assert_false(is_let_in(door, &unused));
    front_door_restart(door);
    assert_false(is_let_in(door, &unused) || is_let_in(door, &used));
}

/* Even on an open connection, before the door was looked at again. */
static void a_code_that_ran_out_hands_nothing_in(void **state)
{
    struct front_door *door = *state;
    struct speaker guest = a_guest(door, WORKBENCH_ZONE);
    door->bench->clock.utc_ms += INVITATION_VALID_MS;

    assert_refused(apply(door, &guest, a_request(door, 9, WORKBENCH_ZONE)), REFUSAL_CODE);

    assert_int_equal(requests_there(door), 0);
}

static void a_code_is_for_its_own_zone(void **state)
{
    struct front_door *door = *state;
    struct speaker guest = a_guest(door, WORKBENCH_ZONE);

    assert_refused(apply(door, &guest, a_request(door, 9, "22103001")), REFUSAL_WRONG_ZONE);

    assert_int_equal(requests_there(door), 0);
}

static void with_a_code_nothing_else_can_be_said(void **state)
{
    struct front_door *door = *state;
    struct speaker guest = a_guest(door, WORKBENCH_ZONE);
    struct sealed_statement note = workbench_seal_note(door->bench, "carried by somebody else");
    uint64_t size = ledger_size(door->bench->province->ledger);
    guest.stream = door->bench->stream;

    assert_refused(submit(door, &guest, &note), REFUSAL_UNKNOWN_DEVICE);
    assert_refused(say_hello(door, &guest, NO_CHALLENGE), REFUSAL_UNKNOWN_DEVICE);

    assert_int_equal(ledger_size(door->bench->province->ledger), size);
}

static void an_enrolled_device_hands_no_request_in(void **state)
{
    struct front_door *door = *state;
    struct speaker device = the_device(door);

    assert_refused(apply(door, &device, a_request(door, 9, WORKBENCH_ZONE)), REFUSAL_CODE);

    assert_int_equal(requests_there(door), 0);
}

static void an_altered_request_is_refused_and_leaves_the_code_good(void **state)
{
    struct front_door *door = *state;
    struct speaker guest = a_guest(door, WORKBENCH_ZONE);
    struct bytes request = a_request(door, 9, WORKBENCH_ZONE);
    struct bytes altered = arena_copy_bytes(door->bench->arena, request);
    char *label = strstr((char *)altered.data, "front desk");
    *label = 'F';

    assert_refused(apply(door, &guest, altered), REFUSAL_MALFORMED);

    assert_int_equal(apply(door, &guest, request)->kind, MESSAGE_APPLICATION_TAKEN);
}

static void codes_that_are_over_are_forgotten_when_the_next_is_given_out(void **state)
{
    struct front_door *door = *state;
    (void)a_guest(door, WORKBENCH_ZONE);
    door->bench->clock.utc_ms += INVITATION_VALID_MS;
    (void)a_guest(door, WORKBENCH_ZONE);
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(door->bench->province->database);

    assert_int_equal(
        transaction_count(txn, database_table(door->bench->province->database, INVITATIONS_TABLE)),
        1);
}

int main(void)
{
#define A_TEST(name) cmocka_unit_test_setup_teardown(name, front_door_set_up, front_door_tear_down)
    const struct CMUnitTest tests[] = {
        A_TEST(a_code_hands_one_request_in),
        A_TEST(the_same_request_is_taken_again_and_another_is_not),
        A_TEST(a_used_code_is_shut_out_after_an_hour_and_an_unused_one_after_a_week),
        A_TEST(a_code_that_ran_out_hands_nothing_in),
        A_TEST(a_code_is_for_its_own_zone),
        A_TEST(with_a_code_nothing_else_can_be_said),
        A_TEST(an_enrolled_device_hands_no_request_in),
        A_TEST(an_altered_request_is_refused_and_leaves_the_code_good),
        A_TEST(codes_that_are_over_are_forgotten_when_the_next_is_given_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
