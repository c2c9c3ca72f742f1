#include "common/wire/message.h"

#include <assert.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/wire/ask_message.h"
#include "common/wire/chunk_message.h"
#include "common/wire/entry.h"
#include "common/wire/entry_proof.h"
#include "common/wire/field.h"
#include "common/wire/generation_message.h"
#include "common/wire/notice_message.h"
#include "common/wire/packing.h"
#include "proto/sync.pb-c.h"

#define MESSAGE_MEMORY_MAX ((size_t)4 * 1024 * 1024)

/* Each kind is the number of its field. */
_Static_assert(MESSAGE_HELLO == (int)ZONETALLY__MESSAGE__BODY_HELLO &&
                   MESSAGE_WELCOME == (int)ZONETALLY__MESSAGE__BODY_WELCOME &&
                   MESSAGE_SUBMIT == (int)ZONETALLY__MESSAGE__BODY_SUBMIT &&
                   MESSAGE_RECEIPTS == (int)ZONETALLY__MESSAGE__BODY_RECEIPTS &&
                   MESSAGE_GAP == (int)ZONETALLY__MESSAGE__BODY_GAP &&
                   MESSAGE_REFUSAL == (int)ZONETALLY__MESSAGE__BODY_REFUSAL &&
                   MESSAGE_BUSY == (int)ZONETALLY__MESSAGE__BODY_BUSY &&
                   MESSAGE_CHUNK == (int)ZONETALLY__MESSAGE__BODY_CHUNK &&
                   MESSAGE_CHUNK_HEAD == (int)ZONETALLY__MESSAGE__BODY_CHUNK_HEAD &&
                   MESSAGE_CHALLENGE == (int)ZONETALLY__MESSAGE__BODY_CHALLENGE &&
                   MESSAGE_APPLICATION == (int)ZONETALLY__MESSAGE__BODY_APPLICATION &&
                   MESSAGE_APPLICATION_TAKEN == (int)ZONETALLY__MESSAGE__BODY_APPLICATION_TAKEN &&
                   MESSAGE_CATALOGUE_ASK == (int)ZONETALLY__MESSAGE__BODY_CATALOGUE_ASK &&
                   MESSAGE_HISTORY_ASK == (int)ZONETALLY__MESSAGE__BODY_HISTORY_ASK &&
                   MESSAGE_PART == (int)ZONETALLY__MESSAGE__BODY_PART &&
                   MESSAGE_ASK_NOTICES == (int)ZONETALLY__MESSAGE__BODY_ASK_NOTICES &&
                   MESSAGE_NOTICES == (int)ZONETALLY__MESSAGE__BODY_NOTICES &&
                   MESSAGE_CHUNK_ASK == (int)ZONETALLY__MESSAGE__BODY_CHUNK_ASK,
               "proto/sync.proto");

static Zonetally__Hello *hello_to_message(const struct hello *hello, struct arena *arena)
{
    const struct stream_id *stream = &hello->stream;
    Zonetally__Hello *message = arena_take(arena, 1, sizeof *message);
    zonetally__hello__init(message);
    message->protocol_min = hello->protocol_min;
    message->protocol_max = hello->protocol_max;
    message->province = field_of_text(hello->province);
    message->zone = (char *)stream->zone.text;
    message->device = field_of(stream->device.bytes, sizeof stream->device.bytes);
    message->epoch = stream->epoch;
    message->sequence = hello->sequence;
    message->catalogue = field_of_digest(&hello->catalogue);
    message->waiting = hello->waiting;
    message->agent_utc_ms = hello->agent_utc_ms;
    message->token = field_of(hello->token.data, hello->token.size);
    message->checkpoint_size = hello->checkpoint_size;
    message->nonce = field_of(hello->nonce.data, hello->nonce.size);
    message->challenge = field_of(hello->challenge.data, hello->challenge.size);
    message->checkpoint_generation = hello->checkpoint_generation;
    hello_lost_to_message(hello, arena, message);
    return message;
}

