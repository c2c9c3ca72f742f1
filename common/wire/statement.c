#include "common/wire/statement.h"

#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/wire/cursor.h"
#include "common/wire/field.h"
#include "common/wire/packing.h"
#include "common/wire/scan.h"
#include "common/wire/submission.h"
#include "proto/statement.pb-c.h"

#define SUITE_ED25519_SHA256 1
#define SEALED_SIZE_MAX (STATEMENT_SIZE_MAX + 128)
#define LEAF_OF_STREAM 0x10 /* keeps these hashes apart from those of the journal's tree */

static Zonetally__Withdrawal *withdrawal_to_message(const struct withdrawal *withdrawal,
                                                    struct arena *arena)
{
    Zonetally__Withdrawal *message = arena_take(arena, 1, sizeof *message);
    zonetally__withdrawal__init(message);
    message->form = withdrawal->form.packed;
    message->period = field_of_period(withdrawal->period, arena);
    message->version = withdrawal->version;
    message->reason = field_of_text(withdrawal->reason);
    return message;
}

static Zonetally__KeyRotation *rotation_to_message(const struct key_rotation *rotation,
                                                   struct arena *arena)
{
    Zonetally__KeyRotation *message = arena_take(arena, 1, sizeof *message);
    zonetally__key_rotation__init(message);
    message->signing_key = field_of(rotation->signing_key, sizeof rotation->signing_key);
    message->curve_key = field_of(rotation->curve_key, sizeof rotation->curve_key);
    message->signature = field_of(rotation->signature, sizeof rotation->signature);
    return message;
}

static Zonetally__Note *note_to_message(const char *note, struct arena *arena)
{
    Zonetally__Note *message = arena_take(arena, 1, sizeof *message);
    zonetally__note__init(message);
    message->text = field_of_text(note);
    return message;
}

static void content_to_message(const struct statement *statement, struct arena *arena,
                               Zonetally__Statement *message)
{
    switch (statement->kind) {
    case STATEMENT_RETURN:
        message->content_case = ZONETALLY__STATEMENT__CONTENT_SUBMISSION;
        message->submission = submission_to_message(&statement->submission, arena);
        break;
    case STATEMENT_WITHDRAWAL:
        message->content_case = ZONETALLY__STATEMENT__CONTENT_WITHDRAWAL;
        message->withdrawal = withdrawal_to_message(&statement->withdrawal, arena);
        break;
    case STATEMENT_KEY_ROTATION:
        message->content_case = ZONETALLY__STATEMENT__CONTENT_KEY_ROTATION;
        message->key_rotation = rotation_to_message(&statement->rotation, arena);
        break;
    case STATEMENT_NOTE:
        message->content_case = ZONETALLY__STATEMENT__CONTENT_NOTE;
        message->note = note_to_message(statement->note, arena);
        break;
    }
}

struct bytes statement_encode(const struct statement *statement, struct arena *arena)
{
    const struct stream_id *stream = &statement->stream;
    Zonetally__Statement message = ZONETALLY__STATEMENT__INIT;
    message.suite = statement->suite;
    message.province = field_of_text(statement->province);
    message.zone = (char *)stream->zone.text;
    message.device = field_of(stream->device.bytes, sizeof stream->device.bytes);
    message.epoch = stream->epoch;
    message.sequence = statement->sequence;
    message.previous = field_of_digest(&statement->previous);
    message.catalogue = field_of_digest(&statement->catalogue);
    message.agent_utc_ms = statement->agent_utc_ms;
    message.salt = field_of(statement->salt, sizeof statement->salt);
    content_to_message(statement, arena, &message);
    return packing_pack(&message.base, arena);
}

