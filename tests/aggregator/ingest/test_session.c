#include "tests/support/test.h"

#include <string.h>

#include "aggregator/devices.h"
#include "common/storage/transaction.h"
#include "tests/aggregator/front_door.h"

#define DAY_MS INT64_C(86400000)

static enum device_standing standing(struct front_door *door)
{
    return device_standing(
        devices_find(ledger_devices(door->bench->province->ledger), &door->bench->stream.device),
        door->bench->clock.utc_ms);
}

static void the_token_is_on_disk_before_it_is_handed_out(void **state)
{
    struct front_door *door = *state;
    struct speaker device = the_device(door);

    meet(door, &device);
    front_door_restart(door);
    meet(door, &device);
    front_door_restart(door);
    meet(door, &device);

    assert_int_equal(token_number(&device.token), 3);
}

static void a_copy_and_the_original_are_both_cut_off_at_once(void **state)
{
    struct front_door *door = *state;
    struct speaker device = the_device(door);
    meet(door, &device);
    struct speaker copy = a_copy(door, &device);
    meet(door, &device);
    uint64_t size = ledger_size(door->bench->province->ledger);

    struct message question = *say_hello(door, &copy, NO_CHALLENGE);
    assert_int_equal(question.kind, MESSAGE_CHALLENGE);
    assert_int_equal(standing(door), DEVICE_ADMITTED);
    assert_refused(say_hello(door, &copy, question.challenge), REFUSAL_SUSPENDED);

    assert_false(is_let_in(door, &device));
    assert_int_equal(ledger_size(door->bench->province->ledger), size + 1);
    assert_refused(say_hello(door, &device, NO_CHALLENGE), REFUSAL_SUSPENDED);
    front_door_restart(door);
    assert_int_equal(standing(door), DEVICE_SUSPENDED);
    assert_false(is_let_in(door, &device));
}

static void what_a_suspended_device_had_sent_stays_and_is_receipted_in_its_next_epoch(void **state)
{
    struct front_door *door = *state;
    struct speaker device = the_device(door);
    struct sealed_statement sealed = workbench_seal_note(door->bench, "valid");
    assert_int_equal(submit(door, &device, &sealed)->kind, MESSAGE_RECEIPTS);
    decide(door, (struct entry){ .kind = ENTRY_SUSPENSION,
                                 .suspension = { device.stream, SUSPENSION_TWO_HOLDERS } });
    assert_refused(submit(door, &device, &sealed), REFUSAL_SUSPENDED);
    struct speaker renewed = device;
    renewed.pair = key_pair_create(&door->bench->random.random);
    decide(door, an_enrolment(&renewed, 2));

    assert_int_equal(submit(door, &renewed, &sealed)->kind, MESSAGE_RECEIPTS);

    sealed = workbench_seal_note(door->bench, "too late");
    assert_refused(submit(door, &renewed, &sealed), REFUSAL_FENCED);
    assert_refused(say_hello(door, &renewed, NO_CHALLENGE), REFUSAL_FENCED);
    renewed.stream.epoch = 2;
    meet(door, &renewed);
}

/* Late, repeated and re-ordered messages cannot answer; a holder can, once, on its own line. */
static void old_messages_alone_suspend_nobody(void **state)
{
    struct front_door *door = *state;
    struct speaker device = the_device(door), late = device;
    meet(door, &device);
    meet(door, &device);
    meet(door, &device);

    struct message question = *say_hello(door, &late, NO_CHALLENGE);
    assert_int_equal(question.kind, MESSAGE_CHALLENGE);
    assert_int_equal(say_hello(door, &late, NO_CHALLENGE)->kind, MESSAGE_CHALLENGE);
    assert_int_equal(say_hello(door, &late, question.challenge)->kind, MESSAGE_CHALLENGE);
    late.connection = 9;
    assert_int_equal(say_hello(door, &late, door->answer.challenge)->kind, MESSAGE_CHALLENGE);
    question = door->answer;
    front_door_restart(door);
    assert_int_equal(say_hello(door, &late, question.challenge)->kind, MESSAGE_CHALLENGE);

    assert_int_equal(standing(door), DEVICE_ADMITTED);
    meet(door, &device);
}

static void nobody_says_hello_for_another_device(void **state)
{
    struct front_door *door = *state;
    struct speaker device = the_device(door);
    struct speaker neighbour = a_copy(door, &device);
    neighbour.pair = key_pair_create(&door->bench->random.random);
    neighbour.stream.device = (struct device_id){ { 9 } };
    decide(door, an_enrolment(&neighbour, 1));
    struct speaker forger = neighbour;
    forger.stream = device.stream;
    meet(door, &device);

    assert_refused(say_hello(door, &forger, NO_CHALLENGE), REFUSAL_UNKNOWN_DEVICE);

    meet(door, &device);
    meet(door, &neighbour);
}

static void an_enrolment_that_runs_out_closes_an_open_connection(void **state)
{
    struct front_door *door = *state;
    struct speaker device = the_device(door);
    struct entry entry = an_enrolment(&device, 2);
    entry.enrolment.valid_until_utc_ms = door->bench->clock.utc_ms + DAY_MS;
    decide(door, entry);
    device.stream.epoch = 2;
    meet(door, &device);
    door->bench->clock.utc_ms += DAY_MS;

    assert_refused(say_hello(door, &device, NO_CHALLENGE), REFUSAL_EXPIRED);
    assert_false(is_let_in(door, &device));
    front_door_restart(door);
    assert_false(is_let_in(door, &device));
}

