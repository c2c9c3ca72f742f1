#include "agent/greeting.h"

#include "agent/agent.h"
#include "agent/catalogues.h"
#include "agent/continuity.h"
#include "agent/evidence.h"
#include "agent/installation.h"
#include "agent/outbox.h"
#include "agent/session_token.h"
#include "agent/settings.h"
#include "agent/statements.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/seeded_bug.h"
#include "common/catalogue/catalogue.h"
#include "common/storage/reserve.h"
#include "common/storage/transaction.h"
#include "common/wire/entry.h"
#include "common/wire/statement.h"

bool greeting_say(struct agent *agent, struct bytes challenge, struct arena *arena,
                  struct hello *out, struct error *err)
{
    struct outbox outbox;
    if (!installation_may_act(agent, err))
        return false;
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_write(agent->store.database);
    if (!outbox_look(&agent->store, txn, &outbox, err))
        return false;
    struct session_token shown = session_token_show(&agent->store, txn, agent->device.stream.epoch,
                                                    agent->seams.random, arena);
    *out = (struct hello){
        .protocol_min = MESSAGE_PROTOCOL,
        .protocol_max = MESSAGE_PROTOCOL,
        .province = agent->province.province,
        .stream = agent->device.stream,
        .sequence = outbox.head.sequence,
        .catalogue = agent->catalogue->digest,
        .waiting = outbox_waiting(&outbox),
        .agent_utc_ms = agent_utc_ms(agent),
        .token = shown.token,
        .nonce = shown.nonce,
        .challenge = challenge,
    };
    return continuity_say(agent, txn, arena, out, err) && transaction_commit(&txn, err);
}

static bool head_is_ours(const struct agent *agent, struct transaction *txn,
                         const struct stream_head *head, struct error *err)
{
    struct stream_head ours;
    struct sealed_statement sealed;
    if (!statements_head(&agent->store, txn, &ours, err))
        return false;
    if (head->sequence > ours.sequence)
        return error_set(err, ERROR_REFUSED, MESSAGE_SYNC_AHEAD, head->sequence, ours.sequence);
    if (head->sequence == 0)
        return true;
    if (!statements_get(&agent->store, txn, head->sequence, &sealed, err))
        return false;
    struct digest hash = sealed_statement_hash(&sealed);
    return digest_equal(&hash, &head->hash) || seeded_bug(BUG_OVERLOOK_ANOTHER_HISTORY) ||
           error_set(err, ERROR_REFUSED, MESSAGE_SYNC_OTHER_HISTORY, head->sequence);
}

bool greeting_head_is_ours(const struct agent *agent, const struct stream_head *head,
                           struct arena *arena, struct error *err)
{
    (void)arena;
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(agent->store.database);
    return head_is_ours(agent, txn, head, err) && transaction_check(txn, err);
}

/* Our zone's record in the register; without it the one we have stays. Kept without the time at
 * which it was told, so that the same record is the same bytes. */
static bool take_zone(struct agent *agent, struct transaction *txn, const struct welcome *welcome,
                      struct arena *arena, bool *out_learnt, struct error *err)
{
    struct entry entry;
    struct bytes before;
    if (welcome->zone.size == 0)
        return true;
    if (!entry_decode(welcome->zone, arena, &entry, err))
        return false;
    if (entry.kind != ENTRY_ZONE || !zone_id_equal(&entry.zone.id, &agent->device.stream.zone))
        return error_set(err, ERROR_MALFORMED, MESSAGE_SYNC_OTHER_ZONE);
    entry.utc_ms = 0;
    struct bytes record = entry_encode(&entry, arena);
    *out_learnt =
        !settings_get(&agent->store, txn, SETTING_ZONE, &before) || !bytes_equal(before, record);
    if (*out_learnt)
        settings_put(&agent->store, txn, SETTING_ZONE, record);
    return true;
}