bool statement_seal(const struct statement *statement, const struct key_pair *pair,
                    struct arena *arena, struct sealed_statement *out, struct error *err)
{
    out->statement = statement_encode(statement, arena);
    if (out->statement.size > STATEMENT_SIZE_MAX)
        return error_set(err, ERROR_EXHAUSTED, MESSAGE_STATEMENT_TOO_LARGE,
                         (double)out->statement.size / (1024 * 1024),
                         (unsigned)(STATEMENT_SIZE_MAX / (1024 * 1024)));
    CLEANUP(arena_destroy) struct arena *scratch = arena_create();
    struct statement again;
    if (!statement_decode(out->statement, scratch, &again, err))
        return false;
    sign_bytes(SIGN_STATEMENT, out->statement, pair, out->signature);
    return true;
}

static bool read_withdrawal(const Zonetally__Withdrawal *message, struct withdrawal *out,
                            struct error *err)
{
    static const char path[] = "Statement.withdrawal";
    out->version = message->version;
    return field_read_code(message->form, FIELD_REQUIRED, path, &out->form, err) &&
           field_read_period(message->period, FIELD_REQUIRED, path, &out->period, err) &&
           field_read_number(message->version, 1, UINT32_MAX, path, err) &&
           field_read_text(message->reason, path, &out->reason, err);
}

static bool read_rotation(const Zonetally__KeyRotation *message, struct key_rotation *out,
                          struct error *err)
{
    static const char path[] = "Statement.key_rotation";
    return field_read_run(message->signing_key, out->signing_key, sizeof out->signing_key, path,
                          err) &&
           field_read_run(message->curve_key, out->curve_key, sizeof out->curve_key, path, err) &&
           field_read_run(message->signature, out->signature, sizeof out->signature, path, err);
}

static bool read_content(const Zonetally__Statement *message, struct arena *arena,
                         struct statement *out, struct error *err)
{
    switch (message->content_case) {
    case ZONETALLY__STATEMENT__CONTENT_SUBMISSION:
        out->kind = STATEMENT_RETURN;
        return submission_of_message(message->submission, arena, &out->submission, err);
    case ZONETALLY__STATEMENT__CONTENT_WITHDRAWAL:
        out->kind = STATEMENT_WITHDRAWAL;
        return read_withdrawal(message->withdrawal, &out->withdrawal, err);
    case ZONETALLY__STATEMENT__CONTENT_KEY_ROTATION:
        out->kind = STATEMENT_KEY_ROTATION;
        return read_rotation(message->key_rotation, &out->rotation, err);
    case ZONETALLY__STATEMENT__CONTENT_NOTE:
        out->kind = STATEMENT_NOTE;
        return field_read_text(message->note->text, "Statement.note", &out->note, err);
    default:
        return field_refuse(err, "Statement.content", FIELD_MISSING);
    }
}

/* The first statement of a stream has nothing before it, every other has. */
static bool read_position(const Zonetally__Statement *message, struct statement *out,
                          struct error *err)
{
    struct stream_head before;
    out->sequence = message->sequence;
    if (!field_read_number(message->sequence, 1, UINT64_MAX, "Statement.sequence", err) ||
        !field_read_head(message->sequence - 1, message->previous, "Statement.previous", &before,
                         err))
        return false;
    out->previous = before.hash;
    return true;
}

bool statement_decode(struct bytes statement, struct arena *arena, struct statement *out,
                      struct error *err)
{
    *out = (struct statement){ 0 };
    if (statement.size > STATEMENT_SIZE_MAX)
        return field_refuse(err, "Statement", FIELD_SIZE);
    const Zonetally__Statement *message = packing_unpack(
        statement, &zonetally__statement__descriptor, STATEMENT_MEMORY_MAX, arena, err);
    if (!message)
        return false;
    out->suite = message->suite;
    out->agent_utc_ms = message->agent_utc_ms;
    return field_read_number(message->suite, SUITE_ED25519_SHA256, SUITE_ED25519_SHA256,
                             "Statement.suite", err) &&
           field_read_text(message->province, "Statement.province", &out->province, err) &&
           field_read_stream(message->zone, message->device, message->epoch, "Statement.zone",
                             &out->stream, err) &&
           read_position(message, out, err) &&
           field_read_digest(message->catalogue, FIELD_OPTIONAL, "Statement.catalogue",
                             &out->catalogue, err) &&
           field_read_run(message->salt, out->salt, sizeof out->salt, "Statement.salt", err) &&
           read_content(message, arena, out, err);
}

