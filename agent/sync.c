#include "agent/sync.h"

#include <assert.h>

#include "agent/agent.h"
#include "agent/answer.h"
#include "agent/exchange.h"
#include "agent/fetching.h"
#include "agent/greeting.h"
#include "agent/notices.h"
#include "agent/outbox.h"
#include "agent/recovery.h"
#include "agent/witness.h"
#include "common/base/arena.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/progress.h"
#include "common/base/random.h"
#include "common/storage/transaction.h"
#include "common/wire/message.h"
#include "common/wire/statement.h"

#define GREETINGS_MAX 10000 /* in one session */
#define GAPS_MAX 3          /* without a receipt between them */

struct session {
    struct agent *agent;
    const struct sync_options *options;
    struct sync_report *report;
    struct arena *arena; /* of one exchange */
    struct exchange exchange;
    struct greeting greeting;
    uint64_t next; /* number of the statement whose receipt comes next */
    unsigned gaps;
};

static bool say_hello(struct session *session, struct bytes challenge, struct message *out,
                      struct error *err)
{
    struct message hello = { .kind = MESSAGE_HELLO };
    return greeting_say(session->agent, challenge, session->arena, &hello.hello, err) &&
           exchange_ask(&session->exchange, &hello, out, err);
}

/* A province that doubts our token asks once more: only we can answer on this line. */
static bool greet_once(struct session *session, struct error *err)
{
    struct message answer;
    arena_reset(session->arena);
    if (!say_hello(session, (struct bytes){ NULL, 0 }, &answer, err))
        return false;
    if (answer.kind == MESSAGE_CHALLENGE && !say_hello(session, answer.challenge, &answer, err))
        return false;
    if (answer.kind != MESSAGE_WELCOME)
        return exchange_decline(&session->exchange, &answer, err);
    if (!greeting_accept(session->agent, &answer.welcome, session->arena, &session->greeting, err))
        return false;
    session->report->clock_ahead_ms = session->greeting.clock_ahead_ms;
    session->report->zone_learnt |= session->greeting.zone_learnt;
    session->report->generation = session->greeting.continuity.opened
                                      ? session->greeting.continuity.opened
                                      : session->report->generation;
    session->report->receipts_lost += session->greeting.continuity.receipts_lost;
    session->next = session->greeting.next;
    session->gaps = 0;
    return true;
}

/* The one the province uses is fetched before anything is sent. One that cannot be taken stops
 * nothing: what is sealed goes on its way, and the person is told. */
static bool bring_catalogue(struct session *session, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct sync_report *report = session->report;
    const struct digest *wanted = &session->greeting.catalogue;
    struct message question = { .kind = MESSAGE_CATALOGUE_ASK, .ask = { .catalogue = *wanted } };
    struct bytes offer;
    if (!session->greeting.other_catalogue)
        return true;
    if (catalogue_offer_expect(session->agent, wanted, err) &&
        witness_size(session->agent, &question.ask.known, err) &&
        fetching_run(&session->exchange, &question, arena, &offer, err) &&
        catalogue_offer_accept(session->agent, offer, wanted, arena, &report->catalogue, err)) {
        session->greeting.other_catalogue = false;
        return true;
    }
    bool passes = err->kind == ERROR_REFUSED || err->kind == ERROR_MALFORMED;
    if (passes)
        report->catalogue_trouble = *err;
    return passes;
}

static bool read_next_notice(const struct session *session, uint64_t *out, struct error *err)
{
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(session->agent->store.database);
    *out = notices_next(&session->agent->store, txn);
    return transaction_check(txn, err);
}

/* What was decided about our returns since we last asked; most sessions have nothing to ask. */
static bool take_notices(struct session *session, struct error *err)
{
    uint64_t next;
    if (!read_next_notice(session, &next, err))
        return false;
    while (next < session->greeting.notices) {
        struct message question = { .kind = MESSAGE_ASK_NOTICES }, answer;
        struct notice_counts counts;
        question.ask_notices = (struct ask_notices){ session->agent->device.stream.device, next };
        arena_reset(session->arena);
        if (!exchange_ask(&session->exchange, &question, &answer, err))
            return false;
        if (answer.kind != MESSAGE_NOTICES)
            return exchange_decline(&session->exchange, &answer, err);
        if (answer.notices.until <= next)
            return error_set(err, ERROR_MALFORMED, MESSAGE_SYNC_NOTICES);
        if (!notices_accept(session->agent, &answer.notices, session->arena, &counts, err))
            return false;
        next = answer.notices.until;
        session->report->notices.sent_back += counts.sent_back;
        session->report->notices.decided += counts.decided;
    }
    return true;
}

