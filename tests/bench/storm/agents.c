#include "tests/bench/storm/agents.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <zmq.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/memory.h"
#include "common/base/random.h"
#include "common/wire/message.h"
#include "common/wire/receipt.h"
#include "common/wire/statement.h"
#include "tests/bench/storm/consignment.h"
#include "tests/bench/storm/course.h"
#include "tests/bench/workload.h"

#define EVENTS_MAX 512
#define WAIT_MS 5
#define STILL_S_MAX 60
#define ANSWER_S 10 /* and the pause before the next attempt, as in agent/exchange.c */
#define PAUSE_S 0.5
#define SEED 7

enum agent_stage {
    AGENT_AWAY,
    AGENT_GREETS,
    AGENT_WAITS, /* for the others */
    AGENT_HANDS_IN,
    AGENT_DONE,
};

/* As it came: it is looked into again after the clock. */
struct kept_receipt {
    struct bytes answer; /* with this receipt and others; no data: none yet */
    size_t number;       /* in the answer */
};

struct agent {
    void *socket;
    enum agent_stage stage;
    double due; /* when it does the next thing by itself; 0: waits for ever */
    struct bytes hello, submit;
    struct digest *hashes; /* of its statements */
    struct kept_receipt *receipts;
    size_t receipted;
};

struct agents {
    struct agents_options options;
    struct arena *arena;
    struct arena *scratch; /* of the answer in hand */
    struct agent *items;
    size_t count, done;
    void *context;
    int poller;
    struct seeded_random random;
    bool repeats;
    struct error trouble; /* kind NONE: none yet */
};

static void fail_with(struct agents *agents, enum error_kind kind, const char *why,
                      const char *words)
{
    if (agents->trouble.kind == ERROR_NONE)
        error_set(&agents->trouble, kind, "%s: %s", why, words);
}

static struct bytes encode_hello(const struct agents_options *options, size_t number,
                                 struct bytes challenge, struct arena *arena)
{
    struct message hello = { .kind = MESSAGE_HELLO,
                             .hello = { .protocol_min = MESSAGE_PROTOCOL,
                                        .protocol_max = MESSAGE_PROTOCOL,
                                        .province = options->card.province,
                                        .stream = *workload_stream(options->workload, number),
                                        .sequence = options->consignment->each,
                                        .catalogue = workload_catalogue(options->workload),
                                        .waiting = options->consignment->each,
                                        .agent_utc_ms = 1,
                                        .nonce = bytes_of_text("nonce of a storm"),
                                        .challenge = challenge } };
    return message_encode(&hello, arena);
}

static bool prepare(struct agents *agents, size_t number, struct error *err)
{
    const struct consignment *consignment = agents->options.consignment;
    struct agent *agent = &agents->items[number];
    size_t each = consignment->each;
    struct sealed_statement sealed[CONSIGNMENT_EACH_MAX];
    agent->hashes = arena_take(agents->arena, each, sizeof *agent->hashes);
    agent->receipts = arena_take(agents->arena, each, sizeof *agent->receipts);
    for (size_t i = 0; i < each; i++) {
        if (!sealed_statement_decode(consignment_at(consignment, number, i), &sealed[i], err))
            return false;
        agent->hashes[i] = sealed_statement_hash(&sealed[i]);
    }
    struct message submit = { .kind = MESSAGE_SUBMIT,
                              .statements = sealed,
                              .statement_count = each };
    agent->hello = encode_hello(&agents->options, number, (struct bytes){ NULL, 0 }, agents->arena);
    agent->submit = message_encode(&submit, agents->arena);
    return true;
}

struct agents *agents_create(const struct agents_options *options, struct error *err)
{
    CLEANUP(agents_destroy) struct agents *agents = memory_zeroed(1, sizeof *agents);
    agents->options = *options;
    agents->arena = arena_create();
    agents->scratch = arena_create();
    agents->count = options->consignment->agents;
    agents->items = memory_zeroed(agents->count, sizeof *agents->items);
    agents->random = seeded_random_of(SEED);
    agents->poller = epoll_create1(EPOLL_CLOEXEC);
    agents->context = zmq_ctx_new();
    zmq_ctx_set(agents->context, ZMQ_MAX_SOCKETS, (int)agents->count + 8);
    for (size_t i = 0; i < agents->count; i++)
        if (!prepare(agents, i, err))
            return NULL;
    struct agents *created = agents;
    agents = NULL; /* now the caller's */
    return created;
}

