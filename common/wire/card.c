#include "common/wire/card.h"

#include <assert.h>
#include <inttypes.h>
#include <sodium.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/text.h"
#include "common/wire/lines.h"

#define CARD_VERSION 1
#define CARD_BOM "\xEF\xBB\xBF"
#define HEX_SIZE_MAX 64

/* A line of a card: how its value is written, and read into the struct's member. */
struct field {
    const char *key;
    void (*write)(const struct field *field, const void *member, struct text_builder *builder);
    bool (*read)(const struct field *field, struct bytes value, struct arena *arena, void *member);
    size_t offset;
    size_t size; /* of bytes; the most of a text */
};

struct kind {
    const char *title;
    struct words words;
    enum sign_purpose purpose;
    size_t keys; /* offset of the public_keys that sign */
    const struct field *fields;
    size_t field_count;
};

static void write_text(const struct field *field, const void *member, struct text_builder *builder)
{
    const char *text = *(const char *const *)member;
    assert(strlen(text) <= field->size && text_is_clean(bytes_of_text(text), false));
    text_builder_add(builder, text);
}

static bool read_text(const struct field *field, struct bytes value, struct arena *arena,
                      void *member)
{
    if (value.size > field->size || !text_is_clean(value, false))
        return false;
    *(const char **)member = arena_format(arena, "%.*s", (int)value.size, (const char *)value.data);
    return true;
}

/* One word at least: no spaces, which would blur where it ends. */
static bool read_word(const struct field *field, struct bytes value, struct arena *arena,
                      void *member)
{
    return value.size > 0 && !memchr(value.data, ' ', value.size) &&
           read_text(field, value, arena, member);
}

static bool read_word_or_nothing(const struct field *field, struct bytes value, struct arena *arena,
                                 void *member)
{
    return value.size == 0 ? read_text(field, value, arena, member)
                           : read_word(field, value, arena, member);
}

/* A checkpoint's origin has no plus sign either: it is a note's key name. */
static bool read_origin(const struct field *field, struct bytes value, struct arena *arena,
                        void *member)
{
    return value.size > 0 && !memchr(value.data, '+', value.size) &&
           read_word(field, value, arena, member);
}

static void write_zone(const struct field *field, const void *member, struct text_builder *builder)
{
    (void)field;
    text_builder_add(builder, ((const struct zone_id *)member)->text);
}

static bool read_zone(const struct field *field, struct bytes value, struct arena *arena,
                      void *member)
{
    (void)field;
    return value.size < ZONE_CODE_SIZE &&
           zone_id_parse(arena_format(arena, "%.*s", (int)value.size, (const char *)value.data),
                         member);
}

static void write_hex(const struct field *field, const void *member, struct text_builder *builder)
{
    char text[2 * HEX_SIZE_MAX + 1];
    assert(field->size <= HEX_SIZE_MAX);
    text_builder_add(builder, sodium_bin2hex(text, sizeof text, member, field->size));
}

/* Lower case only, and not all zero: that is what nobody filled in. */
static bool read_hex(const struct field *field, struct bytes value, struct arena *arena,
                     void *member)
{
    (void)arena;
    char again[2 * HEX_SIZE_MAX + 1];
    size_t size;
    if (value.size != 2 * field->size ||
        sodium_hex2bin(member, field->size, value.data, value.size, NULL, &size, NULL) != 0)
        return false;
    sodium_bin2hex(again, sizeof again, member, field->size);
    return line_is(value, again) && !sodium_is_zero(member, field->size);
}

static void write_hex_or_nothing(const struct field *field, const void *member,
                                 struct text_builder *builder)
{
    if (!sodium_is_zero(member, field->size))
        write_hex(field, member, builder);
}

static bool read_hex_or_nothing(const struct field *field, struct bytes value, struct arena *arena,
                                void *member)
{
    return value.size == 0 || read_hex(field, value, arena, member);
}

static void write_time(const struct field *field, const void *member, struct text_builder *builder)
{
    (void)field;
    assert(*(const int64_t *)member >= 0);
    text_builder_format(builder, "%" PRId64, *(const int64_t *)member);
}

static bool read_time(const struct field *field, struct bytes value, struct arena *arena,
                      void *member)
{
    (void)field;
    (void)arena;
    uint64_t number;
    if (!line_number(value, &number) || number > INT64_MAX)
        return false;
    *(int64_t *)member = (int64_t)number;
    return true;
}

