#include "tests/support/test.h"

#include <stdlib.h>
#include <string.h>

#include "aggregator/ingest/batch.h"
#include "aggregator/ingest/gate.h"
#include "aggregator/ingest/turns.h"
#include "common/base/memory.h"
#include "common/wire/message.h"
#include "tests/aggregator/workbench.h"

#define BACKLOG 10000
#define AGENTS 1000
#define SUBMIT_STATEMENTS 64

/* What waits at the gate, in the order in which it came, and what was answered. */
struct letter {
    size_t sender;
    struct bytes payload;
};

struct post {
    struct workbench *bench;
    struct gate *gate;
    struct letter *letters;
    size_t count, capacity, taken;
    struct key_pair *keys; /* of each sender */
    size_t receipts[AGENTS], busy[AGENTS], welcomes[AGENTS], refusals[AGENTS];
    uint32_t retry_ms[AGENTS];
    struct arena *arena; /* of one answer */
};

static enum receive_outcome receive(void *owner, struct peer *out_peer, struct bytes *out_payload)
{
    struct post *post = owner;
    if (post->taken == post->count)
        return RECEIVE_NOTHING;
    const struct letter *letter = &post->letters[post->taken++];
    *out_peer = (struct peer){ .routing_size = sizeof letter->sender };
    memcpy(out_peer->routing, &letter->sender, sizeof letter->sender);
    memcpy(out_peer->curve_key, post->keys[letter->sender].public.curve, KEY_SIZE);
    *out_payload = letter->payload;
    return RECEIVE_MESSAGE;
}

static bool send(void *owner, const struct peer *peer, struct bytes payload)
{
    struct post *post = owner;
    struct message message;
    size_t sender;
    arena_reset(post->arena);
    memcpy(&sender, peer->routing, sizeof sender);
    assert_true(message_decode(payload, post->arena, &message, &post->bench->err));
    post->receipts[sender] += message.kind == MESSAGE_RECEIPTS ? message.receipt_count : 0;
    post->busy[sender] += message.kind == MESSAGE_BUSY;
    post->welcomes[sender] += message.kind == MESSAGE_WELCOME;
    post->refusals[sender] += message.kind == MESSAGE_REFUSAL;
    if (message.kind == MESSAGE_BUSY)
        post->retry_ms[sender] = message.retry_after_ms;
    return true;
}

static void ignore_key(void *owner, const unsigned char curve_key[KEY_SIZE])
{
    (void)owner;
    (void)curve_key;
}

static int set_up(void **state)
{
    struct post *post = test_calloc(1, sizeof *post);
    workbench_set_up((void **)&post->bench);
    struct gate_link link = { post, receive, send, ignore_key, ignore_key };
    post->keys = test_calloc(AGENTS, sizeof *post->keys);
    for (size_t i = 0; i < AGENTS; i++)
        post->keys[i] = key_pair_create(&post->bench->random.random);
    post->arena = arena_create();
    post->gate = gate_create(post->bench->province, &link);
    assert_true(gate_refresh(post->gate, &post->bench->err));
    *state = post;
    return 0;
}

static int tear_down(void **state)
{
    struct post *post = *state;
    gate_destroy(&post->gate);
    arena_destroy(&post->arena);
    workbench_tear_down((void **)&post->bench);
    memory_free(&post->letters);
    test_free(post->keys);
    test_free(post);
    return 0;
}

static void bring(struct post *post, size_t sender, const struct message *message)
{
    post->letters =
        memory_grown(post->letters, &post->capacity, post->count + 1, sizeof *post->letters);
    post->letters[post->count++] =
        (struct letter){ sender, message_encode(message, post->bench->arena) };
}

static struct stream_id stream_of(size_t sender)
{
    struct stream_id stream = { { WORKBENCH_ZONE }, { { 0 } }, 1 };
    memcpy(stream.device.bytes, &sender, sizeof sender);
    stream.device.bytes[15] = 1;
    return stream;
}

