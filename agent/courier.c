#include "agent/courier.h"

#include <assert.h>
#include <string.h>

#include "agent/agent.h"
#include "agent/answer.h"
#include "agent/greeting.h"
#include "agent/installation.h"
#include "agent/outbox.h"
#include "agent/recovery.h"
#include "agent/rotation.h"
#include "agent/settings.h"
#include "agent/witness.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/progress.h"
#include "common/base/seeded_bug.h"
#include "common/base/version.h"
#include "common/storage/file.h"
#include "common/storage/incoming.h"
#include "common/storage/outgoing.h"
#include "common/storage/transaction.h"
#include "common/wire/bundle_writer.h"
#include "common/wire/excerpt.h"
#include "common/wire/statement.h"

/* Statements that are read from the store at a time. */
#define WINDOW_STATEMENTS 64
#define WINDOW_SIZE ((size_t)1024 * 1024)
#define PASSES_WRITING 2 /* over the file: written, read back */
#define PASSES_READING 4 /* hashed, decrypted, understood, taken in */

bool courier_kind(const struct agent *agent, enum bundle_kind *out, struct error *err)
{
    struct bytes checkpoint;
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(agent->store.database);
    bool heard = settings_get(&agent->store, txn, SETTING_CHECKPOINT, &checkpoint);
    *out = heard ? BUNDLE_SUBMIT : BUNDLE_ENROL;
    return transaction_check(txn, err);
}

/* What goes into a bundle. */
struct load {
    struct agent *agent;
    struct bytes opening; /* the Hello, or the enrolment request */
    enum bundle_record_kind opening_kind;
    uint64_t first, last; /* statements; first > last: none */
};

static bool add_window(const struct load *load, uint64_t from, struct bundle_writer *writer,
                       size_t *out_count, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct sealed_statement *sealed = arena_take(arena, WINDOW_STATEMENTS, sizeof *sealed);
    const struct store *store = &load->agent->store;
    CLEANUP(transaction_abort) struct transaction *txn = transaction_read(store->database);
    if (!outbox_take(store, txn, from, WINDOW_STATEMENTS, WINDOW_SIZE, arena, sealed, out_count,
                     err) ||
        !transaction_check(txn, err))
        return false;
    for (size_t i = 0; i < *out_count && from + i <= load->last; i++)
        if (!bundle_add(writer, BUNDLE_RECORD_STATEMENT, sealed_statement_encode(&sealed[i], arena),
                        err))
            return false;
    return true;
}

static bool fill(void *owner, struct bundle_writer *writer, struct error *err)
{
    const struct load *load = owner;
    if (!bundle_add(writer, load->opening_kind, load->opening, err))
        return false;
    size_t count;
    for (uint64_t from = load->first; from <= load->last; from += count)
        if (!add_window(load, from, writer, &count, err))
            return false;
    return true;
}

static bool find_waiting(const struct agent *agent, uint64_t *out_first, uint64_t *out_last,
                         struct error *err)
{
    struct outbox outbox;
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(agent->store.database);
    if (!outbox_look(&agent->store, txn, &outbox, err))
        return false;
    *out_first = outbox.receipted + 1;
    *out_last = outbox.head.sequence;
    return true;
}

static bool load_submit(struct agent *agent, struct arena *arena, struct load *out,
                        struct error *err)
{
    struct message hello = { .kind = MESSAGE_HELLO };
    if (!find_waiting(agent, &out->first, &out->last, err) ||
        !greeting_say(agent, (struct bytes){ NULL, 0 }, arena, &hello.hello, err))
        return false;
    /* What was sealed in between waits for the next bundle. */
    hello.hello.sequence = out->last;
    out->opening_kind = BUNDLE_RECORD_MESSAGE;
    out->opening = message_encode(&hello, arena);
    return true;
}

