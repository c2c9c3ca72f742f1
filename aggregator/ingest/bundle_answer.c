#include "aggregator/ingest/bundles.h"

#include <string.h>

#include "aggregator/devices.h"
#include "aggregator/excerpts.h"
#include "aggregator/hellos.h"
#include "aggregator/ingest/admission.h"
#include "aggregator/ingest/answers.h"
#include "aggregator/ingest/visit.h"
#include "aggregator/ledger.h"
#include "aggregator/notice_board.h"
#include "aggregator/province.h"
#include "aggregator/sessions.h"
#include "aggregator/streams.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/progress.h"
#include "common/base/version.h"
#include "common/catalogue/catalogue.h"
#include "common/storage/database.h"
#include "common/storage/outgoing.h"
#include "common/storage/transaction.h"
#include "common/wire/bundle_writer.h"
#include "common/wire/proof.h"

#define PASSES 2 /* over the file: written, read back */
#define RECEIPTS_AT_A_TIME 256
#define FIRST_PROTOCOL 1

/* One answer on its way out. */
struct reply {
    struct province *province;
    struct arena *arena;
    struct stream_id stream;
    struct bytes hello; /* what is answered, encoded */
    struct message asked;
    struct token token;
    struct bytes welcome; /* encoded; empty when the device is refused */
    struct bytes offer;   /* of the catalogue in force, when the device has another; empty: none */
    uint64_t first, last; /* of the receipts; first > last: none */
    uint64_t notices;     /* position behind the newest decision about the zone */
    const struct bundle_arrival *arrival;
    bool recovers; /* the zone's history is asked for, and nothing else */
    uint64_t tree; /* then: size of the one in which it is proved */
    enum refusal refusal;
    bool store_failed;
};

static bool fail_store(struct reply *reply)
{
    reply->store_failed = true;
    return false;
}

/* Nothing came by bundle in this epoch: as if a device asked that has seen nothing and has no
 * catalogue. */
static void ask_for(struct reply *reply)
{
    reply->asked = (struct message){
        .kind = MESSAGE_HELLO,
        .hello = { .protocol_min = FIRST_PROTOCOL,
                   .protocol_max = FIRST_PROTOCOL,
                   .province = reply->province->card.province,
                   .stream = reply->stream },
    };
    reply->hello = message_encode(&reply->asked, reply->arena);
}

static bool find_question(struct reply *reply, struct transaction *txn, struct error *err)
{
    struct table table = database_table(reply->province->database, HELLOS_TABLE);
    if (!hellos_get(txn, table, &reply->stream.device, reply->arena, &reply->hello)) {
        ask_for(reply);
        return transaction_check(txn, err);
    }
    if (!message_decode(reply->hello, reply->arena, &reply->asked, err))
        return false;
    if (reply->asked.hello.stream.epoch != reply->stream.epoch)
        ask_for(reply);
    return true;
}

/* The token is written before it is handed out. */
static bool prepare(struct reply *reply, struct error *err)
{
    const struct province *province = reply->province;
    if (reply->recovers && !reply->refusal)
        return true;
    if (!ledger_begin(province->ledger, province_utc_ms(province), err))
        return fail_store(reply);
    struct transaction *txn = ledger_transaction(province->ledger);
    struct sessions sessions = { txn, database_table(province->database, SESSIONS_TABLE),
                                 &province->pair, province->seams.random };
    if (!find_question(reply, txn, err)) {
        ledger_abort(province->ledger);
        return fail_store(reply);
    }
    if (!reply->refusal)
        reply->token = sessions_current(&sessions, &reply->stream.device, reply->stream.epoch);
    return ledger_commit(province->ledger, err) || fail_store(reply);
}

static void keep_welcome(void *owner, const struct peer *peer, struct bytes payload)
{
    struct reply *reply = owner;
    (void)peer;
    reply->welcome = arena_copy_bytes(reply->arena, payload);
}

static bool make_welcome(struct reply *reply, struct error *err)
{
    const struct province *province = reply->province;
    struct visit visit = { .message = reply->asked, .token = reply->token };
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    CLEANUP(transaction_abort) struct transaction *txn = transaction_read(province->database);
    return (answers_send(province, txn, &visit, arena, keep_welcome, reply, err) &&
            transaction_check(txn, err)) ||
           fail_store(reply);
}

/* Begins where the welcome ends, for by then the device has taken that in. */
static bool make_offer(struct reply *reply, struct error *err)
{
    const struct province *province = reply->province;
    const struct digest *digest = &province->catalogue->digest;
    struct message welcome;
    struct checkpoint shown;
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    CLEANUP(transaction_abort) struct transaction *txn = transaction_read(province->database);
    if (digest_equal(digest, &reply->asked.hello.catalogue))
        return true;
    if (!message_decode(reply->welcome, arena, &welcome, err) ||
        !checkpoint_verify(welcome.welcome.checkpoint, province->card.origin,
                           province->card.keys.signing, arena, &shown, err))
        return fail_store(reply);
    struct excerpt_frame frame = { .known = shown.size, .size = shown.size };
    if (!catalogue_offer_make(province, txn, digest, &frame, reply->arena, &reply->offer, err) ||
        !transaction_check(txn, err))
        return fail_store(reply);
    return true;
}