static void enrol(struct post *post, size_t count)
{
    struct ledger *ledger = post->bench->province->ledger;
    assert_true(ledger_begin(ledger, WORKBENCH_UTC_MS, &post->bench->err));
    for (size_t i = 0; i < count; i++) {
        struct stream_id stream = stream_of(i);
        struct journal_record record = { .entry = { .kind = ENTRY_ENROLMENT,
                                                    .enrolment = { .zone = stream.zone,
                                                                   .device = stream.device,
                                                                   .epoch = 1,
                                                                   .keys = post->keys[i].public,
                                                                   .label = "" } } };
        assert_true(ledger_take(ledger, &record) > 0);
    }
    assert_true(ledger_commit(ledger, &post->bench->err));
}

/* So many notes of the sender's stream, as many in a message as a window holds. */
static void bring_backlog(struct post *post, size_t sender, size_t count)
{
    struct workbench *bench = post->bench;
    bench->stream = stream_of(sender);
    bench->pair = post->keys[sender];
    bench->head = (struct stream_head){ 0 };
    for (size_t done = 0; done < count;) {
        struct sealed_statement items[SUBMIT_STATEMENTS];
        struct message submit = { .kind = MESSAGE_SUBMIT, .statements = items };
        while (submit.statement_count < SUBMIT_STATEMENTS && done++ < count)
            items[submit.statement_count++] = workbench_seal_note(bench, "note");
        bring(post, sender, &submit);
    }
}

static void turn(struct post *post)
{
    assert_true(gate_turn(post->gate, &post->bench->err));
}

static void a_small_zone_does_not_wait_behind_a_zone_with_ten_thousand_statements(void **state)
{
    struct post *post = *state;
    enrol(post, 2);
    bring_backlog(post, 0, BACKLOG);
    bring_backlog(post, 1, 1);

    turn(post);

    print_message("behind %d statements of another zone: answered in turn 1, after %zu of them\n",
                  BACKLOG, post->receipts[0]);
    assert_int_equal(post->receipts[1], 1);
    assert_int_equal(post->receipts[0], SUBMIT_STATEMENTS);
}

static void who_sends_ahead_of_his_window_is_told_to_wait_and_nothing_of_it_is_read(void **state)
{
    struct post *post = *state;
    size_t messages = (BACKLOG + SUBMIT_STATEMENTS - 1) / SUBMIT_STATEMENTS;
    enrol(post, 1);
    bring_backlog(post, 0, BACKLOG);

    turn(post);

    struct gate_counts counts = gate_count(post->gate);
    assert_int_equal(counts.messages, TURNS_MESSAGES_MAX);
    assert_int_equal(counts.statements, SUBMIT_STATEMENTS);
    assert_int_equal(counts.put_off, messages - 1);
    assert_int_equal(post->busy[0], messages - 1);
    assert_true(post->retry_ms[0] >= TURNS_RETRY_MS);
}

static void one_turn_ends_however_much_is_sent(void **state)
{
    struct post *post = *state;
    enrol(post, 1);
    struct message busy = { .kind = MESSAGE_BUSY };
    for (size_t i = 0; i < 3 * BATCH_RECEIVED_MAX; i++)
        bring(post, 0, &busy);

    turn(post);

    assert_int_equal(post->taken, BATCH_RECEIVED_MAX);
}

/* A number without an end, a length beyond everything, text that is none, a statement in itself,
 * four thousand cells that no catalogue knows: whatever it is, the next zone is not kept waiting.
 */
