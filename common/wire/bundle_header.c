#include "common/wire/bundle_header.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/digest.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/wire/field.h"
#include "common/wire/packing.h"
#include "proto/bundle.pb-c.h"

#define SUITE 1
#define ZONE_PART_SIZE 9
#define HEADER_MEMORY_MAX ((size_t)16 * 1024)

/* Magic, version, minimal reader, size of the whole, size of the header, nothing; a checksum of
 * all that, so that a length is believed only when it is the one that was written. */
#define VERSION_AT BUNDLE_MAGIC_SIZE
#define READER_AT (VERSION_AT + 1)
#define TOTAL_AT (READER_AT + 2)
#define HEADER_SIZE_AT (TOTAL_AT + 8)
#define CHECKSUM_AT (HEADER_SIZE_AT + 4)
#define CHECKSUM_SIZE (BUNDLE_PREFIX_SIZE - CHECKSUM_AT)
_Static_assert(CHECKSUM_SIZE == 12, "the rest of the prefix");

const char *bundle_kind_words(enum bundle_kind kind)
{
    static const struct words words[] = {
        [BUNDLE_SUBMIT] = WORDS_BUNDLE_SUBMIT,       [BUNDLE_ACK] = WORDS_BUNDLE_ACK,
        [BUNDLE_CATALOGUE] = WORDS_BUNDLE_CATALOGUE, [BUNDLE_RECOVER] = WORDS_BUNDLE_RECOVER,
        [BUNDLE_ENROL] = WORDS_BUNDLE_ENROL,
    };
    assert(kind >= BUNDLE_SUBMIT && kind <= BUNDLE_ENROL);
    return words_say(&words[kind]);
}

/* Eight characters or less of capitals, digits and hyphens; any other code by its digest, so that
 * two zones never have one name. */
