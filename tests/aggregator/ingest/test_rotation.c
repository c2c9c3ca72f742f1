#include "tests/support/test.h"

#include <string.h>

#include "aggregator/devices.h"
#include "aggregator/doctor.h"
#include "common/wire/rotation.h"
#include "tests/aggregator/front_door.h"

#define TWENTY_YEARS_MS (INT64_C(20) * 365 * 24 * 60 * 60 * 1000) /* as a wrong clock says */

/* A change of keys as an agent seals it; the workbench's device has the new ones from then on. */
static struct sealed_statement seal_rotation(struct front_door *door, struct speaker *next)
{
    struct workbench *bench = door->bench;
    struct statement statement = { .stream = bench->stream,
                                   .sequence = bench->head.sequence + 1,
                                   .previous = bench->head.hash };
    *next = the_device(door);
    next->pair = key_pair_create(&bench->random.random);
    rotation_sign(&statement, &next->pair);
    struct sealed_statement sealed = workbench_seal(bench, statement);
    bench->head = (struct stream_head){ statement.sequence, sealed_statement_hash(&sealed) };
    bench->pair = next->pair;
    return sealed;
}

static struct speaker rotate(struct front_door *door, struct speaker *device)
{
    struct speaker next;
    struct sealed_statement sealed = seal_rotation(door, &next);
    assert_int_equal(submit(door, device, &sealed)->kind, MESSAGE_RECEIPTS);
    next.token = device->token;
    return next;
}

static void tell(enum audit_weight weight, const char *text, void *owner)
{
    (void)weight;
    (void)owner;
    print_message("doctor: %s\n", text);
}

static uint64_t problems_of(struct front_door *door)
{
    struct doctor_report report;
    assert_true(doctor_examine(door->bench->province, tell, NULL, &report, &door->bench->err));
    return report.problems;
}

static void assert_healthy(struct front_door *door)
{
    assert_int_equal(problems_of(door), 0);
}

static void the_old_connection_key_is_good_until_the_new_one_was_heard(void **state)
{
    struct front_door *door = *state;
    struct speaker device = the_device(door);
    meet(door, &device);

    struct speaker next = rotate(door, &device);

    assert_true(is_let_in(door, &device) && is_let_in(door, &next));
    meet(door, &device); /* the receipt was lost: it asks again with what it has */
    assert_true(is_let_in(door, &device));
    next.token = device.token;
    meet(door, &next);
    assert_false(is_let_in(door, &device));
    assert_true(is_let_in(door, &next));
}

static void however_long_a_receipt_takes_the_old_connection_key_still_fetches_it(void **state)
{
    struct front_door *door = *state;
    struct speaker device = the_device(door);
    struct speaker next = rotate(door, &device);
    door->bench->clock.utc_ms += TWENTY_YEARS_MS;

    assert_true(gate_refresh(door->gate, &door->bench->err));

    assert_true(is_let_in(door, &device));
    assert_true(is_let_in(door, &next));
    meet(door, &device);
}

static void who_still_has_the_old_connection_key_is_told_what_was_decided(void **state)
{
    struct front_door *door = *state;
    struct speaker device = the_device(door);
    struct message question = { .kind = MESSAGE_ASK_NOTICES,
                                .ask_notices = { device.stream.device, 0 } };
    (void)rotate(door, &device);

    put(door, &device, &question);

    assert_int_equal(turn(door)->kind, MESSAGE_NOTICES);
}

static void a_statement_under_the_new_keys_closes_the_old_for_good(void **state)
{
    struct front_door *door = *state;
    struct speaker device = the_device(door);
    struct speaker next = rotate(door, &device);
    front_door_restart(door);
    assert_true(is_let_in(door, &device));
    struct sealed_statement note = workbench_seal_note(door->bench, "under the new key");

    assert_int_equal(submit(door, &next, &note)->kind, MESSAGE_RECEIPTS);

    assert_false(is_let_in(door, &device));
    front_door_restart(door);
    assert_false(is_let_in(door, &device));
    assert_true(is_let_in(door, &next));
    assert_healthy(door);
}

static void each_statement_is_verified_with_the_key_of_its_place(void **state)
{
    struct front_door *door = *state;
    struct key_pair first = door->bench->pair;
    struct speaker device = the_device(door);
    struct sealed_statement note = workbench_seal_note(door->bench, "before");
    assert_int_equal(submit(door, &device, &note)->kind, MESSAGE_RECEIPTS);
    struct speaker next = rotate(door, &device);

    assert_int_equal(submit(door, &next, &note)->kind, MESSAGE_RECEIPTS);
    struct key_pair second = door->bench->pair;
    struct stream_head head = door->bench->head;
    door->bench->pair = first;
    note = workbench_seal_note(door->bench, "with the old key, behind the change");
    assert_refused(submit(door, &next, &note), REFUSAL_SIGNATURE);
    door->bench->pair = second;
    door->bench->head = head;
    note = workbench_seal_note(door->bench, "with the new one");
    assert_int_equal(submit(door, &next, &note)->kind, MESSAGE_RECEIPTS);
    rotate(door, &next);
    assert_healthy(door);
}