/* After a disaster once more: with what is left of what we saw, and for each page of lost receipts
 * that the province does not know of. */
static bool greet(struct session *session, struct error *err)
{
    for (unsigned i = 0; i < GREETINGS_MAX; i++) {
        if (!greet_once(session, err))
            return false;
        if (!session->greeting.continuity.ask_again)
            return true;
        exchange_moved(&session->exchange);
    }
    return error_set(err, ERROR_UNAVAILABLE, MESSAGE_SYNC_GAPS);
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
    exchange_moved(&session->exchange);
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
            return exchange_decline(&session->exchange, answer, err);
        if (!take_receipts(session, answer, last, err))
            return false;
        if (session->next > last)
            return true;
        if (!exchange_hear(&session->exchange, answer, err))
            return false;
    }
}

/* Where to go on: after a cut line the province still has what came before it. */
static bool ask_for_head(struct session *session, const struct chunk *whole, uint64_t *out_offset,
                         struct message *answer, struct error *err)
{
    struct message question = { .kind = MESSAGE_CHUNK_ASK, .chunk = *whole };
    if (!exchange_ask(&session->exchange, &question, answer, err))
        return false;
    if (answer->kind != MESSAGE_CHUNK_HEAD)
        return exchange_decline(&session->exchange, answer, err);
    *out_offset = answer->chunk.offset;
    return (digest_equal(&answer->chunk.hash, &whole->hash) &&
            answer->chunk.offset < whole->total_size) ||
           error_set(err, ERROR_UNAVAILABLE, MESSAGE_SYNC_PARTS);
}

/* One statement too large for a message, part after part; the province says how much of it
 * it has. */
static bool submit_in_parts(struct session *session, struct bytes encoded, struct message *answer,
                            struct error *err)
{
    uint64_t offset = 0;
    struct message part = { .kind = MESSAGE_CHUNK };
    part.chunk.hash = digest_sha256((struct bytes){ "", 0 }, encoded);
    part.chunk.total_size = encoded.size;
    if (!ask_for_head(session, &part.chunk, &offset, answer, err))
        return false;
    for (;;) {
        uint64_t left = encoded.size - offset;
        part.chunk.offset = offset;
        part.chunk.part.data = (const char *)encoded.data + offset;
        part.chunk.part.size = left < MESSAGE_PART_SIZE_MAX ? (size_t)left : MESSAGE_PART_SIZE_MAX;
        if (!exchange_ask(&session->exchange, &part, answer, err))
            return false;
        if (answer->kind != MESSAGE_CHUNK_HEAD)
            return true;
        const struct chunk *head = &answer->chunk;
        if (!digest_equal(&head->hash, &part.chunk.hash) || head->offset <= offset ||
            head->offset >= encoded.size)
            return error_set(err, ERROR_UNAVAILABLE, MESSAGE_SYNC_PARTS);
        offset = head->offset;
        exchange_moved(&session->exchange);
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
                         : exchange_ask(&session->exchange, &submit, &answer, err);
        if (!heard || !take_answers(session, &answer, last, err))
            return false;
    }
    return true;
}

static bool run_session(void *owner, struct error *err)
{
    struct session *session = owner;
    return greet(session, err) && bring_catalogue(session, err) && take_notices(session, err) &&
           deliver(session, err) &&
           recovery_is_behind(session->agent, session->greeting.history, &session->report->behind,
                              err);
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

bool sync_run(struct agent *agent, struct sync_channel *channel, const struct sync_options *options,
              struct sync_report *out, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    *out = (struct sync_report){ 0 };
    struct session session = { .agent = agent,
                               .options = options,
                               .report = out,
                               .arena = arena,
                               .exchange = { .agent = agent,
                                             .channel = channel,
                                             .arena = arena,
                                             .timeout_ms = options->timeout_ms } };
    bool done = exchange_persist(&session.exchange, run_session, &session, err);
    struct error unread;
    bool counted = count_waiting(agent, &out->waiting, done ? err : &unread);
    return done && counted;
}