/* From the first statement that had no receipt when the device last spoke. */
static void find_receipts(struct reply *reply)
{
    const struct hello *hello = &reply->asked.hello;
    const struct stream *stream =
        streams_find(ledger_streams(reply->province->ledger), &reply->stream);
    reply->first = hello->waiting <= hello->sequence ? hello->sequence - hello->waiting + 1 : 1;
    reply->last = stream ? stream->sequence : 0;
    if (reply->first > reply->last)
        reply->first = reply->last + 1;
}

struct adding {
    struct bundle_writer *writer;
    struct error *err;
    bool failed;
};

static void add_answer(void *owner, const struct peer *peer, struct bytes payload)
{
    struct adding *adding = owner;
    (void)peer;
    adding->failed =
        adding->failed || !bundle_add(adding->writer, BUNDLE_RECORD_MESSAGE, payload, adding->err);
}

/* What becomes of `visit`, as the wire would carry it. */
static bool add_answers(struct reply *reply, const struct visit *visit,
                        struct bundle_writer *writer, struct error *err)
{
    struct adding adding = { writer, err, false };
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(reply->province->database);
    if (!answers_send(reply->province, txn, visit, arena, add_answer, &adding, err) ||
        !transaction_check(txn, err))
        return fail_store(reply);
    return !adding.failed;
}

static bool add_receipts(struct reply *reply, uint64_t from, struct bundle_writer *writer,
                         struct error *err)
{
    const struct stream *stream =
        streams_find(ledger_streams(reply->province->ledger), &reply->stream);
    uint64_t positions[RECEIPTS_AT_A_TIME];
    struct visit visit = { .positions = positions };
    for (uint64_t i = from; i <= reply->last && visit.position_count < RECEIPTS_AT_A_TIME; i++)
        positions[visit.position_count++] = stream->positions[i - 1];
    return add_answers(reply, &visit, writer, err);
}

static bool add_page(struct reply *reply, struct transaction *txn, uint64_t *from,
                     struct bundle_writer *writer, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct message message = { .kind = MESSAGE_NOTICES };
    if (!notice_board_tell(reply->province->ledger, txn, &reply->stream.zone, *from, arena,
                           &message.notices, err))
        return fail_store(reply);
    *from = message.notices.until;
    return bundle_add(writer, BUNDLE_RECORD_MESSAGE, message_encode(&message, arena), err);
}

/* Everything that was decided about the zone: they are few, and what is known is no news. */
static bool add_notices(struct reply *reply, struct bundle_writer *writer, struct error *err)
{
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(reply->province->database);
    uint64_t from = 0;
    while (from < reply->notices)
        if (!add_page(reply, txn, &from, writer, err))
            return false;
    return transaction_check(txn, err) || fail_store(reply);
}

/* What did not go in, in the words of the wire. */
static bool add_end(struct reply *reply, struct bundle_writer *writer, struct error *err)
{
    const struct bundle_arrival *arrival = reply->arrival;
    struct visit visit = { .refusal = reply->refusal };
    if (!reply->refusal && arrival) {
        visit.refusal = arrival->refusal;
        visit.refused_sequence = arrival->refused_sequence;
        visit.gap = arrival->gap;
        visit.head = arrival->head;
    }
    return add_answers(reply, &visit, writer, err);
}

/* The next page is proved in the same tree, which is what the device has seen by then. */
static bool add_history_page(struct reply *reply, struct transaction *txn,
                             struct excerpt_frame *frame, uint64_t *from,
                             struct bundle_writer *writer, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct bytes page;
    if (!history_page_make(reply->province, txn, &reply->stream.zone, *from, frame, arena, &page,
                           from, err))
        return fail_store(reply);
    frame->known = frame->size;
    return bundle_add(writer, BUNDLE_RECORD_PAGE, page, err);
}

static bool add_history(struct reply *reply, struct bundle_writer *writer, struct error *err)
{
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(reply->province->database);
    struct excerpt_frame frame = { .known = reply->arrival->ask.known, .size = reply->tree };
    uint64_t from = reply->arrival->ask.from;
    do {
        if (!add_history_page(reply, txn, &frame, &from, writer, err))
            return false;
    } while (from < frame.size);
    return transaction_check(txn, err) || fail_store(reply);
}

static bool fill(void *owner, struct bundle_writer *writer, struct error *err)
{
    struct reply *reply = owner;
    if (reply->recovers && !reply->refusal)
        return add_history(reply, writer, err);
    if (!bundle_add(writer, BUNDLE_RECORD_MESSAGE, reply->hello, err) ||
        (reply->welcome.size > 0 &&
         !bundle_add(writer, BUNDLE_RECORD_MESSAGE, reply->welcome, err)) ||
        (reply->offer.size > 0 && !bundle_add(writer, BUNDLE_RECORD_OFFER, reply->offer, err)))
        return false;
    for (uint64_t from = reply->first; from <= reply->last; from += RECEIPTS_AT_A_TIME)
        if (!add_receipts(reply, from, writer, err))
            return false;
    if (!add_notices(reply, writer, err))
        return false;
    return add_end(reply, writer, err);
}