static void poison_of_every_shape_stops_nobody(void **state)
{
    static const char *const shapes[] = { "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF",
                                          "\x5A\xFF\xFF\xFF\xFF\x0F", "\x12\x02\xC3\x28",
                                          "\x0A\x04\x0A\x02\x0A\x7F", "GET / HTTP/1.1" };
    struct post *post = *state;
    struct workbench *bench = post->bench;
    enrol(post, 3);
    for (size_t i = 0; i < COUNT_OF(shapes); i++) {
        struct sealed_statement item = { .statement = bytes_of_text(shapes[i]) };
        struct message submit = { .kind = MESSAGE_SUBMIT,
                                  .statements = &item,
                                  .statement_count = 1 };
        bring(post, i % 2, &submit);
    }
    struct cell *cells = arena_take(bench->arena, SUBMISSION_CELLS_MAX, sizeof *cells);
    for (size_t i = 0; i < SUBMISSION_CELLS_MAX; i++)
        cells[i].item = code_of(arena_format(bench->arena, "Q%05zu", i));
    bench->stream = stream_of(1);
    bench->pair = post->keys[1];
    bench->head = (struct stream_head){ 0 };
    struct sealed_statement wide = workbench_seal_next(
        bench, (struct statement){ .kind = STATEMENT_RETURN,
                                   .submission = { .form = code_of("JKQ401"),
                                                   .period = period_of_month(2021, 3),
                                                   .version = 1,
                                                   .cells = cells,
                                                   .cell_count = SUBMISSION_CELLS_MAX } });
    struct message submit = { .kind = MESSAGE_SUBMIT, .statements = &wide, .statement_count = 1 };
    bring(post, 1, &submit);
    bring_backlog(post, 2, 1);

    turn(post);

    assert_int_equal(post->refusals[0] + post->refusals[1], COUNT_OF(shapes));
    assert_int_equal(post->receipts[1], 1); /* rejected, and its stream goes on */
    assert_int_equal(post->receipts[2], 1);
}

static void say_hello(struct post *post, size_t sender)
{
    static const unsigned char nonce[MESSAGE_NONCE_SIZE] = { 1 };
    struct message hello = { .kind = MESSAGE_HELLO,
                             .hello = { .protocol_min = 1,
                                        .protocol_max = 1,
                                        .province = "jilin",
                                        .stream = stream_of(sender),
                                        .nonce = BYTES_OF(nonce) } };
    bring(post, sender, &hello);
}

/* All at once, after an outage; each comes again when it was told, and up to half as long later. */
static void a_thousand_agents_that_return_at_once_are_all_let_in_soon(void **state)
{
    struct post *post = *state;
    struct random *random = &post->bench->random.random;
    int64_t due[AGENTS] = { 0 }, now = 0, last = 0;
    size_t welcomed = 0, turns = 0, most = 0, put_off = 0;
    enrol(post, AGENTS);
    for (; welcomed < AGENTS && now < 120000; now += 100) {
        for (size_t i = 0; i < AGENTS; i++)
            if (post->welcomes[i] == 0 && due[i] <= now) {
                say_hello(post, i);
                due[i] = INT64_MAX;
            }
        while (post->taken < post->count) {
            size_t before = welcomed;
            turn(post);
            turns++;
            welcomed = 0;
            for (size_t i = 0; i < AGENTS; i++) {
                welcomed += post->welcomes[i];
                if (post->busy[i] == 0)
                    continue;
                put_off += post->busy[i];
                post->busy[i] = 0;
                due[i] = now + post->retry_ms[i] +
                         (int64_t)random_below(random, post->retry_ms[i] / 2 + 1);
            }
            if (welcomed - before > most)
                most = welcomed - before;
        }
        last = now;
    }

    print_message("%d agents at once: all in after %lld ms, %zu turns, at most %zu in one, "
                  "%zu times put off\n",
                  AGENTS, (long long)last, turns, most, put_off);
    assert_int_equal(welcomed, AGENTS);
    assert_true(most <= TURNS_SESSIONS_MAX);
    assert_true(last < 30000);
}

int main(void)
{
#define A_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        A_TEST(a_small_zone_does_not_wait_behind_a_zone_with_ten_thousand_statements),
        A_TEST(who_sends_ahead_of_his_window_is_told_to_wait_and_nothing_of_it_is_read),
        A_TEST(one_turn_ends_however_much_is_sent),
        A_TEST(poison_of_every_shape_stops_nobody),
        A_TEST(a_thousand_agents_that_return_at_once_are_all_let_in_soon),
    };
    return cmocka_run_group_tests_name("turns", tests, NULL, NULL);
}
