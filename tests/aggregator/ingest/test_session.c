#include "tests/support/test.h"

#include <string.h>

#include "aggregator/devices.h"
#include "aggregator/ingest/gate.h"
#include "common/storage/transaction.h"
#include "common/wire/message.h"
#include "common/wire/token.h"
#include "tests/aggregator/workbench.h"

#define QUEUE 8
#define DAY_MS INT64_C(86400000)
#define LET_IN_MAX 64

/* Whoever speaks: a device's keys, its token and nonce, on a connection of its own. */
struct speaker {
    struct key_pair pair;
    struct stream_id stream;
    unsigned char connection;
    struct token token;
    unsigned char nonce[MESSAGE_NONCE_SIZE];
};

/* The gate of a province, and a test in the place of the network. */
struct door {
    struct workbench *bench;
    struct gate *gate;
    struct speaker *speaking[QUEUE];
    struct bytes incoming[QUEUE];
    size_t waiting, taken;
    struct message answer; /* the last */
    size_t answered;
    unsigned char let_in[LET_IN_MAX][KEY_SIZE]; /* what admit and dismiss amount to */
    size_t let_in_count;
};

static enum receive_outcome receive(void *owner, struct peer *out_peer, struct bytes *out_payload)
{
    struct door *door = owner;
    if (door->taken == door->waiting)
        return RECEIVE_NOTHING;
    const struct speaker *speaker = door->speaking[door->taken];
    *out_peer = (struct peer){ .routing = { speaker->connection }, .routing_size = 1 };
    memcpy(out_peer->curve_key, speaker->pair.public.curve, KEY_SIZE);
    *out_payload = door->incoming[door->taken++];
    return RECEIVE_MESSAGE;
}

static bool send(void *owner, const struct peer *peer, struct bytes payload)
{
    struct door *door = owner;
    (void)peer;
    door->answered++;
    assert_true(message_decode(arena_copy_bytes(door->bench->arena, payload), door->bench->arena,
                               &door->answer, &door->bench->err));
    return true;
}

static size_t place_of(const struct door *door, const unsigned char key[KEY_SIZE])
{
    size_t place = 0;
    while (place < door->let_in_count && memcmp(door->let_in[place], key, KEY_SIZE) != 0)
        place++;
    return place;
}

static bool is_let_in(const struct door *door, const struct speaker *speaker)
{
    return place_of(door, speaker->pair.public.curve) < door->let_in_count;
}

static void admit(void *owner, const unsigned char key[KEY_SIZE])
{
    struct door *door = owner;
    assert_int_equal(place_of(door, key), door->let_in_count);
    assert_true(door->let_in_count < LET_IN_MAX);
    memcpy(door->let_in[door->let_in_count++], key, KEY_SIZE);
}

static void dismiss(void *owner, const unsigned char key[KEY_SIZE])
{
    struct door *door = owner;
    size_t place = place_of(door, key);
    assert_true(place < door->let_in_count);
    memmove(door->let_in[place], door->let_in[place + 1],
            (--door->let_in_count - place) * KEY_SIZE);
}

static void open_gate(struct door *door)
{
    struct gate_link link = { door, receive, send, admit, dismiss };
    door->let_in_count = 0;
    door->gate = gate_create(door->bench->province, &link);
    assert_true(gate_refresh(door->gate, &door->bench->err));
}

static int set_up(void **state)
{
    struct door *door = test_calloc(1, sizeof *door);
    workbench_set_up((void **)&door->bench);
    open_gate(door);
    *state = door;
    return 0;
}

static int tear_down(void **state)
{
    struct door *door = *state;
    gate_destroy(&door->gate);
    workbench_tear_down((void **)&door->bench);
    test_free(door);
    return 0;
}

static void restart(struct door *door)
{
    gate_destroy(&door->gate);
    workbench_restart(door->bench);
    open_gate(door);
}

static void draw(struct door *door, struct speaker *speaker)
{
    struct random *random = &door->bench->random.random;
    random->fill(random, speaker->nonce, sizeof speaker->nonce);
}

static struct speaker the_device(struct door *door)
{
    struct speaker speaker = { .pair = door->bench->pair,
                               .stream = door->bench->stream,
                               .connection = 1 };
    draw(door, &speaker);
    return speaker;
}

/* From a backup or a copied disk: same keys and token, another line, a nonce of its own. */
static struct speaker a_copy(struct door *door, const struct speaker *speaker)
{
    struct speaker copy = *speaker;
    copy.connection++;
    draw(door, &copy);
    return copy;
}

