#include "tests/support/test.h"

#include "tests/aggregator/front_door.h"

#include <string.h>

static enum receive_outcome receive(void *owner, struct peer *out_peer, struct bytes *out_payload)
{
    struct front_door *door = owner;
    if (door->taken == door->waiting)
        return RECEIVE_NOTHING;
    if (door->pause && door->taken == door->pause) {
        door->pause = 0;
        return RECEIVE_NOTHING;
    }
    const struct speaker *speaker = door->speaking[door->taken];
    *out_peer = (struct peer){ .routing = { speaker->connection }, .routing_size = 1 };
    memcpy(out_peer->curve_key, speaker->pair.public.curve, KEY_SIZE);
    *out_payload = door->incoming[door->taken++];
    return RECEIVE_MESSAGE;
}

static bool send(void *owner, const struct peer *peer, struct bytes payload)
{
    struct front_door *door = owner;
    (void)peer;
    door->answered++;
    assert_true(message_decode(arena_copy_bytes(door->bench->arena, payload), door->bench->arena,
                               &door->answer, &door->bench->err));
    return true;
}

static size_t place_of(const struct front_door *door, const unsigned char key[KEY_SIZE])
{
    size_t place = 0;
    while (place < door->let_in_count && memcmp(door->let_in[place], key, KEY_SIZE) != 0)
        place++;
    return place;
}

bool front_door_admits(const struct front_door *door, const unsigned char curve_key[KEY_SIZE])
{
    return place_of(door, curve_key) < door->let_in_count;
}

bool is_let_in(const struct front_door *door, const struct speaker *speaker)
{
    return front_door_admits(door, speaker->pair.public.curve);
}

static void admit(void *owner, const unsigned char key[KEY_SIZE])
{
    struct front_door *door = owner;
    assert_int_equal(place_of(door, key), door->let_in_count);
    assert_true(door->let_in_count < FRONT_DOOR_KEYS_MAX);
    memcpy(door->let_in[door->let_in_count++], key, KEY_SIZE);
}

static void dismiss(void *owner, const unsigned char key[KEY_SIZE])
{
    struct front_door *door = owner;
    size_t place = place_of(door, key);
    assert_true(place < door->let_in_count);
    memmove(door->let_in[place], door->let_in[place + 1],
            (--door->let_in_count - place) * KEY_SIZE);
}

static void open_gate(struct front_door *door)
{
    struct gate_link link = { door, receive, send, admit, dismiss };
    door->let_in_count = 0;
    door->gate = gate_create(door->bench->province, &link);
    assert_true(gate_refresh(door->gate, &door->bench->err));
}

int front_door_set_up(void **state)
{
    struct front_door *door = test_calloc(1, sizeof *door);
    workbench_set_up((void **)&door->bench);
    open_gate(door);
    *state = door;
    return 0;
}

int front_door_tear_down(void **state)
{
    struct front_door *door = *state;
    gate_destroy(&door->gate);
    workbench_tear_down((void **)&door->bench);
    test_free(door);
    return 0;
}

void front_door_restart(struct front_door *door)
{
    gate_destroy(&door->gate);
    workbench_restart(door->bench);
    open_gate(door);
}

void draw_nonce(struct front_door *door, struct speaker *speaker)
{
    struct random *random = &door->bench->random.random;
    random->fill(random, speaker->nonce, sizeof speaker->nonce);
}

struct speaker the_device(struct front_door *door)
{
    struct speaker speaker = { .pair = door->bench->pair,
                               .stream = door->bench->stream,
                               .connection = 1 };
    draw_nonce(door, &speaker);
    return speaker;
}

struct speaker a_copy(struct front_door *door, const struct speaker *speaker)
{
    struct speaker copy = *speaker;
    copy.connection++;
    draw_nonce(door, &copy);
    return copy;
}

void put(struct front_door *door, struct speaker *speaker, const struct message *message)
{
    door->speaking[door->waiting] = speaker;
    door->incoming[door->waiting++] = message_encode(message, door->bench->arena);
}

static void put_hello(struct front_door *door, struct speaker *speaker, struct bytes challenge)
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

const struct message *turn(struct front_door *door)
{
    door->answered = 0;
    assert_true(gate_turn(door->gate, &door->bench->err));
    door->waiting = door->taken = 0;
    return &door->answer;
}

const struct message *say_hello(struct front_door *door, struct speaker *speaker,
                                struct bytes challenge)
{
    put_hello(door, speaker, challenge);
    return turn(door);
}

const struct message *submit(struct front_door *door, struct speaker *speaker,
                             const struct sealed_statement *sealed)
{
    struct message message = { .kind = MESSAGE_SUBMIT, .statements = sealed, .statement_count = 1 };
    put(door, speaker, &message);
    return turn(door);
}

void meet(struct front_door *door, struct speaker *speaker)
{
    const struct message *answer = say_hello(door, speaker, NO_CHALLENGE);
    assert_int_equal(answer->kind, MESSAGE_WELCOME);
    assert_true(token_read(answer->welcome.token, &speaker->token));
    draw_nonce(door, speaker);
}

void assert_refused(const struct message *answer, enum refusal refusal)
{
    assert_int_equal(answer->kind, MESSAGE_REFUSAL);
    assert_int_equal(answer->refusal, refusal);
}

void decide(struct front_door *door, struct entry entry)
{
    struct journal_record record = { .entry = entry };
    struct ledger *ledger = door->bench->province->ledger;
    assert_true(ledger_begin(ledger, door->bench->clock.utc_ms, &door->bench->err));
    assert_true(ledger_take(ledger, &record) > 0);
    assert_true(ledger_commit(ledger, &door->bench->err));
}

struct entry an_enrolment(const struct speaker *speaker, uint32_t epoch)
{
    return (struct entry){ .kind = ENTRY_ENROLMENT,
                           .enrolment = { .zone = speaker->stream.zone,
                                          .device = speaker->stream.device,
                                          .epoch = epoch,
                                          .keys = speaker->pair.public,
                                          .label = "" } };
}