/* The very text that init wrote. */
static bool load_request(const struct agent *agent, struct arena *arena, struct load *out,
                         struct error *err)
{
    char path[AGENT_PATH_SIZE];
    out->first = 1;
    out->last = 0;
    out->opening_kind = BUNDLE_RECORD_REQUEST;
    return agent_path(agent->data_folder, AGENT_REQUEST_FILE, path, err) &&
           file_read(path, CARD_SIZE_MAX, arena, &out->opening, err);
}

/* From where the last page that came ended. */
static bool load_question(struct agent *agent, struct arena *arena, struct load *out,
                          struct error *err)
{
    struct message question = { .kind = MESSAGE_HISTORY_ASK };
    if (!witness_size(agent, &question.ask.known, err))
        return false;
    CLEANUP(transaction_abort) struct transaction *txn = transaction_read(agent->store.database);
    question.ask.from = recovery_state(&agent->store, txn).next;
    out->first = 1;
    out->last = 0;
    out->opening_kind = BUNDLE_RECORD_MESSAGE;
    out->opening = message_encode(&question, arena);
    return transaction_check(txn, err);
}

static bool load_opening(struct agent *agent, enum bundle_kind kind, struct arena *arena,
                         struct load *out, struct error *err)
{
    switch (kind) {
    case BUNDLE_ENROL:
        return load_request(agent, arena, out, err);
    case BUNDLE_RECOVER:
        return load_question(agent, arena, out, err);
    default:
        return load_submit(agent, arena, out, err);
    }
}

static struct bundle_order order_of(const struct load *load, enum bundle_kind kind)
{
    const struct agent *agent = load->agent;
    struct bundle_order order = {
        .header = { .kind = kind,
                    .province = agent->province.province,
                    .stream = agent->device.stream,
                    .utc_ms = agent_utc_ms(agent),
                    .program = PROGRAM_VERSION },
        .pair = &agent->pair,
        .random = agent->seams.random,
        .fill = fill,
        .owner = (void *)load,
    };
    memcpy(order.header.recipient, agent->province.keys.curve, KEY_SIZE);
    if (load->first <= load->last) {
        order.header.first_sequence = load->first;
        order.header.last_sequence = load->last;
    }
    return order;
}

static bool write_file(const struct bundle_order *order, const char *path,
                       struct progress *progress, uint64_t *out_size, struct error *err)
{
    struct bundle_measure measure;
    if (!bundle_measure(order, &measure, err))
        return false;
    if (progress)
        progress->total = PASSES_WRITING * measure.total;
    *out_size = measure.total;
    CLEANUP(outgoing_close) struct outgoing *outgoing = outgoing_create(path, progress, err);
    if (!outgoing || !bundle_write(order, &measure, outgoing_sink(outgoing), err) ||
        !outgoing_publish(outgoing, err))
        return false;
    progress_complete(progress);
    return true;
}

bool courier_export(struct agent *agent, enum bundle_kind kind, const char *path,
                    struct progress *progress, struct courier_export *out, struct error *err)
{
    assert(kind == BUNDLE_SUBMIT || kind == BUNDLE_ENROL || kind == BUNDLE_RECOVER);

    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct load load = { .agent = agent };
    *out = (struct courier_export){ 0 };
    if (!installation_may_act(agent, err) || !load_opening(agent, kind, arena, &load, err))
        return false;
    struct bundle_order order = order_of(&load, kind);
    out->first = order.header.first_sequence;
    out->last = order.header.last_sequence;
    out->statements = load.last + 1 - load.first;
    return write_file(&order, path, progress, &out->size, err);
}

/* What a bundle brought, record by record. */
struct taking {
    struct agent *agent;
    struct courier_import *out;
    struct arena *arena; /* of one record */
    struct arena *lasting;
    struct hello asked;      /* the question that this answers */
    struct digest catalogue; /* the province's */
};

static bool out_of_turn(const struct message *message, struct error *err)
{
    return error_set(err, ERROR_MALFORMED, MESSAGE_SYNC_OUT_OF_TURN, (int)message->kind);
}

