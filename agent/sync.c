#include "agent/sync.h"

#include <assert.h>

#include "agent/agent.h"
#include "agent/answer.h"
#include "agent/greeting.h"
#include "agent/outbox.h"
#include "common/base/arena.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/progress.h"
#include "common/base/random.h"
#include "common/storage/transaction.h"
#include "common/wire/message.h"
#include "common/wire/statement.h"

#define ANSWER_TIMEOUT_MS 10000
#define PAUSE_FIRST_MS 500
#define PAUSE_MAX_MS 30000
#define GAPS_MAX 3 /* without a receipt between them */

struct session {
    struct agent *agent;
    struct sync_channel *channel;
    const struct sync_options *options;
    struct sync_report *report;
    struct arena *arena; /* of one exchange */
    struct greeting greeting;
    uint64_t next;       /* number of the statement whose receipt comes next */
    int64_t deadline_ms; /* monotonic; moves on with every receipt */
    int64_t pause_ms;    /* before the next attempt */
    unsigned gaps;
};

static int64_t now_ms(const struct session *session)
{
    const struct clock *clock = session->agent->seams.clock;
    return clock->monotonic_ms(clock);
}

static int answer_timeout(const struct session *session)
{
    int64_t left = session->deadline_ms - now_ms(session);
    return left < 1 ? 1 : left < ANSWER_TIMEOUT_MS ? (int)left : ANSWER_TIMEOUT_MS;
}

static bool hear(struct session *session, struct message *out, struct error *err)
{
    struct bytes payload;
    struct sync_channel *channel = session->channel;
    if (!channel->receive(channel, answer_timeout(session), &payload, err))
        return false;
    payload = arena_copy_bytes(session->arena, payload);
    return message_decode(payload, session->arena, out, err) ||
           error_wrap(err, MESSAGE_SYNC_UNREADABLE);
}

static bool tell(struct session *session, const struct message *message, struct error *err)
{
    struct sync_channel *channel = session->channel;
    return channel->send(channel, message_encode(message, session->arena), answer_timeout(session),
                         err);
}

static bool ask(struct session *session, const struct message *question, struct message *out,
                struct error *err)
{
    return tell(session, question, err) && hear(session, out, err);
}

/* Busy and stopping pass; the other refusals are for a person. Returns false. */
static bool decline(struct session *session, const struct message *answer, struct error *err)
{
    if (answer->kind == MESSAGE_BUSY) {
        session->pause_ms = answer->retry_after_ms;
        return error_set(err, ERROR_UNAVAILABLE, MESSAGE_SYNC_BUSY);
    }
    if (answer->kind != MESSAGE_REFUSAL)
        return error_set(err, ERROR_MALFORMED, MESSAGE_SYNC_OUT_OF_TURN, (int)answer->kind);
    const char *why = refusal_words(answer->refusal);
    if (answer->refusal == REFUSAL_STOPPING)
        return error_set(err, ERROR_UNAVAILABLE, MESSAGE_SYNC_REFUSED, why);
    if (answer->refused_sequence == 0)
        return error_set(err, ERROR_REFUSED, MESSAGE_SYNC_REFUSED, why);
    return error_set(err, ERROR_REFUSED, MESSAGE_SYNC_REFUSED_STATEMENT, answer->refused_sequence,
                     why);
}

static bool say_hello(struct session *session, struct bytes challenge, struct message *out,
                      struct error *err)
{
    struct message hello = { .kind = MESSAGE_HELLO };
    return greeting_say(session->agent, challenge, session->arena, &hello.hello, err) &&
           ask(session, &hello, out, err);
}

/* A province that doubts our token asks once more: only we can answer on this line. */
static bool greet(struct session *session, struct error *err)
{
    struct message answer;
    arena_reset(session->arena);
    if (!say_hello(session, (struct bytes){ NULL, 0 }, &answer, err))
        return false;
    if (answer.kind == MESSAGE_CHALLENGE && !say_hello(session, answer.challenge, &answer, err))
        return false;
    if (answer.kind != MESSAGE_WELCOME)
        return decline(session, &answer, err);
    if (!greeting_accept(session->agent, &answer.welcome, session->arena, &session->greeting, err))
        return false;
    session->report->zone_learnt |= session->greeting.zone_learnt;
    session->report->other_catalogue = session->greeting.other_catalogue;
    session->next = session->greeting.next;
    session->gaps = 0;
    return true;
}

static bool take_receipts(struct session *session, const struct message *answer, uint64_t last,
                          struct error *err)
{
    struct answer_counts counts = { 0 };
    if (!answer_store(session->agent, answer->receipts, answer->receipt_count, session->next, last,
                      session->arena, &counts, err))
        return false;
    session->next += answer->receipt_count;
    session->gaps = 0;
    session->deadline_ms = now_ms(session) + session->options->timeout_ms;
    session->report->accepted += counts.accepted;
    session->report->rejected += counts.rejected;
    session->report->receipted += counts.accepted + counts.rejected;
    if (session->options->progress)
        progress_set(session->options->progress, session->report->receipted);
    return true;
}

/* The province misses something before what was sent: it goes on from where it stands. */
static bool resume(struct session *session, const struct message *answer, struct error *err)
{
    if (session->gaps++ >= GAPS_MAX)
        return error_set(err, ERROR_UNAVAILABLE, MESSAGE_SYNC_GAPS);
    if (!greeting_head_is_ours(session->agent, &answer->gap, session->arena, err))
        return false;
    session->next = answer->gap.sequence + 1;
    return true;
}

