#include "agent/recovery.h"

#include <assert.h>
#include <string.h>

#include "agent/agent.h"
#include "agent/catalogues.h"
#include "agent/receipts.h"
#include "agent/recovered.h"
#include "agent/reindexing.h"
#include "agent/settings.h"
#include "agent/statements.h"
#include "agent/witness.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/seeded_bug.h"
#include "common/catalogue/catalogue.h"
#include "common/storage/transaction.h"
#include "common/wire/excerpt.h"
#include "common/wire/proof.h"
#include "common/wire/receipt.h"
#include "common/wire/statement.h"

#define STATE_SIZE (8 + DIGEST_SIZE)

struct recovery_state recovery_state(const struct store *store, struct transaction *txn)
{
    struct recovery_state state = { 0 };
    struct bytes value;
    if (!settings_get(store, txn, SETTING_RECOVERY, &value))
        return state;
    assert(value.size == STATE_SIZE);
    const unsigned char *data = value.data;
    state.next = bytes_get_u64(data);
    memcpy(state.catalogue.bytes, data + 8, DIGEST_SIZE);
    return state;
}

static void put_state(const struct store *store, struct transaction *txn,
                      const struct recovery_state *state)
{
    unsigned char value[STATE_SIZE];
    bytes_put_u64(value, state->next);
    memcpy(value + 8, state->catalogue.bytes, DIGEST_SIZE);
    settings_put(store, txn, SETTING_RECOVERY, BYTES_OF(value));
}

bool recovery_is_behind(const struct agent *agent, uint64_t history, bool *out, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    CLEANUP(transaction_abort) struct transaction *txn = transaction_read(agent->store.database);
    struct receipt *receipt = arena_take(arena, 1, sizeof *receipt);
    uint64_t known = recovery_state(&agent->store, txn).next;
    uint64_t last = receipts_last(&agent->store, txn);
    if (last > 0 && !receipts_get(&agent->store, txn, last, arena, receipt, err))
        return false;
    *out = history > known && (last == 0 || history > receipt->position + 1);
    return transaction_check(txn, err);
}

/* One page being taken in. */
struct taking {
    struct agent *agent;
    struct transaction *txn;
    struct arena *arena;
    struct recovery_state state;
    struct recovery_page *out;
    struct error *err;
};

static bool refuse(const struct taking *taking, const struct excerpt_item *item, const char *why)
{
    return error_set(taking->err, ERROR_REFUSED, MESSAGE_RECOVERY_ENTRY, item->position, why);
}

static bool take_enrolment(struct taking *taking, const struct excerpt_item *item)
{
    const struct store *store = &taking->agent->store;
    const struct enrolment *enrolment = &item->entry.enrolment;
    struct recovered_stream stream = { .device = enrolment->device, .epoch = enrolment->epoch };
    struct recovered_stream known;
    if (!zone_id_equal(&enrolment->zone, &taking->agent->device.stream.zone))
        return refuse(taking, item, MESSAGE_RECOVERY_ZONE);
    memcpy(stream.first_key, enrolment->keys.signing, KEY_SIZE);
    memcpy(stream.key, enrolment->keys.signing, KEY_SIZE);
    if (!recovered_find_stream(store, taking->txn, &enrolment->device, enrolment->epoch, &known))
        recovered_put_stream(store, taking->txn, &stream);
    return true;
}

static bool take_catalogue(struct taking *taking, const struct excerpt_item *item)
{
    struct bytes packed = item->entry.catalogue;
    taking->state.catalogue = digest_sha256((struct bytes){ NULL, 0 }, packed);
    catalogues_keep_packed(&taking->agent->store, taking->txn, packed);
    return true;
}

/* A wrong signature waits for a good one behind it: that vouches for all before it, but for no
 * change of keys. */