static bool take_welcome(struct taking *taking, const struct welcome *welcome, struct error *err)
{
    struct greeting greeting;
    if (!greeting_accept_carried(taking->agent, &taking->asked, welcome, taking->arena, &greeting,
                                 err))
        return false;
    taking->out->stale = greeting.stale;
    taking->out->receipts_lost = greeting.continuity.receipts_lost;
    taking->out->ask_again = greeting.continuity.ask_again;
    taking->out->zone_learnt = greeting.zone_learnt;
    taking->out->other_catalogue = greeting.other_catalogue;
    taking->catalogue = greeting.catalogue;
    return true;
}

static bool take_receipts(struct taking *taking, const struct message *message, struct error *err)
{
    struct answer_counts counts = { 0 };
    uint64_t first = message->receipts[0].arrival.sequence;
    if (!answer_store(taking->agent, message->receipts, message->receipt_count, first,
                      first + message->receipt_count - 1, taking->arena, &counts, err))
        return false;
    taking->out->receipts += message->receipt_count;
    taking->out->accepted += counts.accepted;
    taking->out->rejected += counts.rejected;
    return true;
}

static bool take_notices(struct taking *taking, const struct notices *notices, struct error *err)
{
    struct notice_counts counts;
    if (!notices_accept(taking->agent, notices, taking->arena, &counts, err))
        return false;
    taking->out->notices.sent_back += counts.sent_back;
    taking->out->notices.decided += counts.decided;
    return true;
}

static bool take_message(struct taking *taking, const struct message *message, struct error *err)
{
    if (message->kind != MESSAGE_HELLO && taking->asked.protocol_min == 0)
        return out_of_turn(message, err);
    switch (message->kind) {
    case MESSAGE_HELLO:
        taking->asked = message->hello;
        return true;
    case MESSAGE_WELCOME:
        return take_welcome(taking, &message->welcome, err);
    case MESSAGE_RECEIPTS:
        return take_receipts(taking, message, err);
    case MESSAGE_NOTICES:
        return take_notices(taking, &message->notices, err);
    case MESSAGE_REFUSAL:
        taking->out->refusal = message->refusal;
        taking->out->refused_sequence = message->refused_sequence;
        return true;
    case MESSAGE_GAP: /* the head that WELCOME named says so too */
        return true;
    default:
        return out_of_turn(message, err);
    }
}

static bool read_message(const struct bundle_record *record, struct arena *arena,
                         struct message *out, struct error *err)
{
    return message_decode(arena_copy_bytes(arena, record->bytes), arena, out, err);
}

/* Nothing is taken of a bundle that holds something we do not understand. */
static bool check_record(const struct bundle_record *record, void *owner, struct error *err)
{
    struct taking *taking = owner;
    struct message message;
    struct excerpt offer;
    arena_reset(taking->arena);
    if (record->kind == BUNDLE_RECORD_MESSAGE)
        return read_message(record, taking->arena, &message, err);
    if (record->kind == BUNDLE_RECORD_OFFER || record->kind == BUNDLE_RECORD_PAGE)
        return excerpt_decode(arena_copy_bytes(taking->arena, record->bytes), taking->arena, &offer,
                              err);
    return error_set(err, ERROR_MALFORMED, MESSAGE_COURIER_RECORD, (int)record->kind);
}

/* One that cannot be taken leaves the rest of the answer as good as it is. What proves it begins
 * where the greeting ended. */
static bool take_offer(struct taking *taking, struct bytes offer, struct error *err)
{
    struct courier_import *out = taking->out;
    if (out->stale || catalogue_offer_accept(taking->agent, offer, &taking->catalogue,
                                             taking->arena, &out->catalogue, err))
        return true;
    if (err->kind != ERROR_REFUSED && err->kind != ERROR_MALFORMED)
        return false;
    out->catalogue_trouble = *err;
    return true;
}