static struct bundle_order order_of(struct reply *reply, const struct device *device)
{
    const struct province *province = reply->province;
    struct bundle_order order = {
        .header = { .kind = reply->recovers ? BUNDLE_RECOVER : BUNDLE_ACK,
                    .province = province->card.province,
                    .stream = reply->stream,
                    .utc_ms = province_utc_ms(province),
                    .program = PROGRAM_VERSION },
        .pair = &province->pair,
        .random = province->seams.random,
        .fill = fill,
        .owner = reply,
    };
    memcpy(order.header.recipient, device->enrolment.keys.curve, KEY_SIZE);
    if (reply->first <= reply->last) {
        order.header.first_sequence = reply->first;
        order.header.last_sequence = reply->last;
    }
    return order;
}

static bool write_file(const struct bundle_order *order, const char *path,
                       struct progress *progress, struct bundle_answer *out, struct error *err)
{
    struct bundle_measure measure;
    if (!bundle_measure(order, &measure, err))
        return false;
    if (progress)
        progress->total = PASSES * measure.total;
    out->size = measure.total;
    CLEANUP(outgoing_close) struct outgoing *outgoing = outgoing_create(path, progress, err);
    if (!outgoing || !bundle_write(order, &measure, outgoing_sink(outgoing), err) ||
        !outgoing_publish(outgoing, err))
        return false;
    progress_complete(progress);
    return true;
}

/* 0, or why the device is told nothing but that it is refused. */
static enum refusal refusal_of(const struct reply *reply, const struct device *device)
{
    int refusal = admission_refusal(device_standing(device, province_utc_ms(reply->province)));
    if (refusal)
        return (enum refusal)refusal;
    bool behind = reply->stream.epoch < device->enrolment.epoch;
    return behind && !reply->recovers ? REFUSAL_FENCED : (enum refusal)0;
}

/* Everything that is not made while it is written. */
static bool make_parts(struct reply *reply, struct error *err)
{
    const struct ledger *ledger = reply->province->ledger;
    reply->tree = ledger_size(ledger);
    if (!prepare(reply, err))
        return false;
    if (reply->refusal || reply->recovers)
        return true;
    if (!make_welcome(reply, err) || !make_offer(reply, err))
        return false;
    find_receipts(reply);
    reply->notices = notice_board_until(ledger_notice_board(ledger), &reply->stream.zone);
    return true;
}

static bool make_reply(struct reply *reply, const char *path, struct progress *progress,
                       struct bundle_answer *out, struct error *err)
{
    struct province *province = reply->province;
    if (!ledger_refresh(province->ledger, err))
        return fail_store(reply);
    const struct device *device =
        devices_find(ledger_devices(province->ledger), &reply->stream.device);
    if (!device)
        return error_set(err, ERROR_REFUSED, MESSAGE_BUNDLES_DECLINED, reply->stream.zone.text,
                         refusal_words(REFUSAL_UNKNOWN_DEVICE));
    reply->refusal = refusal_of(reply, device);
    if (!make_parts(reply, err))
        return false;
    out->receipts = reply->last + 1 - reply->first;
    struct bundle_order order = order_of(reply, device);
    return write_file(&order, path, progress, out, err);
}

enum bundles_outcome bundles_answer(struct province *province, const struct stream_id *stream,
                                    const struct bundle_arrival *arrival, const char *path,
                                    struct progress *progress, struct bundle_answer *out,
                                    struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct reply reply = { .province = province,
                           .arena = arena,
                           .stream = *stream,
                           .first = 1,
                           .arrival = arrival,
                           .recovers = arrival && arrival->kind == BUNDLE_RECOVER };
    *out = (struct bundle_answer){ 0 };
    if (make_reply(&reply, path, progress, out, err))
        return BUNDLES_DONE;
    return reply.store_failed ? BUNDLES_FAILED : BUNDLES_REFUSED;
}

/* By their order of enrolment: the only device of a zone needs no number. */
const char *bundles_answer_name(const struct province *province, const struct stream_id *stream,
                                char buffer[BUNDLE_NAME_SIZE])
{
    const struct devices *devices = ledger_devices(province->ledger);
    unsigned number = 0;
    for (size_t i = 0; i < devices_count(devices); i++) {
        const struct enrolment *enrolment = &devices_at(devices, i)->enrolment;
        number += zone_id_equal(&enrolment->zone, &stream->zone);
        if (memcmp(&enrolment->device, &stream->device, sizeof stream->device) == 0)
            break;
    }
    return bundle_name(BUNDLE_ACK, &stream->zone, number > 0 ? number : 1, buffer);
}