static Zonetally__Welcome *welcome_to_message(const struct welcome *welcome, struct arena *arena)
{
    Zonetally__Welcome *message = arena_take(arena, 1, sizeof *message);
    zonetally__welcome__init(message);
    message->protocol = welcome->protocol;
    message->sequence = welcome->head.sequence;
    message->hash = field_of_digest(&welcome->head.hash);
    message->window_statements = welcome->window_statements;
    message->window_bytes = welcome->window_bytes;
    message->catalogue = field_of_digest(&welcome->catalogue);
    message->utc_ms = welcome->utc_ms;
    message->token = field_of(welcome->token.data, welcome->token.size);
    message->checkpoint = field_of(welcome->checkpoint.data, welcome->checkpoint.size);
    message->consistency = field_of(welcome->consistency, welcome->consistency_count * DIGEST_SIZE);
    message->zone = field_of(welcome->zone.data, welcome->zone.size);
    message->history = welcome->history;
    message->notices = welcome->notices;
    message->backup = entry_proof_to_message(&welcome->backup, arena);
    message->generation = entry_proof_to_message(&welcome->generation, arena);
    message->lost_known = welcome->lost_known;
    return message;
}

static Zonetally__Submit *submit_to_message(const struct message *submit, struct arena *arena)
{
    size_t count = submit->statement_count;
    Zonetally__Submit *message = arena_take(arena, 1, sizeof *message);
    zonetally__submit__init(message);
    Zonetally__SealedStatement *items = arena_take(arena, count, sizeof *items);
    message->statements = arena_take(arena, count, sizeof *message->statements);
    message->n_statements = count;
    for (size_t i = 0; i < count; i++) {
        const struct sealed_statement *sealed = &submit->statements[i];
        zonetally__sealed_statement__init(&items[i]);
        items[i].statement = field_of(sealed->statement.data, sealed->statement.size);
        items[i].signature = field_of(sealed->signature, sizeof sealed->signature);
        message->statements[i] = &items[i];
    }
    return message;
}

/* The number of the checkpoint among those already there, or of the one added. */
static uint32_t place_checkpoint(Zonetally__Receipts *message, struct bytes checkpoint)
{
    size_t number = 0;
    for (; number < message->n_checkpoints; number++) {
        const ProtobufCBinaryData *there = &message->checkpoints[number];
        if (bytes_equal((struct bytes){ there->data, there->len }, checkpoint))
            return (uint32_t)number;
    }
    message->checkpoints[message->n_checkpoints++] = field_of(checkpoint.data, checkpoint.size);
    return (uint32_t)number;
}

static Zonetally__Receipts *receipts_to_message(const struct message *receipts, struct arena *arena)
{
    size_t count = receipts->receipt_count;
    Zonetally__Receipts *message = arena_take(arena, 1, sizeof *message);
    zonetally__receipts__init(message);
    Zonetally__ReceiptItem *items = arena_take(arena, count, sizeof *items);
    message->checkpoints = arena_take(arena, count, sizeof *message->checkpoints);
    message->items = arena_take(arena, count, sizeof *message->items);
    message->n_items = count;
    for (size_t i = 0; i < count; i++) {
        const struct receipt *receipt = &receipts->receipts[i];
        zonetally__receipt_item__init(&items[i]);
        items[i].entry = field_of(receipt->entry.data, receipt->entry.size);
        items[i].position = receipt->position;
        items[i].path = field_of(receipt->path, receipt->path_count * DIGEST_SIZE);
        items[i].checkpoint = place_checkpoint(message, receipt->checkpoint);
        message->items[i] = &items[i];
    }
    return message;
}

static Zonetally__Gap *gap_to_message(const struct stream_head *head, struct arena *arena)
{
    Zonetally__Gap *message = arena_take(arena, 1, sizeof *message);
    zonetally__gap__init(message);
    message->sequence = head->sequence;
    message->hash = field_of_digest(&head->hash);
    return message;
}

static Zonetally__Refusal *refusal_to_message(const struct message *refusal, struct arena *arena)
{
    Zonetally__Refusal *message = arena_take(arena, 1, sizeof *message);
    zonetally__refusal__init(message);
    message->reason = (uint32_t)refusal->refusal;
    message->sequence = refusal->refused_sequence;
    return message;
}

static Zonetally__Busy *busy_to_message(uint32_t retry_after_ms, struct arena *arena)
{
    Zonetally__Busy *message = arena_take(arena, 1, sizeof *message);
    zonetally__busy__init(message);
    message->retry_after_ms = retry_after_ms;
    return message;
}

static Zonetally__Challenge *challenge_to_message(struct bytes challenge, struct arena *arena)
{
    Zonetally__Challenge *message = arena_take(arena, 1, sizeof *message);
    zonetally__challenge__init(message);
    message->challenge = field_of(challenge.data, challenge.size);
    return message;
}

static Zonetally__Application *application_to_message(struct bytes request, struct arena *arena)
{
    Zonetally__Application *message = arena_take(arena, 1, sizeof *message);
    zonetally__application__init(message);
    message->request = field_of(request.data, request.size);
    return message;
}