static bool take_page(struct taking *taking, struct bytes bytes, struct error *err)
{
    struct courier_import *out = taking->out;
    struct recovery_page page;
    if (!recovery_accept(taking->agent, bytes, taking->arena, &page, err))
        return false;
    out->recovers = true;
    out->fetched += page.statements;
    out->lost = page.lost;
    return true;
}

static bool take_record(const struct bundle_record *record, void *owner, struct error *err)
{
    struct taking *taking = owner;
    struct message message;
    arena_reset(taking->arena);
    if (record->kind == BUNDLE_RECORD_OFFER)
        return take_offer(taking, arena_copy_bytes(taking->arena, record->bytes), err);
    if (record->kind == BUNDLE_RECORD_PAGE)
        return take_page(taking, arena_copy_bytes(taking->arena, record->bytes), err);
    /* The question outlives its record. */
    bool first = taking->asked.protocol_min == 0;
    return read_message(record, first ? taking->lasting : taking->arena, &message, err) &&
           take_message(taking, &message, err);
}

/* The answer to a change of keys is sealed to the new pair, which is in force only once its
 * receipt, in that very answer, was read. */
static bool pair_for(const struct agent *agent, const struct bundle *bundle, struct key_pair *out,
                     struct error *err)
{
    bool found = false;
    const unsigned char *recipient = bundle_head(bundle)->recipient;
    if (memcmp(recipient, agent->pair.public.curve, KEY_SIZE) != 0 &&
        !rotation_next_pair(agent, out, &found, err))
        return false;
    if (!found || memcmp(recipient, out->public.curve, KEY_SIZE) != 0)
        *out = agent->pair;
    return true;
}

static bool open_bundle(struct agent *agent, struct bundle *bundle, struct courier_import *out,
                        struct error *err)
{
    CLEANUP(key_pair_wipe) struct key_pair pair = { 0 };
    struct bundle_reader reader = { .kinds = 1u << BUNDLE_ACK | 1u << BUNDLE_RECOVER,
                                    .province = agent->province.province,
                                    .pair = &pair,
                                    .sender = seeded_bug(BUG_TAKE_ANYBODYS_ANSWER)
                                                  ? NULL
                                                  : agent->province.keys.signing,
                                    .stream = &agent->device.stream };
    bool opened = bundle_verify(bundle, err) && pair_for(agent, bundle, &pair, err) &&
                  bundle_unseal(bundle, &reader, err);
    out->why = bundle_refusal(bundle);
    if (opened)
        out->made_utc_ms = bundle_head(bundle)->utc_ms;
    return opened;
}

static bool count_waiting(const struct agent *agent, uint64_t *out, struct error *err)
{
    uint64_t first, last;
    if (!find_waiting(agent, &first, &last, err))
        return false;
    *out = last + 1 - first;
    return true;
}

bool courier_import(struct agent *agent, const char *path, struct progress *progress,
                    struct courier_import *out, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    CLEANUP(arena_destroy) struct arena *lasting = arena_create();
    struct taking taking = { .agent = agent, .out = out, .arena = arena, .lasting = lasting };
    *out = (struct courier_import){ .why = BUNDLE_UNREADABLE };
    CLEANUP(incoming_close) struct incoming *incoming = incoming_open(path, progress, err);
    if (!incoming)
        return false;
    if (progress)
        progress->total = PASSES_READING * incoming_source(incoming)->size;
    CLEANUP(bundle_close) struct bundle *bundle = bundle_of(incoming_source(incoming));
    if (!open_bundle(agent, bundle, out, err) ||
        !(bundle_each(bundle, check_record, &taking, err) || seeded_bug(BUG_TAKE_HALF_AN_ANSWER)) ||
        !bundle_each(bundle, take_record, &taking, err))
        return false;
    progress_complete(progress);
    if (out->recovers && !recovery_finish(agent, arena, &out->end, err))
        return false;
    return count_waiting(agent, &out->waiting, err);
}