static void put(struct door *door, struct speaker *speaker, const struct message *message)
{
    door->speaking[door->waiting] = speaker;
    door->incoming[door->waiting++] = message_encode(message, door->bench->arena);
}

static void put_hello(struct door *door, struct speaker *speaker, struct bytes challenge)
{
    struct message hello = { .kind = MESSAGE_HELLO,
                             .hello = { .protocol_min = 1,
                                        .protocol_max = 1,
                                        .province = "jilin",
                                        .stream = speaker->stream,
                                        .nonce = BYTES_OF(speaker->nonce),
                                        .challenge = challenge } };
    if (!token_is_none(&speaker->token))
        hello.hello.token = BYTES_OF(speaker->token);
    put(door, speaker, &hello);
}

static const struct message *turn(struct door *door)
{
    door->answered = 0;
    assert_true(gate_turn(door->gate, &door->bench->err));
    door->waiting = door->taken = 0;
    return &door->answer;
}

static const struct message *say_hello(struct door *door, struct speaker *speaker,
                                       struct bytes challenge)
{
    put_hello(door, speaker, challenge);
    return turn(door);
}

static const struct bytes no_challenge = { NULL, 0 };

static void meet(struct door *door, struct speaker *speaker)
{
    const struct message *answer = say_hello(door, speaker, no_challenge);
    assert_int_equal(answer->kind, MESSAGE_WELCOME);
    assert_true(token_read(answer->welcome.token, &speaker->token));
    draw(door, speaker);
}

static void assert_refused(const struct message *answer, enum refusal refusal)
{
    assert_int_equal(answer->kind, MESSAGE_REFUSAL);
    assert_int_equal(answer->refusal, refusal);
}

static void decide(struct door *door, struct entry entry)
{
    struct journal_record record = { .entry = entry };
    struct ledger *ledger = door->bench->province->ledger;
    assert_true(ledger_begin(ledger, door->bench->clock.utc_ms, &door->bench->err));
    assert_true(ledger_take(ledger, &record) > 0);
    assert_true(ledger_commit(ledger, &door->bench->err));
}

static struct entry an_enrolment(const struct speaker *speaker, uint32_t epoch)
{
    return (struct entry){ .kind = ENTRY_ENROLMENT,
                           .enrolment = { .zone = speaker->stream.zone,
                                          .device = speaker->stream.device,
                                          .epoch = epoch,
                                          .keys = speaker->pair.public,
                                          .label = "" } };
}

static enum device_standing standing(struct door *door)
{
    return device_standing(
        devices_find(ledger_devices(door->bench->province->ledger), &door->bench->stream.device),
        door->bench->clock.utc_ms);
}

static void the_token_is_on_disk_before_it_is_handed_out(void **state)
{
    struct door *door = *state;
    struct speaker device = the_device(door);

    meet(door, &device);
    restart(door);
    meet(door, &device);
    restart(door);
    meet(door, &device);

    assert_int_equal(token_number(&device.token), 3);
}

static void a_copy_and_the_original_are_both_cut_off_at_once(void **state)
{
    struct door *door = *state;
    struct speaker device = the_device(door);
    meet(door, &device);
    struct speaker copy = a_copy(door, &device);
    meet(door, &device);
    uint64_t size = ledger_size(door->bench->province->ledger);

    struct message question = *say_hello(door, &copy, no_challenge);
    assert_int_equal(question.kind, MESSAGE_CHALLENGE);
    assert_int_equal(standing(door), DEVICE_ADMITTED);
    assert_refused(say_hello(door, &copy, question.challenge), REFUSAL_SUSPENDED);

    assert_false(is_let_in(door, &device));
    assert_int_equal(ledger_size(door->bench->province->ledger), size + 1);
    assert_refused(say_hello(door, &device, no_challenge), REFUSAL_SUSPENDED);
    restart(door);
    assert_int_equal(standing(door), DEVICE_SUSPENDED);
    assert_false(is_let_in(door, &device));
}