static bool see_signature(struct taking *taking, const struct excerpt_item *item,
                          const struct statement *statement, struct recovered_stream *stream)
{
    if (sealed_statement_is_signed_by(&item->sealed, stream->key) ||
        seeded_bug(BUG_RECOVER_WITHOUT_A_SIGNATURE)) {
        stream->unvouched = 0;
        return true;
    }
    if (statement->kind == STATEMENT_KEY_ROTATION)
        return refuse(taking, item, MESSAGE_RECOVERY_SIGNATURE);
    if (stream->unvouched == 0)
        stream->unvouched = statement->sequence;
    return true;
}

/* At the end of the history nothing waits any more. */
static bool all_are_vouched_for(const struct taking *taking)
{
    size_t count;
    const struct recovered_stream *streams =
        recovered_streams(&taking->agent->store, taking->txn, taking->arena, &count);
    for (size_t i = 0; i < count; i++)
        if (streams[i].unvouched > 0)
            return error_set(taking->err, ERROR_REFUSED, MESSAGE_RECOVERY_STREAM,
                             streams[i].unvouched, MESSAGE_RECOVERY_SIGNATURE);
    return transaction_check(taking->txn, taking->err);
}

/* The statement is the one the entry speaks of, and the next of its stream. */
static bool follows(struct taking *taking, const struct excerpt_item *item,
                    struct recovered_stream *stream, struct statement *out, struct digest *out_hash)
{
    const struct arrival *arrival = &item->entry.arrival;
    struct error unreadable;
    *out_hash = sealed_statement_hash(&item->sealed);
    if (!statement_decode(item->sealed.statement, taking->arena, out, &unreadable) ||
        !stream_id_equal(&out->stream, &arrival->stream) || out->sequence != arrival->sequence ||
        !digest_equal(out_hash, &arrival->statement_hash))
        return refuse(taking, item, MESSAGE_RECOVERY_STATEMENT);
    if ((out->sequence != stream->head.sequence + 1 ||
         !digest_equal(&out->previous, &stream->head.hash)) &&
        !seeded_bug(BUG_RECOVER_WITHOUT_THE_CHAIN))
        return refuse(taking, item, MESSAGE_RECOVERY_CHAIN);
    return see_signature(taking, item, out, stream);
}

/* Ours, and here as it is there: it stays where it is. */
static bool is_here(struct taking *taking, const struct statement *statement,
                    const struct digest *hash)
{
    const struct store *store = &taking->agent->store;
    struct sealed_statement ours;
    struct error none;
    struct bytes receipt;
    if (!stream_id_equal(&statement->stream, &taking->agent->device.stream) ||
        !statements_get(store, taking->txn, statement->sequence, &ours, &none))
        return false;
    struct digest our_hash = sealed_statement_hash(&ours);
    return digest_equal(&our_hash, hash) &&
           receipts_text(store, taking->txn, statement->sequence, &receipt);
}

static bool keep(struct taking *taking, const struct excerpt_item *item,
                 const struct statement *statement, const struct receipt *receipt)
{
    const struct store *store = &taking->agent->store;
    struct recovered_at at = { statement->stream.device, statement->stream.epoch,
                               statement->sequence };
    recovered_put(store, taking->txn, &at, &item->sealed, receipt_write(receipt, taking->arena),
                  taking->arena);
    taking->out->statements++;
    return reindexing_add(taking->agent, taking->txn, &at, statement, receipt, taking->err);
}

