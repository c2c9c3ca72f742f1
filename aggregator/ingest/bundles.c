#include "aggregator/ingest/bundles.h"

#include <string.h>

#include "aggregator/devices.h"
#include "aggregator/heard.h"
#include "aggregator/hellos.h"
#include "aggregator/ingest/admission.h"
#include "aggregator/ingest/batch.h"
#include "aggregator/ingest/guard.h"
#include "aggregator/ingest/visit.h"
#include "aggregator/ledger.h"
#include "aggregator/losses.h"
#include "aggregator/province.h"
#include "aggregator/registry.h"
#include "aggregator/requests.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/progress.h"
#include "common/base/seeded_bug.h"
#include "common/storage/database.h"
#include "common/storage/incoming.h"
#include "common/storage/reserve.h"
#include "common/wire/statement.h"

#define PASSES 4 /* over the file: hashed, decrypted, understood, taken in */
#define IMPORT_SIZE_MAX ((size_t)16 * 1024 * 1024)

/* One file on its way in. */
struct import {
    struct province *province;
    struct guard *guard; /* NULL: none */
    struct bundle *bundle;
    struct bundle_arrival *out;
    struct arena *arena;   /* of the batch, or of the record that is looked at */
    struct arena *lasting; /* of the file */
    struct bytes hello;    /* as it came */
    struct hello asked;
    struct bytes request;
    unsigned questions;
    struct sealed_statement *batch;
    size_t batch_count, batch_size;
    bool store_failed;
};

static const struct device *device_of(const struct import *import)
{
    return devices_find(ledger_devices(import->province->ledger), &import->out->stream.device);
}

static bool decline(struct import *import, enum refusal refusal, struct error *err)
{
    import->out->refusal = refusal;
    return error_set(err, ERROR_REFUSED, MESSAGE_BUNDLES_DECLINED, import->out->stream.zone.text,
                     refusal_words(refusal));
}

/* One that it has, or had: a stick may be on its way while keys are changed. */
static bool is_key_of(const struct device *device, const unsigned char key[KEY_SIZE])
{
    for (size_t i = 0; i < device->signing_key_count; i++)
        if (memcmp(device->signing_keys[i].key, key, KEY_SIZE) == 0)
            return true;
    return false;
}

/* As a session by wire is: whether anything speaks against the device. */
static bool is_welcome(struct import *import, struct error *err)
{
    const struct stream_id *stream = &import->out->stream;
    const struct device *device = device_of(import);
    if (!device || stream->epoch > device->enrolment.epoch)
        return decline(import, REFUSAL_UNKNOWN_DEVICE, err);
    if (!zone_id_equal(&stream->zone, &device->enrolment.zone))
        return decline(import, REFUSAL_WRONG_ZONE, err);
    if (!is_key_of(device, bundle_head(import->bundle)->sender))
        return decline(import, REFUSAL_SIGNATURE, err);
    import->out->known = true;
    int refusal = admission_refusal(device_standing(device, province_utc_ms(import->province)));
    if (refusal)
        return decline(import, (enum refusal)refusal, err);
    /* A machine that asks for its history may have an epoch to catch up with. */
    return stream->epoch == device->enrolment.epoch || import->out->kind == BUNDLE_RECOVER ||
           decline(import, REFUSAL_FENCED, err);
}

static bool malformed(struct import *import, struct error *err)
{
    import->out->why = BUNDLE_MALFORMED;
    return error_set(err, ERROR_MALFORMED, MESSAGE_BUNDLES_MALFORMED);
}

static bool look_at_message(struct import *import, struct bytes bytes, struct error *err)
{
    struct message message;
    struct error unreadable;
    bytes = arena_copy_bytes(import->lasting, bytes);
    if (import->hello.size > 0 || !message_decode(bytes, import->lasting, &message, &unreadable) ||
        message.kind != MESSAGE_HELLO ||
        memcmp(&message.hello.stream.device, &import->out->stream.device,
               sizeof message.hello.stream.device) != 0 ||
        message.hello.stream.epoch != import->out->stream.epoch)
        return malformed(import, err);
    import->hello = bytes;
    import->asked = message.hello;
    return true;
}