#define REQUEST(member) offsetof(struct enrolment_request, member)
#define CARD(member) offsetof(struct province_card, member)

/* clang-format off */
static const struct field request_fields[] = {
    { "zone",           write_zone, read_zone, REQUEST(zone),         0 },
    { "device",         write_hex,  read_hex,  REQUEST(device),       sizeof(struct device_id) },
    { "signing-key",    write_hex,  read_hex,  REQUEST(keys.signing), KEY_SIZE },
    { "connection-key", write_hex,  read_hex,  REQUEST(keys.curve),   KEY_SIZE },
    { "label",          write_text, read_text, REQUEST(label),        CARD_LABEL_SIZE_MAX },
    { "created-utc-ms", write_time, read_time, REQUEST(utc_ms),       0 },
    { "machine", write_hex_or_nothing, read_hex_or_nothing, REQUEST(machine), DIGEST_SIZE },
};

static const struct field card_fields[] = {
    { "province",       write_text, read_word,            CARD(province), CARD_PROVINCE_SIZE_MAX },
    { "origin",         write_text, read_origin,          CARD(origin),   CARD_ORIGIN_SIZE_MAX },
    { "endpoint",       write_text, read_word_or_nothing, CARD(endpoint), CARD_ENDPOINT_SIZE_MAX },
    { "signing-key",    write_hex,  read_hex,             CARD(keys.signing), KEY_SIZE },
    { "connection-key", write_hex,  read_hex,             CARD(keys.curve),   KEY_SIZE },
    { "catalogue",      write_hex_or_nothing, read_hex_or_nothing, CARD(catalogue), DIGEST_SIZE },
};

enum { KIND_REQUEST, KIND_CARD };

static const struct kind kinds[] = {
    [KIND_REQUEST] = { "zonetally enrolment request", WORDS_CARD_REQUEST, SIGN_ENROLMENT,
                       REQUEST(keys), request_fields, COUNT_OF(request_fields) },
    [KIND_CARD]    = { "zonetally province card",     WORDS_CARD_PROVINCE, SIGN_CARD,
                       CARD(keys),    card_fields,    COUNT_OF(card_fields) },
};
/* clang-format on */

/* No space behind "=" when there is nothing: editors strip it. */
static void write_field(const struct field *field, const void *content,
                        struct text_builder *builder)
{
    text_builder_format(builder, "%s = ", field->key);
    size_t before = builder->size;
    field->write(field, (const char *)content + field->offset, builder);
    if (builder->size == before)
        builder->text[--builder->size] = '\0';
    text_builder_add(builder, "\n");
}

static struct bytes write_card(const struct kind *kind, const void *content,
                               const struct key_pair *pair, struct arena *arena)
{
    const struct public_keys *keys = (const void *)((const char *)content + kind->keys);
    assert(bytes_equal(BYTES_OF(keys->signing), BYTES_OF(pair->public.signing)));
    unsigned char signature[SIGNATURE_SIZE];
    CLEANUP(text_builder_free) struct text_builder builder = { 0 };

    text_builder_format(&builder, "%s %d\n", kind->title, CARD_VERSION);
    for (size_t i = 0; i < kind->field_count; i++)
        write_field(&kind->fields[i], content, &builder);
    sign_bytes(kind->purpose, (struct bytes){ builder.text, builder.size }, pair, signature);
    text_builder_add(&builder, "signature = ");
    base64_add(&builder, BYTES_OF(signature));
    text_builder_add(&builder, "\n");

    assert(builder.size <= CARD_SIZE_MAX);
    return arena_copy_bytes(arena, (struct bytes){ builder.text, builder.size });
}

/* Whether it is a file of this kind, as its program wrote it. */
static bool check_shape(const struct kind *kind, struct bytes text, struct error *err)
{
    const char *name = words_say(&kind->words);
    struct bytes line = text;
    if (text.size > CARD_SIZE_MAX)
        return error_set(err, ERROR_MALFORMED, MESSAGE_CARD_TOO_LARGE, text.size, name,
                         (size_t)CARD_SIZE_MAX);
    if (line_begins(&line, CARD_BOM "zonetally ") ||
        (line_begins(&line, "zonetally ") && memchr(text.data, '\r', text.size)))
        return error_set(err, ERROR_MALFORMED, MESSAGE_CARD_REWRITTEN, name);
    if (!text_is_clean(text, true))
        return error_set(err, ERROR_MALFORMED, MESSAGE_CARD_UNCLEAN, name);
    return true;
}