static Zonetally__ApplicationTaken *taken_to_message(const struct digest *hash, struct arena *arena)
{
    Zonetally__ApplicationTaken *message = arena_take(arena, 1, sizeof *message);
    zonetally__application_taken__init(message);
    message->hash = field_of_digest(hash);
    return message;
}

static void body_to_message(const struct message *message, struct arena *arena,
                            Zonetally__Message *out)
{
    out->body_case = (Zonetally__Message__BodyCase)message->kind;
    switch (message->kind) {
    case MESSAGE_HELLO:
        out->hello = hello_to_message(&message->hello, arena);
        break;
    case MESSAGE_WELCOME:
        out->welcome = welcome_to_message(&message->welcome, arena);
        break;
    case MESSAGE_SUBMIT:
        out->submit = submit_to_message(message, arena);
        break;
    case MESSAGE_RECEIPTS:
        out->receipts = receipts_to_message(message, arena);
        break;
    case MESSAGE_GAP:
        out->gap = gap_to_message(&message->gap, arena);
        break;
    case MESSAGE_REFUSAL:
        out->refusal = refusal_to_message(message, arena);
        break;
    case MESSAGE_BUSY:
        out->busy = busy_to_message(message->retry_after_ms, arena);
        break;
    case MESSAGE_CHUNK:
        out->chunk = chunk_to_message(&message->chunk, arena);
        break;
    case MESSAGE_CHUNK_HEAD:
        out->chunk_head = chunk_head_to_message(&message->chunk, arena);
        break;
    case MESSAGE_CHALLENGE:
        out->challenge = challenge_to_message(message->challenge, arena);
        break;
    case MESSAGE_APPLICATION:
        out->application = application_to_message(message->application, arena);
        break;
    case MESSAGE_APPLICATION_TAKEN:
        out->application_taken = taken_to_message(&message->application_taken, arena);
        break;
    case MESSAGE_CATALOGUE_ASK:
        out->catalogue_ask = ask_to_catalogue(&message->ask, arena);
        break;
    case MESSAGE_HISTORY_ASK:
        out->history_ask = ask_to_history(&message->ask, arena);
        break;
    case MESSAGE_PART:
        out->part = ask_part_to_message(&message->chunk, message->ask.size, arena);
        break;
    case MESSAGE_ASK_NOTICES:
        out->ask_notices = ask_notices_to_message(&message->ask_notices, arena);
        break;
    case MESSAGE_NOTICES:
        out->notices = notices_to_message(&message->notices, arena);
        break;
    case MESSAGE_CHUNK_ASK:
        out->chunk_ask = chunk_ask_to_message(&message->chunk, arena);
        break;
    }
}

static bool reads_back(struct bytes bytes)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct message again;
    struct error err;
    return message_decode(bytes, arena, &again, &err);
}

struct bytes message_encode(const struct message *message, struct arena *arena)
{
    Zonetally__Message out = ZONETALLY__MESSAGE__INIT;
    out.protocol = MESSAGE_PROTOCOL;
    body_to_message(message, arena, &out);
    struct bytes bytes = packing_pack(&out.base, arena);
    bool readable = reads_back(bytes);
    assert(readable);
    return bytes;
}

static struct bytes bytes_of_field(ProtobufCBinaryData data)
{
    return (struct bytes){ data.data, data.len };
}

static bool read_hello(const Zonetally__Hello *message, struct arena *arena, struct hello *out,
                       struct error *err)
{
    out->protocol_min = message->protocol_min;
    out->protocol_max = message->protocol_max;
    out->sequence = message->sequence;
    out->waiting = message->waiting;
    out->agent_utc_ms = message->agent_utc_ms;
    out->token = bytes_of_field(message->token);
    out->checkpoint_size = message->checkpoint_size;
    out->nonce = bytes_of_field(message->nonce);
    out->challenge = bytes_of_field(message->challenge);
    out->checkpoint_generation = message->checkpoint_generation;
    return field_read_number(message->protocol_min, 1, UINT32_MAX, "Hello.protocol_min", err) &&
           field_read_number(message->protocol_max, message->protocol_min, UINT32_MAX,
                             "Hello.protocol_max", err) &&
           field_read_text(message->province, "Hello.province", &out->province, err) &&
           field_read_stream(message->zone, message->device, message->epoch, "Hello.zone",
                             &out->stream, err) &&
           field_read_number(message->checkpoint_generation, 0, GENERATIONS_MAX,
                             "Hello.checkpoint_generation", err) &&
           hello_lost_of_message(message, arena, out, err) &&
           field_read_digest(message->catalogue, FIELD_OPTIONAL, "Hello.catalogue", &out->catalogue,
                             err);
}