static void a_change_that_the_new_key_did_not_sign_is_refused(void **state)
{
    struct front_door *door = *state;
    struct workbench *bench = door->bench;
    struct speaker device = the_device(door);
    struct key_pair theirs = key_pair_create(&bench->random.random), ours = bench->pair;
    struct statement statement = { .stream = bench->stream, .sequence = 1 };
    rotation_sign(&statement, &ours);
    memcpy(statement.rotation.signing_key, theirs.public.signing, KEY_SIZE);
    struct sealed_statement sealed = workbench_seal(bench, statement);
    uint64_t size = ledger_size(bench->province->ledger);

    assert_refused(submit(door, &device, &sealed), REFUSAL_ROTATION);

    assert_int_equal(ledger_size(bench->province->ledger), size);
    assert_true(is_let_in(door, &device));
}

/* Somebody wrote it past the gate. */
static void doctor_names_a_change_that_the_new_key_did_not_sign(void **state)
{
    struct front_door *door = *state;
    struct workbench *bench = door->bench;
    struct speaker next;
    struct key_pair old = bench->pair;
    struct sealed_statement sealed = seal_rotation(door, &next);
    struct journal_record record = {
        .entry = { .kind = ENTRY_ARRIVAL,
                   .arrival = { .stream = bench->stream,
                                .sequence = 1,
                                .verdict = VERDICT_ACCEPTED } },
    };
    assert_true(statement_decode(sealed.statement, bench->arena, &record.statement, &bench->err));
    record.statement.rotation.signature[0] ^= 1;
    record.sealed.statement = statement_encode(&record.statement, bench->arena);
    sign_bytes(SIGN_STATEMENT, record.sealed.statement, &old, record.sealed.signature);
    record.entry.arrival.statement_hash = sealed_statement_hash(&record.sealed);
    assert_true(ledger_begin(bench->province->ledger, bench->clock.utc_ms, &bench->err));
    assert_true(ledger_take(bench->province->ledger, &record) > 0);
    assert_true(ledger_commit(bench->province->ledger, &bench->err));

    assert_int_equal(problems_of(door), 1);
}

/* A run in one message: the statement behind the change would vouch for it under the old key, and
 * then not go in. */
static void nobody_vouches_for_a_change_whose_own_signature_does_not_hold(void **state)
{
    struct front_door *door = *state;
    struct workbench *bench = door->bench;
    struct key_pair old = bench->pair;
    struct speaker device = the_device(door), next;
    struct sealed_statement run[2];
    run[0] = seal_rotation(door, &next);
    run[0].signature[5] ^= 1;
    bench->head.hash = sealed_statement_hash(&run[0]);
    bench->pair = old;
    run[1] = workbench_seal_note(bench, "under the old key");
    uint64_t size = ledger_size(bench->province->ledger);
    struct message message = { .kind = MESSAGE_SUBMIT, .statements = run, .statement_count = 2 };
    put(door, &device, &message);

    assert_refused(turn(door), REFUSAL_SIGNATURE);

    assert_int_equal(ledger_size(bench->province->ledger), size);
}

/* Else shutting out the one would shut out the other. */
static void the_connection_key_of_another_device_is_refused(void **state)
{
    struct front_door *door = *state;
    struct workbench *bench = door->bench;
    struct speaker device = the_device(door), neighbour = device;
    neighbour.pair = key_pair_create(&bench->random.random);
    neighbour.stream.device = (struct device_id){ { 9 } };
    decide(door, an_enrolment(&neighbour, 1));
    struct statement statement = { .stream = bench->stream, .sequence = 1 };
    rotation_sign(&statement, &neighbour.pair);
    struct sealed_statement sealed = workbench_seal(bench, statement);

    assert_refused(submit(door, &device, &sealed), REFUSAL_ROTATION);

    workbench_revoke(bench);
    assert_true(gate_refresh(door->gate, &bench->err));
    assert_true(is_let_in(door, &neighbour));
}

int main(void)
{
#define A_TEST(name) cmocka_unit_test_setup_teardown(name, front_door_set_up, front_door_tear_down)
    const struct CMUnitTest tests[] = {
        A_TEST(the_old_connection_key_is_good_until_the_new_one_was_heard),
        A_TEST(however_long_a_receipt_takes_the_old_connection_key_still_fetches_it),
        A_TEST(who_still_has_the_old_connection_key_is_told_what_was_decided),
        A_TEST(a_statement_under_the_new_keys_closes_the_old_for_good),
        A_TEST(each_statement_is_verified_with_the_key_of_its_place),
        A_TEST(a_change_that_the_new_key_did_not_sign_is_refused),
        A_TEST(doctor_names_a_change_that_the_new_key_did_not_sign),
        A_TEST(nobody_vouches_for_a_change_whose_own_signature_does_not_hold),
        A_TEST(the_connection_key_of_another_device_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