static bool read_title(const struct kind *kind, struct lines *lines, struct error *err)
{
    const char *name = words_say(&kind->words);
    struct bytes line = { 0 };
    bool whole = lines_next(lines, &line);
    for (size_t i = 0; whole && i < COUNT_OF(kinds); i++)
        if (&kinds[i] != kind && line_begins(&line, kinds[i].title))
            return error_set(err, ERROR_MALFORMED, MESSAGE_CARD_OTHER_KIND,
                             words_say(&kinds[i].words), name);
    if (!whole || !line_begins(&line, kind->title) || !line_begins(&line, " "))
        return error_set(err, ERROR_MALFORMED, MESSAGE_CARD_FOREIGN, name, kind->title,
                         CARD_VERSION);
    uint64_t version;
    if (!line_number(line, &version) || version != CARD_VERSION)
        return error_set(err, ERROR_MALFORMED, MESSAGE_CARD_NEWER, name,
                         (int)(line.size < 20 ? line.size : 20), (const char *)line.data,
                         CARD_VERSION);
    return true;
}

/* The value of the next line "key = value". */
static bool read_line(const struct kind *kind, const char *key, struct lines *lines,
                      struct bytes *out, struct error *err)
{
    if (lines_next(lines, out) && line_begins(out, key) && line_begins(out, " =") &&
        (out->size == 0 || (line_begins(out, " ") && out->size > 0)))
        return true;
    return error_set(err, ERROR_MALFORMED, MESSAGE_CARD_FIELD_MISSING, words_say(&kind->words),
                     lines->number, key);
}

static bool read_signature(const struct kind *kind, struct lines *lines,
                           unsigned char out[SIGNATURE_SIZE], struct error *err)
{
    static const char key[] = "signature";
    const char *name = words_say(&kind->words);
    struct bytes value;
    size_t size;
    if (!read_line(kind, key, lines, &value, err))
        return false;
    if (!base64_read(value, out, SIGNATURE_SIZE, &size) || size != SIGNATURE_SIZE)
        return error_set(err, ERROR_MALFORMED, MESSAGE_CARD_FIELD_BAD, name, lines->number, key);
    return lines->rest.size == 0 ||
           error_set(err, ERROR_MALFORMED, MESSAGE_CARD_TRAILING, name, lines->number);
}

static bool read_card(const struct kind *kind, struct bytes text, struct arena *arena,
                      void *content, struct error *err)
{
    struct lines lines = lines_of(text);
    unsigned char signature[SIGNATURE_SIZE];
    if (!check_shape(kind, text, err) || !read_title(kind, &lines, err))
        return false;

    for (size_t i = 0; i < kind->field_count; i++) {
        const struct field *field = &kind->fields[i];
        struct bytes value;
        if (!read_line(kind, field->key, &lines, &value, err))
            return false;
        if (!field->read(field, value, arena, (char *)content + field->offset))
            return error_set(err, ERROR_MALFORMED, MESSAGE_CARD_FIELD_BAD, words_say(&kind->words),
                             lines.number, field->key);
    }

    struct bytes signed_text = { text.data, text.size - lines.rest.size };
    const struct public_keys *keys = (const void *)((const char *)content + kind->keys);
    if (!read_signature(kind, &lines, signature, err))
        return false;
    return signature_is_valid(kind->purpose, signed_text, signature, keys->signing) ||
           error_set(err, ERROR_REFUSED, MESSAGE_CARD_SIGNATURE, words_say(&kind->words));
}

struct bytes enrolment_request_write(const struct enrolment_request *request,
                                     const struct key_pair *pair, struct arena *arena)
{
    return write_card(&kinds[KIND_REQUEST], request, pair, arena);
}

bool enrolment_request_read(struct bytes text, struct arena *arena, struct enrolment_request *out,
                            struct error *err)
{
    struct enrolment_request read = { 0 };
    if (!read_card(&kinds[KIND_REQUEST], text, arena, &read, err))
        return false;
    *out = read;
    return true;
}

struct bytes province_card_write(const struct province_card *card, const struct key_pair *pair,
                                 struct arena *arena)
{
    return write_card(&kinds[KIND_CARD], card, pair, arena);
}

bool province_card_read(struct bytes text, struct arena *arena, struct province_card *out,
                        struct error *err)
{
    struct province_card read = { 0 };
    if (!read_card(&kinds[KIND_CARD], text, arena, &read, err))
        return false;
    *out = read;
    return true;
}