static void a_revocation_by_another_process_closes_an_open_connection(void **state)
{
    struct front_door *door = *state;
    struct speaker device = the_device(door);
    meet(door, &device);
    assert_true(is_let_in(door, &device));
    workbench_revoke(door->bench);

    assert_true(gate_refresh(door->gate, &door->bench->err));

    assert_false(is_let_in(door, &device));
    assert_refused(say_hello(door, &device, NO_CHALLENGE), REFUSAL_REVOKED);
    front_door_restart(door);
    assert_false(is_let_in(door, &device));
}

#define ZOO 12
#define DECISIONS 400

/* What the journal alone says: read entry after entry, by rules written down a second time. */
struct retelling {
    struct {
        uint32_t epoch;
        bool shut;
        int64_t until_utc_ms;
        unsigned char key[KEY_SIZE];
    } devices[ZOO];
};

static bool retell(const struct journal_record *record, void *owner)
{
    struct retelling *retelling = owner;
    const struct entry *entry = &record->entry;
    const struct enrolment *enrolment = &entry->enrolment;
    unsigned char number = entry->kind == ENTRY_ENROLMENT    ? enrolment->device.bytes[15]
                           : entry->kind == ENTRY_REVOCATION ? entry->revocation.device.bytes[15]
                           : entry->kind == ENTRY_SUSPENSION
                               ? entry->suspension.stream.device.bytes[15]
                               : 0;
    if (number == 0)
        return true;
    if (entry->kind == ENTRY_ENROLMENT) {
        retelling->devices[number - 1].epoch = enrolment->epoch;
        retelling->devices[number - 1].until_utc_ms = enrolment->valid_until_utc_ms;
        memcpy(retelling->devices[number - 1].key, enrolment->keys.curve, KEY_SIZE);
        retelling->devices[number - 1].shut = false;
    } else if (entry->kind == ENTRY_REVOCATION ||
               entry->suspension.stream.epoch == retelling->devices[number - 1].epoch) {
        retelling->devices[number - 1].shut = retelling->devices[number - 1].epoch > 0;
    }
    return true;
}

static void assert_the_doors_are_as_the_journal_tells(struct front_door *door)
{
    struct retelling retelling = { 0 };
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(door->bench->province->database);
    assert_true(journal_each(ledger_journal(door->bench->province->ledger), txn, 0, arena, retell,
                             &retelling, &door->bench->err));
    size_t expected = is_let_in(door, &(struct speaker){ .pair = door->bench->pair });
    for (size_t i = 0; i < ZOO; i++) {
        int64_t until = retelling.devices[i].until_utc_ms;
        bool open = retelling.devices[i].epoch > 0 && !retelling.devices[i].shut &&
                    (until == 0 || door->bench->clock.utc_ms < until);
        bool found = front_door_admits(door, retelling.devices[i].key);
        assert_int_equal(found, open);
        expected += open;
    }
    assert_int_equal(door->let_in_count, expected);
}

static struct entry a_decision(struct front_door *door, struct retelling *known)
{
    struct random *random = &door->bench->random.random;
    unsigned char number = (unsigned char)(1 + random_below(random, ZOO));
    struct speaker speaker = { .pair = key_pair_create(random),
                               .stream = { { WORKBENCH_ZONE }, { { 0 } }, 1 } };
    speaker.stream.device.bytes[15] = number;
    uint32_t *epoch = &known->devices[number - 1].epoch;
    struct entry entry = { .kind = ENTRY_REVOCATION,
                           .revocation = { speaker.stream.zone, speaker.stream.device, "lost" } };
    uint64_t dice = random_below(random, 10);
    if (dice < 5 || *epoch == 0) {
        entry = an_enrolment(&speaker, ++*epoch);
        if (dice < 2)
            entry.enrolment.valid_until_utc_ms =
                door->bench->clock.utc_ms + (int64_t)random_below(random, 20) * DAY_MS + 1;
    } else if (dice < 8) {
        speaker.stream.epoch = 1 + (uint32_t)random_below(random, *epoch);
        entry = (struct entry){ .kind = ENTRY_SUSPENSION,
                                .suspension = { speaker.stream, SUSPENSION_TWO_HOLDERS } };
    }
    return entry;
}

static void who_gets_in_is_a_projection_of_the_journal(void **state)
{
    struct front_door *door = *state;
    struct retelling known = { 0 };
    for (int i = 0; i < DECISIONS; i++) {
        decide(door, a_decision(door, &known));
        door->bench->clock.utc_ms += DAY_MS / 4;
        if (random_below(&door->bench->random.random, 20) == 0)
            front_door_restart(door);
        assert_true(gate_refresh(door->gate, &door->bench->err));

        assert_the_doors_are_as_the_journal_tells(door);
    }
    print_message("%d decisions about %d devices, the door compared after each\n", DECISIONS, ZOO);
}

int main(void)
{
#define A_TEST(name) cmocka_unit_test_setup_teardown(name, front_door_set_up, front_door_tear_down)
    const struct CMUnitTest tests[] = {
        A_TEST(the_token_is_on_disk_before_it_is_handed_out),
        A_TEST(a_copy_and_the_original_are_both_cut_off_at_once),
        A_TEST(what_a_suspended_device_had_sent_stays_and_is_receipted_in_its_next_epoch),
        A_TEST(old_messages_alone_suspend_nobody),
        A_TEST(nobody_says_hello_for_another_device),
        A_TEST(an_enrolment_that_runs_out_closes_an_open_connection),
        A_TEST(a_revocation_by_another_process_closes_an_open_connection),
        A_TEST(who_gets_in_is_a_projection_of_the_journal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