void agents_destroy(struct agents **agents)
{
    if (!*agents)
        return;
    for (size_t i = 0; i < (*agents)->count; i++)
        if ((*agents)->items[i].socket)
            zmq_close((*agents)->items[i].socket);
    zmq_ctx_term((*agents)->context);
    close((*agents)->poller);
    memory_free(&(*agents)->items);
    arena_destroy(&(*agents)->arena);
    arena_destroy(&(*agents)->scratch);
    memory_free(agents);
}

static void say(struct agents *agents, struct agent *agent)
{
    struct bytes words = agent->stage == AGENT_GREETS ? agent->hello : agent->submit;
    if (zmq_send(agent->socket, words.data, words.size, ZMQ_DONTWAIT) < 0 && errno != EAGAIN)
        fail_with(agents, ERROR_UNAVAILABLE, "send", zmq_strerror(errno));
    agent->due = course_now() + ANSWER_S;
}

static bool set_options(const struct agents *agents, void *socket, const struct key_pair *pair)
{
    const int linger = 0, reconnect_ms = 1000;
    return zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof linger) == 0 &&
           zmq_setsockopt(socket, ZMQ_RECONNECT_IVL, &reconnect_ms, sizeof reconnect_ms) == 0 &&
           zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, agents->options.card.keys.curve, KEY_SIZE) ==
               0 &&
           zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, pair->public.curve, KEY_SIZE) == 0 &&
           zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, pair->curve_secret, KEY_SIZE) == 0;
}

static void dial(struct agents *agents, size_t number)
{
    struct agent *agent = &agents->items[number];
    struct epoll_event event = { .events = EPOLLIN, .data.u64 = number };
    int file;
    size_t size = sizeof file;
    agent->stage = AGENT_GREETS;
    agent->socket = zmq_socket(agents->context, ZMQ_DEALER);
    course_begins(agents->options.course, number);
    if (!agent->socket ||
        !set_options(agents, agent->socket, workload_keys(agents->options.workload, number)) ||
        zmq_connect(agent->socket, agents->options.endpoint) != 0 ||
        zmq_getsockopt(agent->socket, ZMQ_FD, &file, &size) != 0 ||
        epoll_ctl(agents->poller, EPOLL_CTL_ADD, file, &event) != 0) {
        fail_with(agents, ERROR_UNAVAILABLE, "connect", zmq_strerror(errno));
        return;
    }
    say(agents, agent);
}

/* Gives the line up and dials again later, as exchange_persist() does. */
static void go_away(struct agents *agents, struct agent *agent, double seconds)
{
    int file;
    size_t size = sizeof file;
    if (zmq_getsockopt(agent->socket, ZMQ_FD, &file, &size) == 0)
        epoll_ctl(agents->poller, EPOLL_CTL_DEL, file, NULL);
    zmq_close(agent->socket);
    agent->socket = NULL;
    agent->stage = AGENT_AWAY;
    agent->due = course_now() + seconds;
}

static void hand_in(struct agents *agents, struct agent *agent)
{
    agent->stage = AGENT_HANDS_IN;
    say(agents, agent);
}

static void take_welcome(struct agents *agents, size_t number, const struct message *message)
{
    struct agent *agent = &agents->items[number];
    if (agent->stage != AGENT_GREETS || message->welcome.head.sequence != 0) {
        fail_with(agents, ERROR_REFUSED, "welcome", "out of turn, or the stream is not new");
        return;
    }
    agent->stage = AGENT_WAITS;
    agent->due = 0;
    if (course_enters(agents->options.course, number))
        hand_in(agents, agent);
}

/* Whose WELCOME was lost is doubted, and can answer for himself on this line. */
static void answer_challenge(struct agents *agents, size_t number, const struct message *message)
{
    struct agent *agent = &agents->items[number];
    agent->hello = encode_hello(&agents->options, number, message->challenge, agents->arena);
    if (agent->stage == AGENT_GREETS)
        say(agents, agent);
}