/* Absent, or an entry about a zone. */
static bool read_zone_record(ProtobufCBinaryData data, struct arena *arena, struct bytes *out,
                             struct error *err)
{
    struct entry entry;
    *out = bytes_of_field(data);
    if (data.len == 0)
        return true;
    if (!entry_decode(*out, arena, &entry, err))
        return false;
    return entry.kind == ENTRY_ZONE || field_refuse(err, "Welcome.zone", FIELD_VALUE);
}

static bool read_welcome(const Zonetally__Welcome *message, struct arena *arena,
                         struct welcome *out, struct error *err)
{
    out->protocol = message->protocol;
    out->window_statements = message->window_statements;
    out->window_bytes = message->window_bytes;
    out->utc_ms = message->utc_ms;
    out->token = bytes_of_field(message->token);
    out->checkpoint = bytes_of_field(message->checkpoint);
    out->lost_known = message->lost_known;
    out->zone = bytes_of_field(message->zone);
    out->history = message->history;
    out->notices = message->notices;
    return field_read_number(message->protocol, 1, UINT32_MAX, "Welcome.protocol", err) &&
           field_read_head(message->sequence, message->hash, "Welcome.hash", &out->head, err) &&
           field_read_digest(message->catalogue, FIELD_OPTIONAL, "Welcome.catalogue",
                             &out->catalogue, err) &&
           field_read_path(message->consistency, "Welcome.consistency", &out->consistency,
                           &out->consistency_count, err) &&
           read_zone_record(message->zone, arena, &out->zone, err) &&
           entry_proof_of_message(message->backup, ENTRY_BACKUP, arena, &out->backup, err) &&
           entry_proof_of_message(message->generation, ENTRY_GENERATION, arena, &out->generation,
                                  err);
}

static bool read_submit(const Zonetally__Submit *message, struct arena *arena, struct message *out,
                        struct error *err)
{
    static const char path[] = "Submit.statements";
    size_t count = message->n_statements;
    struct sealed_statement *statements = arena_take(arena, count, sizeof *statements);
    for (size_t i = 0; i < count; i++) {
        const Zonetally__SealedStatement *item = message->statements[i];
        statements[i].statement = bytes_of_field(item->statement);
        if (item->statement.len == 0)
            return field_refuse(err, path, FIELD_MISSING);
        if (!field_read_run(item->signature, statements[i].signature,
                            sizeof statements[i].signature, path, err))
            return false;
    }
    out->statements = statements;
    out->statement_count = count;
    return count > 0 || field_refuse(err, path, FIELD_MISSING);
}

/* The arrival is read from the entry: what the leaf says is what the receipt says. */
static bool read_receipt(const Zonetally__ReceiptItem *item, struct arena *arena,
                         struct receipt *out, struct error *err)
{
    struct entry entry;
    out->entry = bytes_of_field(item->entry);
    out->position = item->position;
    if (!entry_decode(out->entry, arena, &entry, err))
        return false;
    if (entry.kind != ENTRY_ARRIVAL)
        return field_refuse(err, "ReceiptItem.entry", FIELD_VALUE);
    out->arrival = entry.arrival;
    const struct digest *path;
    if (!field_read_path(item->path, "ReceiptItem.path", &path, &out->path_count, err))
        return false;
    if (out->path_count > 0)
        memcpy(out->path, path, out->path_count * sizeof *path);
    return true;
}

static bool checkpoints_differ(const Zonetally__Receipts *message)
{
    for (size_t i = 0; i < message->n_checkpoints; i++)
        for (size_t j = 0; j < i; j++)
            if (bytes_equal(bytes_of_field(message->checkpoints[i]),
                            bytes_of_field(message->checkpoints[j])))
                return false;
    return true;
}

/* One order only: checkpoints stand in the order in which the receipts first need them. */
static bool read_receipts(const Zonetally__Receipts *message, struct arena *arena,
                          struct message *out, struct error *err)
{
    static const char path[] = "Receipts.checkpoints";
    size_t count = message->n_items, used = 0;
    struct receipt *receipts = arena_take(arena, count, sizeof *receipts);
    for (size_t i = 0; i < count; i++) {
        const Zonetally__ReceiptItem *item = message->items[i];
        if (item->checkpoint > used || item->checkpoint >= message->n_checkpoints)
            return field_refuse(err, path, FIELD_ASCENT);
        used += item->checkpoint == used;
        if (!read_receipt(item, arena, &receipts[i], err))
            return false;
        receipts[i].checkpoint = bytes_of_field(message->checkpoints[item->checkpoint]);
    }
    out->receipts = receipts;
    out->receipt_count = count;
    if (count == 0)
        return field_refuse(err, "Receipts.items", FIELD_MISSING);
    return (used == message->n_checkpoints && checkpoints_differ(message)) ||
           field_refuse(err, path, FIELD_ASCENT);
}