/* The answer to statements `next` to `last`, which may come in several messages. */
static bool take_answers(struct session *session, struct message *answer, uint64_t last,
                         struct error *err)
{
    for (;;) {
        if (answer->kind == MESSAGE_GAP)
            return resume(session, answer, err);
        if (answer->kind != MESSAGE_RECEIPTS)
            return decline(session, answer, err);
        if (!take_receipts(session, answer, last, err))
            return false;
        if (session->next > last)
            return true;
        if (!hear(session, answer, err))
            return false;
    }
}

/* One statement too large for a message, part after part; the province says how much of it
 * it has. */
static bool submit_in_parts(struct session *session, struct bytes encoded, struct message *answer,
                            struct error *err)
{
    struct message part = { .kind = MESSAGE_CHUNK };
    part.chunk.hash = digest_sha256((struct bytes){ "", 0 }, encoded);
    part.chunk.total_size = encoded.size;
    for (uint64_t offset = 0;;) {
        uint64_t left = encoded.size - offset;
        part.chunk.offset = offset;
        part.chunk.part.data = (const char *)encoded.data + offset;
        part.chunk.part.size = left < MESSAGE_PART_SIZE_MAX ? (size_t)left : MESSAGE_PART_SIZE_MAX;
        if (!ask(session, &part, answer, err))
            return false;
        if (answer->kind != MESSAGE_CHUNK_HEAD)
            return true;
        const struct chunk *head = &answer->chunk;
        if (!digest_equal(&head->hash, &part.chunk.hash) || head->offset <= offset ||
            head->offset >= encoded.size)
            return error_set(err, ERROR_UNAVAILABLE, MESSAGE_SYNC_PARTS);
        offset = head->offset;
    }
}

static bool take_window(struct session *session, struct message *submit, struct error *err)
{
    const struct greeting *greeting = &session->greeting;
    struct sealed_statement *statements =
        arena_take(session->arena, greeting->window_statements, sizeof *statements);
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(session->agent->store.database);
    submit->statements = statements;
    return outbox_take(&session->agent->store, txn, session->next, greeting->window_statements,
                       greeting->window_bytes, session->arena, statements, &submit->statement_count,
                       err) &&
           transaction_check(txn, err);
}

static bool deliver(struct session *session, struct error *err)
{
    while (session->next <= session->greeting.head) {
        struct message submit = { .kind = MESSAGE_SUBMIT }, answer;
        arena_reset(session->arena);
        if (!take_window(session, &submit, err))
            return false;
        uint64_t last = session->next + submit.statement_count - 1;
        struct bytes first = sealed_statement_encode(&submit.statements[0], session->arena);
        bool heard = first.size > MESSAGE_PART_SIZE_MAX
                         ? submit_in_parts(session, first, &answer, err)
                         : ask(session, &submit, &answer, err);
        if (!heard || !take_answers(session, &answer, last, err))
            return false;
    }
    return true;
}

static bool run_session(struct session *session, struct error *err)
{
    struct sync_channel *channel = session->channel;
    if (!channel->open(channel, err))
        return false;
    bool done = greet(session, err) && deliver(session, err);
    channel->close(channel);
    return done;
}

/* Doubles from attempt to attempt, or as the province asked; half of it is chance, so that a
 * hundred agents do not come back together. */
static int64_t next_pause(struct session *session, unsigned attempt)
{
    int64_t pause = PAUSE_FIRST_MS;
    for (unsigned i = 0; i < attempt && pause < PAUSE_MAX_MS; i++)
        pause *= 2;
    if (session->pause_ms > 0)
        pause = session->pause_ms;
    session->pause_ms = 0;
    pause = pause < PAUSE_MAX_MS ? pause : PAUSE_MAX_MS;
    return pause / 2 +
           (int64_t)random_below(session->agent->seams.random, (uint64_t)(pause / 2 + 1));
}

static bool count_waiting(struct agent *agent, uint64_t *out, struct error *err)
{
    struct outbox outbox;
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(agent->store.database);
    if (!outbox_look(&agent->store, txn, &outbox, err))
        return false;
    *out = outbox_waiting(&outbox);
    return true;
}

static bool run_sessions(struct session *session, struct error *err)
{
    session->deadline_ms = now_ms(session) + session->options->timeout_ms;
    for (unsigned attempt = 0;; attempt++) {
        uint64_t before = session->report->receipted;
        if (run_session(session, err))
            return true;
        if (err->kind != ERROR_UNAVAILABLE)
            return false;
        if (session->report->receipted > before)
            attempt = 0;
        int64_t pause = next_pause(session, attempt);
        if (now_ms(session) + pause >= session->deadline_ms)
            return false;
        session->channel->wait(session->channel, pause);
    }
}

bool sync_run(struct agent *agent, struct sync_channel *channel, const struct sync_options *options,
              struct sync_report *out, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    *out = (struct sync_report){ 0 };
    struct session session = {
        .agent = agent, .channel = channel, .options = options, .report = out, .arena = arena
    };
    bool done = run_sessions(&session, err);
    struct error unread;
    bool counted = count_waiting(agent, &out->waiting, done ? err : &unread);
    return done && counted;
}