static bool look_at_statement(struct import *import, struct bytes bytes, struct error *err)
{
    struct sealed_statement sealed;
    struct error unreadable;
    if (!sealed_statement_decode(bytes, &sealed, &unreadable))
        return malformed(import, err);
    import->out->statements++;
    return true;
}

static bool look_at_question(struct import *import, struct bytes bytes, struct error *err)
{
    struct message message;
    struct error unreadable;
    if (import->questions++ > 0 || !message_decode(bytes, import->arena, &message, &unreadable) ||
        message.kind != MESSAGE_HISTORY_ASK)
        return malformed(import, err);
    import->out->ask = message.ask;
    return true;
}

/* The whole file is understood before anything of it is taken. */
static bool look_at(const struct bundle_record *record, void *owner, struct error *err)
{
    struct import *import = owner;
    enum bundle_kind kind = import->out->kind;
    arena_reset(import->arena);
    if (record->kind == BUNDLE_RECORD_MESSAGE && kind == BUNDLE_SUBMIT)
        return look_at_message(import, record->bytes, err);
    if (record->kind == BUNDLE_RECORD_STATEMENT && kind == BUNDLE_SUBMIT)
        return look_at_statement(import, record->bytes, err);
    if (record->kind == BUNDLE_RECORD_MESSAGE && kind == BUNDLE_RECOVER)
        return look_at_question(import, record->bytes, err);
    if (record->kind != BUNDLE_RECORD_REQUEST || kind != BUNDLE_ENROL || import->request.size > 0)
        return malformed(import, err);
    import->request = arena_copy_bytes(import->lasting, record->bytes);
    return true;
}

/* Nothing of it is in the journal, and it cannot be told what is. */
static bool fail_store(struct import *import)
{
    import->store_failed = true;
    return false;
}

static void note(struct import *import, const struct visit *visit, const struct visit_tally *tally)
{
    struct bundle_arrival *out = import->out;
    out->appended += tally->appended;
    out->duplicates += tally->duplicates;
    out->refusal = visit->refusal;
    out->refused_sequence = visit->refused_sequence;
    out->gap = visit->gap;
    out->head = visit->head;
}

/* One commit: looked at, taken and written as the gate does it. */
static bool write_visit(struct import *import, struct visit *visit, struct error *err)
{
    struct province *province = import->province;
    struct visit_tally tally = { 0 };
    int64_t utc_ms = province_utc_ms(province);
    if (!ledger_begin(province->ledger, utc_ms, err))
        return false;
    visit_inspect(visit, province, import->arena);
    if (!visit_take(visit, province, utc_ms, import->arena, &tally, err)) {
        ledger_abort(province->ledger);
        return false;
    }
    guard_write(import->guard);
    if (!tally.wrote)
        ledger_abort(province->ledger);
    else if (!ledger_commit(province->ledger, err))
        return false;
    note(import, visit, &tally);
    return true;
}

/* What waits of the batch, or as much of it as may be taken at once. */
static bool write_part(struct import *import, size_t from, size_t *out_taken, struct error *err)
{
    struct visit visit = { .statements = import->batch + from,
                           .statement_count = import->batch_count - from };
    if (!guard_screen(import->guard, &visit, err))
        return false;
    *out_taken = visit.statement_count;
    guard_begin(import->guard, &visit, 1);
    bool written = visit.statement_count == 0 || write_visit(import, &visit, err);
    guard_done(import->guard);
    if (written && visit.kept_aside && !import->out->refusal && !import->out->gap)
        import->out->refusal = REFUSAL_QUARANTINED;
    return written;
}

