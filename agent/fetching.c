#include "agent/fetching.h"

#include "agent/agent.h"
#include "agent/exchange.h"
#include "agent/parts.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/storage/transaction.h"
#include "common/wire/message.h"

/* What is here decides what is asked for. */
static bool continue_from(const struct agent *agent, struct message *question,
                          struct parts_state *out, struct error *err)
{
    CLEANUP(transaction_abort) struct transaction *txn = transaction_read(agent->store.database);
    if (parts_find(&agent->store, txn, question, out)) {
        question->ask.offset = out->held;
        question->ask.size = out->size;
    }
    return transaction_check(txn, err);
}

static bool forget(const struct agent *agent, struct error *err)
{
    CLEANUP(transaction_abort) struct transaction *txn = transaction_write(agent->store.database);
    parts_clear(&agent->store, txn);
    return transaction_commit(&txn, err);
}

static bool keep(const struct agent *agent, const struct message *question,
                 const struct message *part, struct error *err)
{
    CLEANUP(transaction_abort) struct transaction *txn = transaction_write(agent->store.database);
    parts_add(&agent->store, txn, question, part);
    return transaction_commit(&txn, err);
}

static bool is_next(const struct message *part, const struct parts_state *state)
{
    const struct chunk *chunk = &part->chunk;
    return chunk->offset == state->held &&
           (state->held == 0 ||
            (digest_equal(&chunk->hash, &state->hash) && chunk->total_size == state->total));
}

static bool is_whole(struct bytes whole, const struct digest *hash)
{
    struct digest digest = digest_sha256((struct bytes){ NULL, 0 }, whole);
    return digest_equal(&digest, hash);
}

/* What does not belong to what is here, or adds up to something else, is begun anew. */
static bool start_over(const struct agent *agent, struct error *err)
{
    return forget(agent, err) && error_set(err, ERROR_UNAVAILABLE, MESSAGE_FETCH_AGAIN);
}

static bool finish(const struct agent *agent, const struct chunk *last, struct arena *arena,
                   struct bytes *out, struct error *err)
{
    if (last->offset == 0) {
        *out = arena_copy_bytes(arena, last->part);
        return is_whole(*out, &last->hash) || start_over(agent, err);
    }
    CLEANUP(transaction_abort) struct transaction *txn = transaction_read(agent->store.database);
    *out = parts_join(&agent->store, txn, last->total_size, arena);
    if (!transaction_check(txn, err))
        return false;
    transaction_abort(&txn);
    return is_whole(*out, &last->hash) ? forget(agent, err) : start_over(agent, err);
}

bool fetching_run(struct exchange *exchange, const struct message *question, struct arena *arena,
                  struct bytes *out, struct error *err)
{
    const struct agent *agent = exchange->agent;
    for (;;) {
        struct message asked = *question, part;
        struct parts_state state;
        arena_reset(exchange->arena);
        if (!continue_from(agent, &asked, &state, err) ||
            !exchange_ask(exchange, &asked, &part, err))
            return false;
        bool stale = part.kind == MESSAGE_REFUSAL && state.held > 0;
        if (stale || (part.kind == MESSAGE_PART && !is_next(&part, &state)))
            return start_over(agent, err);
        if (part.kind != MESSAGE_PART)
            return exchange_decline(exchange, &part, err);
        bool last = part.chunk.offset + part.chunk.part.size == part.chunk.total_size;
        bool alone = last && part.chunk.offset == 0;
        if (!alone && !keep(agent, question, &part, err))
            return false;
        exchange_moved(exchange);
        if (last)
            return finish(agent, &part.chunk, arena, out, err);
    }
}