static void name_zone(const struct zone_id *zone, char out[ZONE_PART_SIZE])
{
    static const char plain[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-";
    char digest[DIGEST_TEXT_SIZE];
    size_t size = strlen(zone->text);
    bool fits = size < ZONE_PART_SIZE && strspn(zone->text, plain) == size;
    struct digest hash = digest_sha256((struct bytes){ "", 0 }, bytes_of_text(zone->text));
    digest_text(&hash, digest);
    snprintf(out, ZONE_PART_SIZE, "%.*s", ZONE_PART_SIZE - 1, fits ? zone->text : digest);
}

const char *bundle_name(enum bundle_kind kind, const struct zone_id *zone, unsigned number,
                        char buffer[BUNDLE_NAME_SIZE])
{
    static const char *const ends[] = {
        [BUNDLE_SUBMIT] = "SUB",  [BUNDLE_ACK] = "ACK",   [BUNDLE_CATALOGUE] = "CAT",
        [BUNDLE_RECOVER] = "REC", [BUNDLE_ENROL] = "ENR",
    };
    char zone_part[ZONE_PART_SIZE];
    assert(kind >= BUNDLE_SUBMIT && kind <= BUNDLE_ENROL && number >= 1);
    name_zone(zone, zone_part);
    if (number == 1)
        snprintf(buffer, BUNDLE_NAME_SIZE, "%s.%s", zone_part, ends[kind]);
    else
        snprintf(buffer, BUNDLE_NAME_SIZE, "%s.%c%02u", zone_part, ends[kind][0], number % 100);
    return buffer;
}

static void prefix_checksum(const unsigned char prefix[BUNDLE_PREFIX_SIZE],
                            unsigned char out[CHECKSUM_SIZE])
{
    static const char name[] = "zonetally bundle prefix";
    unsigned char checksum[16];
    digest_checksum(BYTES_OF(name), (struct bytes){ prefix, CHECKSUM_AT }, checksum);
    memcpy(out, checksum, CHECKSUM_SIZE);
}

void bundle_prefix_write(const struct bundle_prefix *prefix, unsigned char out[BUNDLE_PREFIX_SIZE])
{
    memcpy(out, BUNDLE_MAGIC, BUNDLE_MAGIC_SIZE);
    out[VERSION_AT] = (unsigned char)prefix->version;
    out[READER_AT] = (unsigned char)(prefix->min_reader >> 8);
    out[READER_AT + 1] = (unsigned char)prefix->min_reader;
    bytes_put_u64(out + TOTAL_AT, prefix->total);
    bytes_put_u32(out + HEADER_SIZE_AT, (unsigned)prefix->header_size);
    prefix_checksum(out, out + CHECKSUM_AT);
}

enum bundle_prefix_state bundle_prefix_read(struct bytes start, struct bundle_prefix *out)
{
    const unsigned char *data = start.data;
    unsigned char checksum[CHECKSUM_SIZE];
    size_t magic_size = start.size < BUNDLE_MAGIC_SIZE ? start.size : BUNDLE_MAGIC_SIZE;
    *out = (struct bundle_prefix){ 0 };
    if (magic_size > 0 && memcmp(data, BUNDLE_MAGIC, magic_size) != 0)
        return BUNDLE_PREFIX_FOREIGN;
    if (start.size < BUNDLE_PREFIX_SIZE)
        return BUNDLE_PREFIX_CUT;
    prefix_checksum(data, checksum);
    if (memcmp(checksum, data + CHECKSUM_AT, CHECKSUM_SIZE) != 0)
        return BUNDLE_PREFIX_DAMAGED;
    out->version = data[VERSION_AT];
    out->min_reader = (unsigned)(data[READER_AT] << 8 | data[READER_AT + 1]);
    out->total = bytes_get_u64(data + TOTAL_AT);
    out->header_size = bytes_get_u32(data + HEADER_SIZE_AT);
    return BUNDLE_PREFIX_GOOD;
}

static void to_message(const struct bundle_header *header, Zonetally__BundleHeader *message)
{
    const struct stream_id *stream = &header->stream;
    zonetally__bundle_header__init(message);
    message->suite = SUITE;
    message->kind = (uint32_t)header->kind;
    message->province = field_of_text(header->province);
    message->recipient = field_of(header->recipient, sizeof header->recipient);
    message->sender = field_of(header->sender, sizeof header->sender);
    message->zone = (char *)stream->zone.text;
    message->device = field_of(stream->device.bytes, sizeof stream->device.bytes);
    message->epoch = stream->epoch;
    message->first_sequence = header->first_sequence;
    message->last_sequence = header->last_sequence;
    message->count = header->count;
    message->body_size = header->body_size;
    message->id = field_of(header->id, sizeof header->id);
    message->utc_ms = header->utc_ms;
    message->program = field_of_text(header->program);
}

struct bytes bundle_header_encode(const struct bundle_header *header, struct arena *arena)
{
    Zonetally__BundleHeader message;
    struct bundle_header again;
    struct error err;
    to_message(header, &message);
    struct bytes bytes = packing_pack(&message.base, arena);
    bool readable =
        bytes.size <= BUNDLE_HEADER_SIZE_MAX && bundle_header_decode(bytes, arena, &again, &err);
    assert(readable);
    return bytes;
}

/* Both or none, in order. */
static bool read_range(const Zonetally__BundleHeader *message, struct bundle_header *out,
                       struct error *err)
{
    uint64_t first = message->first_sequence, last = message->last_sequence;
    out->first_sequence = first;
    out->last_sequence = last;
    if (first == 0)
        return field_read_number(last, 0, 0, "BundleHeader.last_sequence", err);
    return field_read_number(last, first, UINT64_MAX, "BundleHeader.last_sequence", err);
}

static bool read_keys(const Zonetally__BundleHeader *message, struct bundle_header *out,
                      struct error *err)
{
    return field_read_run(message->recipient, out->recipient, sizeof out->recipient,
                          "BundleHeader.recipient", err) &&
           field_read_run(message->sender, out->sender, sizeof out->sender, "BundleHeader.sender",
                          err) &&
           field_read_run(message->id, out->id, sizeof out->id, "BundleHeader.id", err);
}

static bool of_message(const Zonetally__BundleHeader *message, struct bundle_header *out,
                       struct error *err)
{
    out->kind = (enum bundle_kind)message->kind;
    out->count = message->count;
    out->body_size = message->body_size;
    out->utc_ms = message->utc_ms;
    return field_read_number(message->suite, SUITE, SUITE, "BundleHeader.suite", err) &&
           field_read_number(message->kind, BUNDLE_SUBMIT, BUNDLE_ENROL, "BundleHeader.kind",
                             err) &&
           field_read_text(message->province, "BundleHeader.province", &out->province, err) &&
           field_read_text(message->program, "BundleHeader.program", &out->program, err) &&
           field_read_stream(message->zone, message->device, message->epoch, "BundleHeader.zone",
                             &out->stream, err) &&
           read_range(message, out, err) && read_keys(message, out, err);
}

bool bundle_header_decode(struct bytes bytes, struct arena *arena, struct bundle_header *out,
                          struct error *err)
{
    *out = (struct bundle_header){ 0 };
    const Zonetally__BundleHeader *message =
        packing_unpack(bytes, &zonetally__bundle_header__descriptor, HEADER_MEMORY_MAX, arena, err);
    return message && of_message(message, out, err);
}
