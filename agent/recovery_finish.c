#include <string.h>

#include "agent/agent.h"
#include "agent/catalogue_offer.h"
#include "agent/installation.h"
#include "agent/new_epoch.h"
#include "agent/recovered.h"
#include "agent/recovery.h"
#include "agent/statements.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/storage/transaction.h"
#include "common/wire/statement.h"

/* The newest epoch in which this device was enrolled. */
static const struct recovered_stream *
newest_of_ours(const struct agent *agent, const struct recovered_stream *streams, size_t count)
{
    const struct recovered_stream *newest = NULL;
    for (size_t i = 0; i < count; i++)
        if (bytes_equal(BYTES_OF(streams[i].device), BYTES_OF(agent->device.stream.device)))
            newest = &streams[i];
    return newest;
}

/* Whether the province stands at a point of our stream. */
static bool stream_is_whole(const struct agent *agent, struct transaction *txn,
                            const struct stream_head *head, bool *out, struct error *err)
{
    struct stream_head ours;
    struct sealed_statement sealed;
    if (!statements_head(&agent->store, txn, &ours, err))
        return false;
    *out = head->sequence == 0;
    if (head->sequence == 0 || head->sequence > ours.sequence)
        return true;
    if (!statements_get(&agent->store, txn, head->sequence, &sealed, err))
        return false;
    struct digest hash = sealed_statement_hash(&sealed);
    *out = digest_equal(&hash, &head->hash);
    return true;
}

/* Of our stream: it goes on, a new epoch begins, or somebody has to do something. */
static bool settle_stream(struct agent *agent, struct transaction *txn,
                          const struct recovered_stream *newest, struct recovery_end *out,
                          struct error *err)
{
    bool whole;
    if (!newest)
        return error_set(err, ERROR_REFUSED, MESSAGE_RECOVERY_NOT_ENROLLED);
    if (memcmp(newest->key, agent->pair.public.signing, KEY_SIZE) != 0)
        return error_set(err, ERROR_REFUSED, MESSAGE_RECOVERY_OTHER_KEYS);
    if (newest->epoch > agent->device.stream.epoch) {
        out->epoch = newest->epoch;
        return new_epoch_begin(agent, txn, newest->epoch, &out->stranded, err);
    }
    return stream_is_whole(agent, txn, &newest->head, &whole, err) &&
           (whole || error_set(err, ERROR_REFUSED, MESSAGE_RECOVERY_ENROL));
}

bool recovery_finish(struct agent *agent, struct arena *arena, struct recovery_end *out,
                     struct error *err)
{
    const struct catalogue *before = agent->catalogue;
    struct catalogue_offer newest;
    *out = (struct recovery_end){ 0 };
    CLEANUP(transaction_abort) struct transaction *txn = transaction_write(agent->store.database);
    const struct recovered_stream *streams =
        recovered_streams(&agent->store, txn, arena, &out->streams);
    for (size_t i = 0; i < out->streams; i++)
        out->statements += streams[i].head.sequence;
    struct recovery_state state = recovery_state(&agent->store, txn);
    if (settle_stream(agent, txn, newest_of_ours(agent, streams, out->streams), out, err) &&
        catalogue_offer_use(agent, txn, &state.catalogue, arena, &newest, err) &&
        transaction_commit(&txn, err)) {
        out->version = newest.taken ? newest.version : 0;
        out->drafts = newest.drafts;
        if (out->epoch > 0)
            agent->device.stream.epoch = out->epoch;
        return out->epoch == 0 || installation_examine(agent, err);
    }
    agent->catalogue = before;
    return false;
}
