#include "agent/recovering.h"

#include "agent/agent.h"
#include "agent/exchange.h"
#include "agent/fetching.h"
#include "agent/witness.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/progress.h"
#include "common/storage/transaction.h"
#include "common/wire/message.h"

struct recovering {
    struct agent *agent;
    struct exchange exchange;
    const struct recovering_options *options;
    struct recovering_report *report;
    uint64_t size; /* of the checkpoint that the pages are proved in; 0: the newest */
};

static bool write_question(const struct recovering *recovering, struct message *out,
                           struct error *err)
{
    const struct agent *agent = recovering->agent;
    *out = (struct message){ .kind = MESSAGE_HISTORY_ASK, .ask = { .size = recovering->size } };
    if (!witness_size(agent, &out->ask.known, err))
        return false;
    CLEANUP(transaction_abort) struct transaction *txn = transaction_read(agent->store.database);
    out->ask.from = recovery_state(&agent->store, txn).next;
    return transaction_check(txn, err);
}

static bool take_page(struct recovering *recovering, bool *out_more, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct message question;
    struct recovery_page page;
    struct bytes bytes;
    if (!write_question(recovering, &question, err) ||
        !fetching_run(&recovering->exchange, &question, arena, &bytes, err) ||
        !recovery_accept(recovering->agent, bytes, arena, &page, err))
        return false;
    recovering->size = page.size;
    recovering->report->fetched += page.statements;
    recovering->report->lost = page.lost;
    if (recovering->options->progress) {
        recovering->options->progress->total = page.size;
        progress_set(recovering->options->progress, page.next);
    }
    *out_more = page.next < page.size;
    return true;
}

static bool run_session(void *owner, struct error *err)
{
    struct recovering *recovering = owner;
    bool more = true;
    recovering->size = 0;
    while (more)
        if (!take_page(recovering, &more, err))
            return false;
    return true;
}

bool recovering_run(struct agent *agent, struct sync_channel *channel,
                    const struct recovering_options *options, struct recovering_report *out,
                    struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    *out = (struct recovering_report){ 0 };
    struct recovering recovering = { .agent = agent,
                                     .options = options,
                                     .report = out,
                                     .exchange = { .agent = agent,
                                                   .channel = channel,
                                                   .arena = arena,
                                                   .timeout_ms = options->timeout_ms } };
    return exchange_persist(&recovering.exchange, run_session, &recovering, err) &&
           recovery_finish(agent, arena, &out->end, err);
}
