#include "common/wire/field.h"

#include <assert.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"

bool field_refuse(struct error *err, const char *path, enum field_trouble trouble)
{
    static const struct words words[FIELD_TROUBLE_COUNT] = {
        [FIELD_CUT] = WORDS_FIELD_CUT,         [FIELD_UNKNOWN] = WORDS_FIELD_UNKNOWN,
        [FIELD_ORDER] = WORDS_FIELD_ORDER,     [FIELD_WIRE_TYPE] = WORDS_FIELD_WIRE_TYPE,
        [FIELD_NUMBER] = WORDS_FIELD_NUMBER,   [FIELD_DEFAULT] = WORDS_FIELD_DEFAULT,
        [FIELD_CHOICE] = WORDS_FIELD_CHOICE,   [FIELD_TEXT] = WORDS_FIELD_TEXT,
        [FIELD_SIZE] = WORDS_FIELD_SIZE,       [FIELD_COUNT] = WORDS_FIELD_COUNT,
        [FIELD_MEMORY] = WORDS_FIELD_MEMORY,   [FIELD_MISSING] = WORDS_FIELD_MISSING,
        [FIELD_VALUE] = WORDS_FIELD_VALUE,     [FIELD_ASCENT] = WORDS_FIELD_ASCENT,
        [FIELD_LENGTHS] = WORDS_FIELD_LENGTHS,
    };
    assert(trouble < FIELD_TROUBLE_COUNT);
    return error_set(err, ERROR_MALFORMED, MESSAGE_FIELD_REFUSED, path, words_say(&words[trouble]));
}

bool field_read_text(const char *text, const char *path, const char **out, struct error *err)
{
    *out = text;
    return *text != '\0' || field_refuse(err, path, FIELD_MISSING);
}

bool field_read_number(uint64_t value, uint64_t min, uint64_t max, const char *path,
                       struct error *err)
{
    return (value >= min && value <= max) ||
           field_refuse(err, path, value == 0 ? FIELD_MISSING : FIELD_VALUE);
}

bool field_read_code(uint64_t packed, enum field_presence presence, const char *path,
                     struct code *out, struct error *err)
{
    *out = (struct code){ packed };
    if (packed == 0)
        return presence == FIELD_OPTIONAL || field_refuse(err, path, FIELD_MISSING);
    return code_is_valid(*out) || field_refuse(err, path, FIELD_VALUE);
}

/* Of the ways to write a period only the one we write. */
bool field_read_period(const char *text, enum field_presence presence, const char *path,
                       struct period *out, struct error *err)
{
    *out = (struct period){ 0 };
    if (*text == '\0')
        return presence == FIELD_OPTIONAL || field_refuse(err, path, FIELD_MISSING);
    char again[PERIOD_TEXT_SIZE];
    return (period_parse(text, out) && strcmp(period_text(*out, again), text) == 0) ||
           field_refuse(err, path, FIELD_VALUE);
}

bool field_read_digest(ProtobufCBinaryData data, enum field_presence presence, const char *path,
                       struct digest *out, struct error *err)
{
    *out = (struct digest){ { 0 } };
    if (data.len == 0 && presence == FIELD_OPTIONAL)
        return true;
    if (!field_read_run(data, out->bytes, sizeof out->bytes, path, err))
        return false;
    return !digest_is_zero(out) || field_refuse(err, path, FIELD_DEFAULT);
}

bool field_read_run(ProtobufCBinaryData data, void *target, size_t size, const char *path,
                    struct error *err)
{
    if (data.len != size)
        return field_refuse(err, path, data.len == 0 ? FIELD_MISSING : FIELD_SIZE);
    memcpy(target, data.data, size);
    return true;
}

bool field_read_stream(const char *zone, ProtobufCBinaryData device, uint32_t epoch,
                       const char *path, struct stream_id *out, struct error *err)
{
    if (!zone_id_parse(zone, &out->zone))
        return field_refuse(err, path, FIELD_VALUE);
    out->epoch = epoch;
    return field_read_run(device, out->device.bytes, sizeof out->device.bytes, path, err) &&
           field_read_number(epoch, 1, UINT32_MAX, path, err);
}

bool field_read_head(uint64_t sequence, ProtobufCBinaryData hash, const char *path,
                     struct stream_head *out, struct error *err)
{
    out->sequence = sequence;
    if (!field_read_digest(hash, sequence > 0 ? FIELD_REQUIRED : FIELD_OPTIONAL, path, &out->hash,
                           err))
        return false;
    return sequence > 0 || hash.len == 0 || field_refuse(err, path, FIELD_VALUE);
}

bool field_read_path(ProtobufCBinaryData data, const char *path, const struct digest **out,
                     size_t *out_count, struct error *err)
{
    *out = (const struct digest *)(const void *)data.data;
    *out_count = data.len / DIGEST_SIZE;
    return data.len % DIGEST_SIZE == 0 || field_refuse(err, path, FIELD_SIZE);
}

ProtobufCBinaryData field_of(const void *data, size_t size)
{
    return (ProtobufCBinaryData){ size, (uint8_t *)data };
}

ProtobufCBinaryData field_of_digest(const struct digest *digest)
{
    return field_of(digest->bytes, digest_is_zero(digest) ? 0 : DIGEST_SIZE);
}

char *field_of_period(struct period period, struct arena *arena)
{
    char text[PERIOD_TEXT_SIZE] = "";
    return arena_copy_text(arena, period.year ? period_text(period, text) : text);
}

char *field_of_text(const char *text)
{
    static const char nothing[] = "";
    return (char *)(text ? text : nothing);
}