static bool read_refusal(const Zonetally__Refusal *message, struct message *out, struct error *err)
{
    out->refusal = (enum refusal)message->reason;
    out->refused_sequence = message->sequence;
    return refusal_is_known(message->reason) || field_refuse(err, "Refusal.reason", FIELD_VALUE);
}

static bool read_body(const Zonetally__Message *message, struct arena *arena, struct message *out,
                      struct error *err)
{
    out->kind = (enum message_kind)message->body_case;
    switch (message->body_case) {
    case ZONETALLY__MESSAGE__BODY_HELLO:
        return read_hello(message->hello, arena, &out->hello, err);
    case ZONETALLY__MESSAGE__BODY_WELCOME:
        return read_welcome(message->welcome, arena, &out->welcome, err);
    case ZONETALLY__MESSAGE__BODY_SUBMIT:
        return read_submit(message->submit, arena, out, err);
    case ZONETALLY__MESSAGE__BODY_RECEIPTS:
        return read_receipts(message->receipts, arena, out, err);
    case ZONETALLY__MESSAGE__BODY_GAP:
        return field_read_head(message->gap->sequence, message->gap->hash, "Gap.hash", &out->gap,
                               err);
    case ZONETALLY__MESSAGE__BODY_REFUSAL:
        return read_refusal(message->refusal, out, err);
    case ZONETALLY__MESSAGE__BODY_BUSY:
        out->retry_after_ms = message->busy->retry_after_ms;
        return true;
    case ZONETALLY__MESSAGE__BODY_CHUNK:
        return chunk_of_message(message->chunk, &out->chunk, err);
    case ZONETALLY__MESSAGE__BODY_CHUNK_HEAD:
        return chunk_head_of_message(message->chunk_head, &out->chunk, err);
    case ZONETALLY__MESSAGE__BODY_CHALLENGE:
        out->challenge = bytes_of_field(message->challenge->challenge);
        return out->challenge.size > 0 || field_refuse(err, "Challenge.challenge", FIELD_MISSING);
    case ZONETALLY__MESSAGE__BODY_APPLICATION:
        out->application = bytes_of_field(message->application->request);
        return out->application.size > 0 || field_refuse(err, "Application.request", FIELD_MISSING);
    case ZONETALLY__MESSAGE__BODY_APPLICATION_TAKEN:
        return field_read_digest(message->application_taken->hash, FIELD_REQUIRED,
                                 "ApplicationTaken.hash", &out->application_taken, err);
    case ZONETALLY__MESSAGE__BODY_CATALOGUE_ASK:
        return ask_read_catalogue(message->catalogue_ask, &out->ask, err);
    case ZONETALLY__MESSAGE__BODY_HISTORY_ASK:
        return ask_read_history(message->history_ask, &out->ask, err);
    case ZONETALLY__MESSAGE__BODY_PART:
        return ask_read_part(message->part, &out->chunk, &out->ask.size, err);
    case ZONETALLY__MESSAGE__BODY_ASK_NOTICES:
        return ask_notices_of_message(message->ask_notices, &out->ask_notices, err);
    case ZONETALLY__MESSAGE__BODY_NOTICES:
        return notices_of_message(message->notices, arena, &out->notices, err);
    case ZONETALLY__MESSAGE__BODY_CHUNK_ASK:
        return chunk_ask_of_message(message->chunk_ask, &out->chunk, err);
    default:
        return field_refuse(err, "Message.body", FIELD_MISSING);
    }
}

bool message_decode(struct bytes bytes, struct arena *arena, struct message *out, struct error *err)
{
    *out = (struct message){ 0 };
    if (bytes.size > MESSAGE_SIZE_MAX)
        return field_refuse(err, "Message", FIELD_SIZE);
    const Zonetally__Message *message =
        packing_unpack(bytes, &zonetally__message__descriptor, MESSAGE_MEMORY_MAX, arena, err);
    return message &&
           field_read_number(message->protocol, MESSAGE_PROTOCOL, MESSAGE_PROTOCOL,
                             "Message.protocol", err) &&
           read_body(message, arena, out, err);
}