static bool same_receipt(const struct receipt *left, const struct receipt *right)
{
    return left->position == right->position && bytes_equal(left->entry, right->entry) &&
           bytes_equal(left->checkpoint, right->checkpoint) &&
           left->path_count == right->path_count &&
           memcmp(left->path, right->path, left->path_count * sizeof *left->path) == 0;
}

static const struct receipt *look_into(const struct kept_receipt *kept, struct arena *arena)
{
    struct message *message = arena_take(arena, 1, sizeof *message);
    struct error err;
    return message_decode(kept->answer, arena, message, &err) ? &message->receipts[kept->number]
                                                              : NULL;
}

/* The sequence tells which statement it is about. */
static void take_receipt(struct agents *agents, size_t number, const struct receipt *receipt,
                         struct kept_receipt kept)
{
    struct agent *agent = &agents->items[number];
    uint64_t sequence = receipt->arrival.sequence;
    if (sequence < 1 || sequence > agents->options.consignment->each ||
        !digest_equal(&receipt->arrival.statement_hash, &agent->hashes[sequence - 1])) {
        fail_with(agents, ERROR_REFUSED, "receipt", "of another statement");
        return;
    }
    struct kept_receipt *known = &agent->receipts[sequence - 1];
    bool first = !known->answer.data;
    if (!first && !same_receipt(look_into(known, agents->scratch), receipt))
        fail_with(agents, ERROR_REFUSED, "receipt", "a second one that says something else");
    agent->receipted += first || agents->repeats;
    if (first)
        course_acknowledges(agents->options.course, number, 1);
    *known = kept;
}

static void take_receipts(struct agents *agents, size_t number, const struct message *message,
                          struct bytes answer)
{
    struct agent *agent = &agents->items[number];
    if (agent->stage != AGENT_HANDS_IN)
        return;
    struct bytes kept = arena_copy_bytes(agents->arena, answer);
    for (size_t i = 0; i < message->receipt_count; i++)
        take_receipt(agents, number, &message->receipts[i], (struct kept_receipt){ kept, i });
    if (agent->receipted < agents->options.consignment->each)
        return;
    agent->stage = AGENT_DONE;
    agent->due = 0;
    agents->done++;
}

/* Never earlier than asked, and up to half as long again. */
static void come_later(struct agents *agents, struct agent *agent, uint32_t retry_after_ms)
{
    uint64_t chance = random_below(&agents->random.random, retry_after_ms / 2 + 1);
    double seconds = 1e-3 * (double)(retry_after_ms + chance);
    course_put_off(agents->options.course);
    if (agent->stage == AGENT_GREETS)
        go_away(agents, agent, seconds);
    else
        agent->due = course_now() + seconds;
}

static void take_answer(struct agents *agents, size_t number, struct bytes answer)
{
    arena_reset(agents->scratch);
    struct message *message = arena_take(agents->scratch, 1, sizeof *message);
    struct error err;
    if (!message_decode(answer, agents->scratch, message, &err))
        fail_with(agents, ERROR_MALFORMED, "an answer does not decode", err.text);
    else if (message->kind == MESSAGE_WELCOME)
        take_welcome(agents, number, message);
    else if (message->kind == MESSAGE_RECEIPTS)
        take_receipts(agents, number, message, answer);
    else if (message->kind == MESSAGE_BUSY)
        come_later(agents, &agents->items[number], message->retry_after_ms);
    else if (message->kind == MESSAGE_CHALLENGE)
        answer_challenge(agents, number, message);
    else if (message->kind == MESSAGE_REFUSAL)
        fail_with(agents, ERROR_REFUSED, "refused", refusal_words(message->refusal));
    else
        fail_with(agents, ERROR_MALFORMED, "answer", "of a kind that was not asked for");
}

/* The descriptor tells once that something may have changed: all that is there is taken, and
 * whoever sends looks here afterwards, for sending may have taken the signal. */
static void listen_to(struct agents *agents, size_t number)
{
    zmq_msg_t answer;
    zmq_msg_init(&answer);
    while (agents->trouble.kind == ERROR_NONE && agents->items[number].socket &&
           zmq_msg_recv(&answer, agents->items[number].socket, ZMQ_DONTWAIT) >= 0)
        take_answer(agents, number, (struct bytes){ zmq_msg_data(&answer), zmq_msg_size(&answer) });
    zmq_msg_close(&answer);
}

