#include "agent/exchange.h"

#include "agent/agent.h"
#include "agent/sync.h"
#include "common/base/arena.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/random.h"
#include "common/wire/message.h"

#define ANSWER_TIMEOUT_MS 10000
#define PAUSE_FIRST_MS 500
#define PAUSE_MAX_MS 30000

static int64_t now_ms(const struct exchange *exchange)
{
    const struct clock *clock = exchange->agent->seams.clock;
    return clock->monotonic_ms(clock);
}

static int answer_timeout(const struct exchange *exchange)
{
    int64_t left = exchange->deadline_ms - now_ms(exchange);
    return left < 1 ? 1 : left < ANSWER_TIMEOUT_MS ? (int)left : ANSWER_TIMEOUT_MS;
}

bool exchange_tell(struct exchange *exchange, const struct message *message, struct error *err)
{
    struct sync_channel *channel = exchange->channel;
    return channel->send(channel, message_encode(message, exchange->arena),
                         answer_timeout(exchange), err);
}

bool exchange_hear(struct exchange *exchange, struct message *out, struct error *err)
{
    struct bytes payload;
    struct sync_channel *channel = exchange->channel;
    if (!channel->receive(channel, answer_timeout(exchange), &payload, err))
        return false;
    payload = arena_copy_bytes(exchange->arena, payload);
    return message_decode(payload, exchange->arena, out, err) ||
           error_wrap(err, MESSAGE_SYNC_UNREADABLE);
}

bool exchange_ask(struct exchange *exchange, const struct message *question, struct message *out,
                  struct error *err)
{
    return exchange_tell(exchange, question, err) && exchange_hear(exchange, out, err);
}

bool exchange_decline(struct exchange *exchange, const struct message *answer, struct error *err)
{
    if (answer->kind == MESSAGE_BUSY) {
        exchange->pause_ms = answer->retry_after_ms;
        return error_set(err, ERROR_UNAVAILABLE, MESSAGE_SYNC_BUSY);
    }
    if (answer->kind != MESSAGE_REFUSAL)
        return error_set(err, ERROR_MALFORMED, MESSAGE_SYNC_OUT_OF_TURN, (int)answer->kind);
    const char *why = refusal_words(answer->refusal);
    if (answer->refusal == REFUSAL_STOPPING || answer->refusal == REFUSAL_NO_ROOM)
        return error_set(err, ERROR_UNAVAILABLE, MESSAGE_SYNC_REFUSED, why);
    if (answer->refused_sequence == 0)
        return error_set(err, ERROR_REFUSED, MESSAGE_SYNC_REFUSED, why);
    return error_set(err, ERROR_REFUSED, MESSAGE_SYNC_REFUSED_STATEMENT, answer->refused_sequence,
                     why);
}

void exchange_moved(struct exchange *exchange)
{
    exchange->moves++;
    exchange->deadline_ms = now_ms(exchange) + exchange->timeout_ms;
}

/* Doubles from attempt to attempt, half of it chance, so that a thousand agents do not come back
 * together; never earlier than the province asked, and up to half as long again. */
static int64_t next_pause(struct exchange *exchange, unsigned attempt)
{
    int64_t pause = PAUSE_FIRST_MS;
    for (unsigned i = 0; i < attempt && pause < PAUSE_MAX_MS; i++)
        pause *= 2;
    int64_t asked = exchange->pause_ms < PAUSE_MAX_MS ? exchange->pause_ms : PAUSE_MAX_MS;
    exchange->pause_ms = 0;
    pause = pause < PAUSE_MAX_MS ? pause : PAUSE_MAX_MS;
    int64_t least = asked > 0 ? asked : pause / 2, chance = asked > 0 ? asked / 2 : pause / 2;
    return least + (int64_t)random_below(exchange->agent->seams.random, (uint64_t)(chance + 1));
}

static bool run_once(struct exchange *exchange, exchange_session_fn *session, void *owner,
                     struct error *err)
{
    struct sync_channel *channel = exchange->channel;
    if (!channel->open(channel, err))
        return false;
    bool done = session(owner, err);
    channel->close(channel);
    return done;
}

bool exchange_persist(struct exchange *exchange, exchange_session_fn *session, void *owner,
                      struct error *err)
{
    exchange->deadline_ms = now_ms(exchange) + exchange->timeout_ms;
    for (unsigned attempt = 0;; attempt++) {
        uint64_t before = exchange->moves;
        if (run_once(exchange, session, owner, err))
            return true;
        if (err->kind != ERROR_UNAVAILABLE)
            return false;
        if (exchange->moves > before)
            attempt = 0;
        int64_t pause = next_pause(exchange, attempt);
        if (now_ms(exchange) + pause >= exchange->deadline_ms)
            return false;
        exchange->channel->wait(exchange->channel, pause);
    }
}