static bool is_stopped(const struct import *import)
{
    return import->out->refusal || import->out->gap;
}

/* What waits, in one commit; statement by statement after a death. */
static bool write_batch(struct import *import, struct error *err)
{
    size_t taken;
    for (size_t at = 0; at < import->batch_count && !is_stopped(import); at += taken)
        if (!write_part(import, at, &taken, err))
            return fail_store(import);
    import->batch_count = 0;
    import->batch_size = 0;
    arena_reset(import->arena);
    import->batch = arena_take(import->arena, BATCH_STATEMENTS_MAX, sizeof *import->batch);
    return true;
}

/* What follows one that did not go in would not go in either. */
static bool take(const struct bundle_record *record, void *owner, struct error *err)
{
    struct import *import = owner;
    if (record->kind != BUNDLE_RECORD_STATEMENT || is_stopped(import))
        return true;
    struct bytes bytes = arena_copy_bytes(import->arena, record->bytes);
    if (!sealed_statement_decode(bytes, &import->batch[import->batch_count], err))
        return malformed(import, err);
    import->batch_count++;
    import->batch_size += bytes.size;
    return (import->batch_count < BATCH_STATEMENTS_MAX && import->batch_size < IMPORT_SIZE_MAX) ||
           write_batch(import, err);
}

/* What the device says of itself, as a session would; only its token is not looked at. */
static bool keep_hello(struct import *import, struct error *err)
{
    struct province *province = import->province;
    int64_t utc_ms = province_utc_ms(province);
    if (!ledger_begin(province->ledger, utc_ms, err))
        return fail_store(import);
    struct transaction *txn = ledger_transaction(province->ledger);
    hellos_put(txn, database_table(province->database, HELLOS_TABLE), &import->out->stream.device,
               import->hello);
    heard_note(txn, database_table(province->database, HEARD_TABLE), &import->asked.stream,
               import->asked.sequence);
    losses_take(province->ledger, txn, &import->asked, utc_ms);
    return ledger_commit(province->ledger, err) || fail_store(import);
}

static bool take_submit(struct import *import, struct error *err)
{
    if (import->hello.size == 0)
        return malformed(import, err);
    if (import->asked.protocol_min > MESSAGE_PROTOCOL ||
        import->asked.protocol_max < MESSAGE_PROTOCOL)
        return decline(import, REFUSAL_PROTOCOL, err);
    arena_reset(import->arena);
    import->batch = arena_take(import->arena, BATCH_STATEMENTS_MAX, sizeof *import->batch);
    return bundle_each(import->bundle, take, import, err) &&
           (seeded_bug(BUG_LEAVE_OUT_THE_LAST_BATCH) || write_batch(import, err)) &&
           keep_hello(import, err);
}

/* The request vouches for itself; the box must have been made by the same device. */
static bool is_own_request(const struct import *import, const struct enrolment_request *request)
{
    const struct bundle_header *header = bundle_head(import->bundle);
    return memcmp(request->keys.signing, header->sender, KEY_SIZE) == 0 &&
           memcmp(&request->device, &header->stream.device, sizeof request->device) == 0 &&
           zone_id_equal(&request->zone, &header->stream.zone);
}

static bool keep_request(struct import *import, const struct enrolment_request *request,
                         struct error *err)
{
    struct province *province = import->province;
    if (!ledger_begin(province->ledger, province_utc_ms(province), err))
        return fail_store(import);
    if (!registry_find(ledger_registry(province->ledger), &request->zone)) {
        ledger_abort(province->ledger);
        return error_set(err, ERROR_REFUSED, MESSAGE_ENROL_UNKNOWN_ZONE, request->zone.text);
    }
    requests_put(ledger_transaction(province->ledger),
                 database_table(province->database, REQUESTS_TABLE), &request->device,
                 import->request);
    return ledger_commit(province->ledger, err) || fail_store(import);
}