/* After the scan only a missing field can stop this. */
static bool take_field(struct cursor *cursor, uint64_t number, struct bytes *out)
{
    uint64_t tag;
    return cursor_take_varint(cursor, &tag) && tag >> 3 == number && cursor_take_run(cursor, out);
}

static bool take_number(struct cursor *cursor, uint64_t number, uint64_t *out)
{
    uint64_t tag;
    return cursor_take_varint(cursor, &tag) && tag >> 3 == number &&
           cursor_take_varint(cursor, out);
}

bool statement_place(struct bytes statement, struct stream_id *out_stream, uint64_t *out_sequence)
{
    struct cursor cursor = cursor_of(statement);
    struct bytes province, zone, device;
    uint64_t suite, epoch;
    if (!take_number(&cursor, 1, &suite) || !take_field(&cursor, 2, &province) ||
        !take_field(&cursor, 3, &zone) || !take_field(&cursor, 4, &device) ||
        !take_number(&cursor, 5, &epoch) || !take_number(&cursor, 6, out_sequence) ||
        zone.size >= sizeof out_stream->zone.text || device.size != sizeof out_stream->device.bytes)
        return false;
    *out_stream = (struct stream_id){ .epoch = (uint32_t)epoch };
    memcpy(out_stream->zone.text, zone.data, zone.size);
    memcpy(out_stream->device.bytes, device.data, device.size);
    return true;
}

struct bytes submission_encode(const struct submission *submission, struct arena *arena)
{
    return packing_pack(&submission_to_message(submission, arena)->base, arena);
}

bool submission_decode(struct bytes bytes, struct arena *arena, struct submission *out,
                       struct error *err)
{
    *out = (struct submission){ 0 };
    const Zonetally__Submission *message =
        packing_unpack(bytes, &zonetally__submission__descriptor, STATEMENT_MEMORY_MAX, arena, err);
    return message && submission_of_message(message, arena, out, err);
}

struct digest sealed_statement_hash(const struct sealed_statement *sealed)
{
    static const unsigned char prefix = LEAF_OF_STREAM;
    struct digest_stream stream;
    digest_stream_begin(&stream);
    digest_stream_add(&stream, (struct bytes){ &prefix, 1 });
    digest_stream_add(&stream, sealed->statement);
    digest_stream_add(&stream, (struct bytes){ sealed->signature, sizeof sealed->signature });
    return digest_stream_end(&stream);
}

bool sealed_statement_is_signed_by(const struct sealed_statement *sealed,
                                   const unsigned char signing_key[KEY_SIZE])
{
    return signature_is_valid(SIGN_STATEMENT, sealed->statement, sealed->signature, signing_key);
}

struct bytes sealed_statement_encode(const struct sealed_statement *sealed, struct arena *arena)
{
    Zonetally__SealedStatement message = ZONETALLY__SEALED_STATEMENT__INIT;
    message.statement = field_of(sealed->statement.data, sealed->statement.size);
    message.signature = field_of(sealed->signature, sizeof sealed->signature);
    return packing_pack(&message.base, arena);
}

/* Without protobuf-c, which would copy the statement. */
bool sealed_statement_decode(struct bytes bytes, struct sealed_statement *out, struct error *err)
{
    static const char path[] = "SealedStatement";
    if (bytes.size > SEALED_SIZE_MAX)
        return field_refuse(err, path, FIELD_SIZE);
    if (!scan_message(bytes, &zonetally__sealed_statement__descriptor, STATEMENT_MEMORY_MAX, err))
        return false;
    struct cursor cursor = cursor_of(bytes);
    struct bytes signature;
    if (!take_field(&cursor, 1, &out->statement) || !take_field(&cursor, 2, &signature))
        return field_refuse(err, path, FIELD_MISSING);
    memcpy(out->signature, signature.data, sizeof out->signature);
    return true;
}