static bool take_arrival(struct taking *taking, const struct excerpt_item *item)
{
    const struct agent *agent = taking->agent;
    const struct arrival *arrival = &item->entry.arrival;
    struct recovered_stream stream;
    struct statement *statement = arena_take(taking->arena, 1, sizeof *statement);
    struct digest hash;
    if (!zone_id_equal(&arrival->stream.zone, &agent->device.stream.zone))
        return refuse(taking, item, MESSAGE_RECOVERY_ZONE);
    if (!recovered_find_stream(&agent->store, taking->txn, &arrival->stream.device,
                               arrival->stream.epoch, &stream))
        return refuse(taking, item, MESSAGE_RECOVERY_DEVICE);
    struct receipt receipt = excerpt_receipt(item);
    struct receipt_subject subject = { arrival->stream, arrival->sequence,
                                       arrival->statement_hash };
    if (!follows(taking, item, &stream, statement, &hash) ||
        !receipt_check(&receipt, &subject, &agent->province, taking->err))
        return false;
    if (!is_here(taking, statement, &hash) && !keep(taking, item, statement, &receipt))
        return false;
    stream.head = (struct stream_head){ statement->sequence, hash };
    if (statement->kind == STATEMENT_KEY_ROTATION && arrival->verdict == VERDICT_ACCEPTED)
        memcpy(stream.key, statement->rotation.signing_key, KEY_SIZE);
    recovered_put_stream(&agent->store, taking->txn, &stream);
    return transaction_check(taking->txn, taking->err);
}

static bool take_item(struct taking *taking, const struct excerpt_item *item)
{
    switch (item->entry.kind) {
    case ENTRY_ENROLMENT:
        return take_enrolment(taking, item);
    case ENTRY_CATALOGUE:
        return take_catalogue(taking, item);
    case ENTRY_ARRIVAL:
        return take_arrival(taking, item);
    default:
        return true; /* nothing that a history is made of */
    }
}

/* What other machines said of themselves, beyond what ever came. */
static uint64_t count_lost(const struct taking *taking, const struct excerpt *excerpt)
{
    uint64_t lost = 0;
    for (size_t i = 0; i < excerpt->stream_count; i++) {
        const struct heard_stream *heard = &excerpt->streams[i];
        struct recovered_stream stream;
        const struct stream_id *ours = &taking->agent->device.stream;
        bool own = heard->epoch == ours->epoch &&
                   bytes_equal(BYTES_OF(heard->device), BYTES_OF(ours->device));
        if (!own &&
            recovered_find_stream(&taking->agent->store, taking->txn, &heard->device, heard->epoch,
                                  &stream) &&
            heard->sequence > stream.head.sequence)
            lost += heard->sequence - stream.head.sequence;
    }
    return lost;
}

static bool is_proved(struct taking *taking, const struct excerpt *excerpt)
{
    struct checkpoint checkpoint;
    if (!witness_take(taking->agent, taking->txn, excerpt->checkpoint, excerpt->extension,
                      excerpt->extension_count, taking->arena, &checkpoint, taking->err) ||
        !excerpt_holds(excerpt, &checkpoint, taking->err))
        return false;
    taking->out->size = checkpoint.size;
    return excerpt->from <= taking->state.next ||
           error_set(taking->err, ERROR_REFUSED, MESSAGE_RECOVERY_GAP, taking->state.next,
                     excerpt->from);
}

bool recovery_accept(struct agent *agent, struct bytes page, struct arena *arena,
                     struct recovery_page *out, struct error *err)
{
    struct excerpt excerpt;
    *out = (struct recovery_page){ 0 };
    CLEANUP(transaction_abort) struct transaction *txn = transaction_write(agent->store.database);
    struct taking taking = { agent, txn, arena, recovery_state(&agent->store, txn), out, err };
    uint64_t next = taking.state.next;
    if (!excerpt_decode(page, arena, &excerpt, err) || !is_proved(&taking, &excerpt))
        return false;
    for (size_t i = 0; i < excerpt.count; i++)
        if (excerpt.items[i].position >= next && !take_item(&taking, &excerpt.items[i]))
            return false;
    taking.state.next = out->next = excerpt.next > next ? excerpt.next : next;
    if (out->next >= out->size && !all_are_vouched_for(&taking))
        return false;
    out->lost = count_lost(&taking, &excerpt);
    put_state(&agent->store, txn, &taking.state);
    return transaction_commit(&txn, err);
}