static void hand_in_all(struct agents *agents)
{
    agents->done = 0;
    for (size_t i = 0; i < agents->count; i++)
        hand_in(agents, &agents->items[i]);
    for (size_t i = 0; i < agents->count; i++)
        listen_to(agents, i);
}

/* Its time has come: it is back, or waited in vain. */
static void act(struct agents *agents, size_t number)
{
    struct agent *agent = &agents->items[number];
    if (agent->stage == AGENT_GREETS)
        go_away(agents, agent, PAUSE_S);
    else if (agent->stage == AGENT_AWAY)
        dial(agents, number);
    else
        say(agents, agent);
    listen_to(agents, number);
}

static void look_at_the_clock(struct agents *agents, double now)
{
    for (size_t i = 0; i < agents->count; i++)
        if (agents->items[i].due > 0 && agents->items[i].due <= now)
            act(agents, i);
}

static void turn(struct agents *agents)
{
    struct epoll_event events[EVENTS_MAX];
    int count = epoll_wait(agents->poller, events, EVENTS_MAX, WAIT_MS);
    for (int i = 0; i < count && agents->trouble.kind == ERROR_NONE; i++)
        listen_to(agents, events[i].data.u64);
    if (course_opens(agents->options.course))
        hand_in_all(agents);
}

/* Looks at the clock every few waits: a turn is short. */
static bool run_to_the_end(struct agents *agents, struct error *err)
{
    double looked = course_now(), still_since = looked;
    size_t steps = 0;
    while (agents->trouble.kind == ERROR_NONE && agents->done < agents->count) {
        turn(agents);
        double now = course_now();
        if (now - looked < 1e-3 * WAIT_MS)
            continue;
        looked = now;
        look_at_the_clock(agents, now);
        if (course_steps(agents->options.course) > steps)
            still_since = now;
        steps = course_steps(agents->options.course);
        if (now - still_since > STILL_S_MAX)
            fail_with(agents, ERROR_UNAVAILABLE, "storm", "nothing moved for a minute");
    }
    *err = agents->trouble;
    return agents->trouble.kind == ERROR_NONE;
}

bool agents_run(struct agents *agents, struct error *err)
{
    for (size_t i = 0; i < agents->count && agents->trouble.kind == ERROR_NONE; i++) {
        dial(agents, i);
        listen_to(agents, i);
    }
    return run_to_the_end(agents, err);
}

static int compare_positions(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return a < b ? -1 : a > b;
}

static bool places_differ(uint64_t *positions, size_t count)
{
    qsort(positions, count, sizeof *positions, compare_positions);
    for (size_t i = 1; i < count; i++)
        if (positions[i] == positions[i - 1])
            return false;
    return true;
}

static bool prove(const struct agents *agents, size_t number, size_t at, uint64_t *out_position,
                  struct error *err)
{
    const struct province_card *card = &agents->options.card;
    const struct kept_receipt *kept = &agents->items[number].receipts[at];
    arena_reset(agents->scratch);
    const struct receipt *receipt = kept->answer.data ? look_into(kept, agents->scratch) : NULL;
    if (!receipt)
        return error_set(err, ERROR_REFUSED, "a receipt is missing");
    if (receipt->arrival.sequence != at + 1)
        return error_set(err, ERROR_REFUSED, "a receipt of another statement");
    *out_position = receipt->position;
    return receipt_verify(receipt, card->origin, card->keys.signing, err);
}

bool agents_prove(const struct agents *agents, struct error *err)
{
    size_t each = agents->options.consignment->each;
    CLEANUP(memory_free)
    uint64_t *positions = memory_zeroed(agents->count * each + 1, sizeof *positions);
    for (size_t i = 0; i < agents->count * each; i++)
        if (!prove(agents, i / each, i % each, &positions[i], err))
            return false;
    return places_differ(positions, agents->count * each) ||
           error_set(err, ERROR_REFUSED, "two receipts name the same place");
}

bool agents_repeat(struct agents *agents, struct error *err)
{
    agents->repeats = true;
    for (size_t i = 0; i < agents->count; i++)
        agents->items[i].receipted = 0;
    hand_in_all(agents);
    return run_to_the_end(agents, err);
}