static bool take_request(struct import *import, struct error *err)
{
    struct enrolment_request request;
    if (import->request.size == 0)
        return malformed(import, err);
    if (!enrolment_request_read(import->request, import->lasting, &request, err))
        return false;
    if (!is_own_request(import, &request))
        return malformed(import, err);
    key_fingerprint(&request.keys, import->out->fingerprint);
    return keep_request(import, &request, err);
}

static bool verify(struct import *import, struct error *err)
{
    if (!bundle_verify(import->bundle, err))
        return false;
    const struct bundle_header *header = bundle_head(import->bundle);
    import->out->kind = header->kind;
    import->out->stream = header->stream;
    import->out->made_utc_ms = header->utc_ms;
    return true;
}

static bool unseal(struct import *import, struct error *err)
{
    struct bundle_reader reader = { .kinds = 1u << BUNDLE_SUBMIT | 1u << BUNDLE_ENROL |
                                             1u << BUNDLE_RECOVER,
                                    .province = import->province->card.province,
                                    .pair = &import->province->pair };
    return bundle_unseal(import->bundle, &reader, err) &&
           (bundle_each(import->bundle, look_at, import, err) ||
            seeded_bug(BUG_TAKE_HALF_A_BUNDLE));
}

static bool take_content(struct import *import, struct error *err)
{
    switch (import->out->kind) {
    case BUNDLE_SUBMIT:
        return take_submit(import, err);
    case BUNDLE_ENROL:
        return take_request(import, err);
    default:
        return import->questions > 0 || malformed(import, err);
    }
}

static bool take_in(struct import *import, struct error *err)
{
    if (!verify(import, err))
        return false;
    if (!ledger_refresh(import->province->ledger, err))
        return fail_store(import);
    bool by_a_device = import->out->kind == BUNDLE_SUBMIT || import->out->kind == BUNDLE_RECOVER;
    return (!by_a_device || is_welcome(import, err)) && unseal(import, err) &&
           take_content(import, err);
}

/* A commit that finds no room wrote nothing: as the gate does, the reserve is given up, and what
 * is in memory is read from the journal again. */
static bool make_room(struct import *import)
{
    struct error unread;
    import->out->no_room = true;
    reserve_give_up(import->province->reserve);
    return province_reload(import->province, &unread);
}

enum bundles_outcome bundles_import(struct province *province, struct guard *guard,
                                    const char *path, struct progress *progress,
                                    struct bundle_arrival *out, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    CLEANUP(arena_destroy) struct arena *lasting = arena_create();
    *out = (struct bundle_arrival){ .why = BUNDLE_UNREADABLE };
    out->no_room = !reserve_holds(province->reserve);
    if (out->no_room) {
        error_set(err, ERROR_EXHAUSTED, MESSAGE_STORAGE_FULL);
        return BUNDLES_REFUSED;
    }
    CLEANUP(incoming_close) struct incoming *incoming = incoming_open(path, progress, err);
    if (!incoming)
        return BUNDLES_REFUSED;
    if (progress)
        progress->total = PASSES * incoming_source(incoming)->size;
    CLEANUP(bundle_close) struct bundle *bundle = bundle_of(incoming_source(incoming));
    struct import import = { .province = province,
                             .guard = seeded_bug(BUG_IMPORT_WITHOUT_A_GUARD) ? NULL : guard,
                             .bundle = bundle,
                             .out = out,
                             .arena = arena,
                             .lasting = lasting };
    out->why = BUNDLE_GOOD;
    bool taken = take_in(&import, err);
    if (out->why == BUNDLE_GOOD)
        out->why = bundle_refusal(bundle);
    if (taken) {
        progress_complete(progress);
        return BUNDLES_DONE;
    }
    if (import.store_failed && err->kind == ERROR_EXHAUSTED && make_room(&import))
        return BUNDLES_REFUSED;
    return import.store_failed ? BUNDLES_FAILED : BUNDLES_REFUSED;
}