static void decide(const struct agent *agent, const struct outbox *outbox,
                   const struct welcome *welcome, struct greeting *out)
{
    uint64_t known = welcome->head.sequence;
    size_t statements = welcome->window_statements, bytes = welcome->window_bytes;
    out->head = outbox->head.sequence;
    out->next = (known < outbox->receipted ? known : outbox->receipted) + 1;
    out->notices = welcome->notices;
    out->clock_ahead_ms = agent_utc_ms(agent) - welcome->utc_ms;
    out->window_statements = statements < 1 ? 1 : statements;
    if (out->window_statements > MESSAGE_STATEMENTS_MAX)
        out->window_statements = MESSAGE_STATEMENTS_MAX;
    out->window_bytes = bytes < MESSAGE_PART_SIZE_MAX ? bytes : MESSAGE_PART_SIZE_MAX;
    out->history = welcome->history;
    out->catalogue = welcome->catalogue;
    out->other_catalogue = !digest_is_zero(&welcome->catalogue) &&
                           !digest_equal(&welcome->catalogue, &agent->catalogue->digest);
}

/* The one that is built in is the province's too: no other one below its version will do. */
static void confirm_catalogue(const struct agent *agent, struct transaction *txn,
                              const struct greeting *greeting)
{
    struct catalogues_mark mark;
    if (!digest_equal(&greeting->catalogue, &agent->catalogue->digest) ||
        catalogues_marked(&agent->store, txn, &mark))
        return;
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    catalogues_keep(&agent->store, txn, agent->catalogue, arena);
    catalogues_put_mark(&agent->store, txn, agent->catalogue);
}

/* An answer to an earlier question is behind what we have seen since. */
static bool is_stale(const struct agent *agent, struct transaction *txn, const struct hello *asked,
                     struct arena *arena, bool *out, struct error *err)
{
    struct hello now = { 0 };
    if (!continuity_say(agent, txn, arena, &now, err))
        return false;
    *out = now.checkpoint_size > 0 && (asked->checkpoint_size != now.checkpoint_size ||
                                       asked->checkpoint_generation != now.checkpoint_generation);
    *out = *out && !seeded_bug(BUG_CONCLUDE_FROM_A_STALE_ANSWER);
    return true;
}

static bool take_proven(struct agent *agent, struct transaction *txn, const struct welcome *welcome,
                        struct arena *arena, struct greeting *out, struct error *err)
{
    return continuity_accept(agent, txn, welcome, arena, &out->continuity, err) &&
           take_zone(agent, txn, welcome, arena, &out->zone_learnt, err);
}

static bool accept_once(struct agent *agent, const struct hello *asked,
                        const struct welcome *welcome, struct arena *arena, struct greeting *out,
                        struct error *err)
{
    struct outbox outbox;
    *out = (struct greeting){ 0 };
    if (welcome->protocol != MESSAGE_PROTOCOL)
        return error_set(err, ERROR_REFUSED, MESSAGE_SYNC_PROTOCOL, welcome->protocol,
                         MESSAGE_PROTOCOL);

    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_write(agent->store.database);
    if (!head_is_ours(agent, txn, &welcome->head, err) ||
        (asked && !is_stale(agent, txn, asked, arena, &out->stale, err)) ||
        (!out->stale && !take_proven(agent, txn, welcome, arena, out, err))) {
        transaction_abort(&txn);
        struct error unkept;
        if (out->continuity.broken && !evidence_keep_broken(agent, welcome, &unkept))
            *err = unkept;
        return false;
    }
    if (!outbox_look(&agent->store, txn, &outbox, err))
        return false;
    if (!session_token_keep(&agent->store, txn, agent->device.stream.epoch, welcome->token))
        return error_set(err, ERROR_MALFORMED, MESSAGE_SYNC_TOKEN);
    decide(agent, &outbox, welcome, out);
    confirm_catalogue(agent, txn, out);
    return transaction_commit(&txn, err);
}

static bool accept_welcome(struct agent *agent, const struct hello *asked,
                           const struct welcome *welcome, struct arena *arena, struct greeting *out,
                           struct error *err)
{
    return accept_once(agent, asked, welcome, arena, out, err) ||
           (reserve_helps(agent->reserve, err) &&
            accept_once(agent, asked, welcome, arena, out, err));
}

bool greeting_accept(struct agent *agent, const struct welcome *welcome, struct arena *arena,
                     struct greeting *out, struct error *err)
{
    return accept_welcome(agent, NULL, welcome, arena, out, err);
}

bool greeting_accept_carried(struct agent *agent, const struct hello *asked,
                             const struct welcome *welcome, struct arena *arena,
                             struct greeting *out, struct error *err)
{
    return accept_welcome(agent, asked, welcome, arena, out, err);
}