static void what_a_suspended_device_had_sent_stays_and_is_receipted_in_its_next_epoch(void **state)
{
    struct door *door = *state;
    struct speaker device = the_device(door);
    struct sealed_statement sealed = workbench_seal_note(door->bench, "valid");
    struct message submit = { .kind = MESSAGE_SUBMIT, .statements = &sealed, .statement_count = 1 };
    put(door, &device, &submit);
    assert_int_equal(turn(door)->kind, MESSAGE_RECEIPTS);
    decide(door, (struct entry){ .kind = ENTRY_SUSPENSION,
                                 .suspension = { device.stream, SUSPENSION_TWO_HOLDERS } });
    put(door, &device, &submit);
    assert_refused(turn(door), REFUSAL_SUSPENDED);
    struct speaker renewed = device;
    renewed.pair = key_pair_create(&door->bench->random.random);
    decide(door, an_enrolment(&renewed, 2));

    put(door, &renewed, &submit);
    assert_int_equal(turn(door)->kind, MESSAGE_RECEIPTS);

    sealed = workbench_seal_note(door->bench, "too late");
    put(door, &renewed, &submit);
    assert_refused(turn(door), REFUSAL_FENCED);
    assert_refused(say_hello(door, &renewed, no_challenge), REFUSAL_FENCED);
    renewed.stream.epoch = 2;
    meet(door, &renewed);
}

/* Late, repeated and re-ordered messages cannot answer; a holder can, once, on its own line. */
static void old_messages_alone_suspend_nobody(void **state)
{
    struct door *door = *state;
    struct speaker device = the_device(door), late = device;
    meet(door, &device);
    meet(door, &device);
    meet(door, &device);

    struct message question = *say_hello(door, &late, no_challenge);
    assert_int_equal(question.kind, MESSAGE_CHALLENGE);
    assert_int_equal(say_hello(door, &late, no_challenge)->kind, MESSAGE_CHALLENGE);
    assert_int_equal(say_hello(door, &late, question.challenge)->kind, MESSAGE_CHALLENGE);
    late.connection = 9;
    assert_int_equal(say_hello(door, &late, door->answer.challenge)->kind, MESSAGE_CHALLENGE);
    question = door->answer;
    restart(door);
    assert_int_equal(say_hello(door, &late, question.challenge)->kind, MESSAGE_CHALLENGE);

    assert_int_equal(standing(door), DEVICE_ADMITTED);
    meet(door, &device);
}

static void nobody_says_hello_for_another_device(void **state)
{
    struct door *door = *state;
    struct speaker device = the_device(door);
    struct speaker neighbour = a_copy(door, &device);
    neighbour.pair = key_pair_create(&door->bench->random.random);
    neighbour.stream.device = (struct device_id){ { 9 } };
    decide(door, an_enrolment(&neighbour, 1));
    struct speaker forger = neighbour;
    forger.stream = device.stream;
    meet(door, &device);

    assert_refused(say_hello(door, &forger, no_challenge), REFUSAL_UNKNOWN_DEVICE);

    meet(door, &device);
    meet(door, &neighbour);
}

static void an_enrolment_that_runs_out_closes_an_open_connection(void **state)
{
    struct door *door = *state;
    struct speaker device = the_device(door);
    struct entry entry = an_enrolment(&device, 2);
    entry.enrolment.valid_until_utc_ms = door->bench->clock.utc_ms + DAY_MS;
    decide(door, entry);
    device.stream.epoch = 2;
    meet(door, &device);
    door->bench->clock.utc_ms += DAY_MS;

    assert_refused(say_hello(door, &device, no_challenge), REFUSAL_EXPIRED);
    assert_false(is_let_in(door, &device));
    restart(door);
    assert_false(is_let_in(door, &device));
}

static void a_revocation_by_another_process_closes_an_open_connection(void **state)
{
    struct door *door = *state;
    struct speaker device = the_device(door);
    meet(door, &device);
    assert_true(is_let_in(door, &device));
    workbench_revoke(door->bench);

    assert_true(gate_refresh(door->gate, &door->bench->err));

    assert_false(is_let_in(door, &device));
    assert_refused(say_hello(door, &device, no_challenge), REFUSAL_REVOKED);
    restart(door);
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

static void assert_the_doors_are_as_the_journal_tells(struct door *door)
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
        bool found = place_of(door, retelling.devices[i].key) < door->let_in_count;
        assert_int_equal(found, open);
        expected += open;
    }
    assert_int_equal(door->let_in_count, expected);
}

static struct entry a_decision(struct door *door, struct retelling *known)
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
    struct door *door = *state;
    struct retelling known = { 0 };
    for (int i = 0; i < DECISIONS; i++) {
        decide(door, a_decision(door, &known));
        door->bench->clock.utc_ms += DAY_MS / 4;
        if (random_below(&door->bench->random.random, 20) == 0)
            restart(door);
        assert_true(gate_refresh(door->gate, &door->bench->err));

        assert_the_doors_are_as_the_journal_tells(door);
    }
    print_message("%d decisions about %d devices, the door compared after each\n", DECISIONS, ZOO);
}

int main(void)
{
#define A_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
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
