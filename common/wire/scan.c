#include "common/wire/scan.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <protobuf-c/protobuf-c.h>

#include "common/base/seeded_bug.h"
#include "common/base/text.h"
#include "common/wire/cursor.h"
#include "common/wire/field.h"
#include "common/wire/limits.h"

#define PATH_SIZE 256
#define DEPTH_MAX 8 /* no message type contains itself: deeper is a mistake in proto/ */
#define WIRE_VARINT 0
#define WIRE_RUN 2

/* What protobuf-c takes beside the message: it notes every field it meets, 32 bytes each, in
 * slabs that double; the first 16 notes are on the stack. */
#define NOTES_ON_STACK 16
#define NOTE_SIZE 64
#define ALLOCATION_SIZE 16 /* an allocation is rounded up to a multiple */

struct place {
    const struct place *outer;
    const char *name;
    int depth;
};

struct scan {
    size_t memory;
    size_t memory_max;
    struct error *err;
};

/* One message in the course of its scan. */
struct walk {
    struct scan *scan;
    const struct place *place;
    const ProtobufCMessageDescriptor *descriptor;
    struct cursor cursor;
    unsigned field_number;                 /* index of the latest field */
    const ProtobufCFieldDescriptor *field; /* NULL before the first */
    const struct limit *limit;             /* of it, may be NULL */
    size_t count;                          /* how often it came */
    size_t notes;                          /* how many fields came */
    bool chosen; /* a member of the oneof came; a message has one oneof at most */
};

static size_t write_path(const struct place *place, char *path)
{
    size_t size = place->outer ? write_path(place->outer, path) : 0;
    int more =
        snprintf(path + size, PATH_SIZE - size, "%s%s", place->outer ? "." : "", place->name);
    size += (size_t)more;
    return size < PATH_SIZE ? size : PATH_SIZE - 1;
}

static bool refuse(const struct scan *scan, const struct place *place, enum field_trouble trouble)
{
    char path[PATH_SIZE];
    write_path(place, path);
    return field_refuse(scan->err, path, trouble);
}

static bool charge(struct scan *scan, const struct place *place, size_t size)
{
    if (size > scan->memory_max - scan->memory)
        return refuse(scan, place, FIELD_MEMORY);
    scan->memory += size;
    return true;
}

static bool charge_allocation(struct scan *scan, const struct place *place, size_t size)
{
    return charge(scan, place, size + ALLOCATION_SIZE - 1);
}

static bool is_repeated(const ProtobufCFieldDescriptor *field)
{
    return field->label == PROTOBUF_C_LABEL_REPEATED;
}

static bool is_run(const ProtobufCFieldDescriptor *field)
{
    return field->type == PROTOBUF_C_TYPE_STRING || field->type == PROTOBUF_C_TYPE_BYTES ||
           field->type == PROTOBUF_C_TYPE_MESSAGE;
}

static bool is_packed(const ProtobufCFieldDescriptor *field)
{
    return is_repeated(field) && !is_run(field);
}

static size_t element_size(const ProtobufCFieldDescriptor *field)
{
    switch (field->type) {
    case PROTOBUF_C_TYPE_UINT32:
        return sizeof(uint32_t);
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_SINT64:
        return sizeof(uint64_t);
    case PROTOBUF_C_TYPE_BYTES:
        return sizeof(ProtobufCBinaryData);
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_MESSAGE:
        return sizeof(void *);
    default:
        abort(); /* proto/ uses a type that the scan does not know */
    }
}

static bool scan_fields(struct scan *scan, const struct place *place, struct bytes bytes,
                        const ProtobufCMessageDescriptor *descriptor);

static bool take_number(struct walk *walk, const struct place *place, uint64_t *out)
{
    if (!cursor_take_varint(&walk->cursor, out))
        return refuse(walk->scan, place, FIELD_NUMBER);
    if (walk->field->type == PROTOBUF_C_TYPE_UINT32 && *out > UINT32_MAX)
        return refuse(walk->scan, place, FIELD_NUMBER);
    return true;
}

static bool scan_single_number(struct walk *walk, const struct place *place)
{
    uint64_t value;
    if (!take_number(walk, place, &value))
        return false;
    return value != 0 || seeded_bug(BUG_TAKE_A_WRITTEN_DEFAULT) ||
           refuse(walk->scan, place, FIELD_DEFAULT);
}

static bool scan_packed(struct walk *walk, const struct place *place, struct bytes run)
{
    if (run.size == 0)
        return refuse(walk->scan, place, FIELD_DEFAULT);
    struct cursor rest = walk->cursor;
    walk->cursor = cursor_of(run);
    size_t count = 0;
    while (!cursor_is_at_end(&walk->cursor)) {
        uint64_t value;
        if (!take_number(walk, place, &value))
            return false;
        if (++count > walk->limit->count_max)
            return refuse(walk->scan, place, FIELD_COUNT);
    }
    walk->cursor = rest;
    return charge_allocation(walk->scan, place, count * element_size(walk->field));
}

static bool scan_text_or_bytes(struct walk *walk, const struct place *place, struct bytes run)
{
    const struct limit *limit = walk->limit;
    if (run.size == 0 && !is_repeated(walk->field))
        return refuse(walk->scan, place, FIELD_DEFAULT);
    if (run.size < limit->size_min || run.size > limit->size_max)
        return refuse(walk->scan, place, FIELD_SIZE);
    if (walk->field->type == PROTOBUF_C_TYPE_STRING && !text_is_clean(run, limit->lines))
        return refuse(walk->scan, place, FIELD_TEXT);
    return charge_allocation(walk->scan, place, run.size + 1);
}

static bool scan_run(struct walk *walk, const struct place *place)
{
    struct bytes run;
    if (!cursor_take_run(&walk->cursor, &run))
        return refuse(walk->scan, place, FIELD_CUT);
    if (is_packed(walk->field))
        return scan_packed(walk, place, run);
    if (walk->field->type == PROTOBUF_C_TYPE_MESSAGE)
        return scan_fields(walk->scan, place, run, walk->field->descriptor);
    return scan_text_or_bytes(walk, place, run);
}

static void find_limit(struct walk *walk)
{
    if (!limit_is_needed(walk->field))
        return;
    walk->limit = walk->limit ? limit_behind(walk->limit, walk->field)
                              : limit_of(walk->descriptor, walk->field);
    assert(walk->limit);
}

/* The field of a tag: later than the one before, or the same again if it may come again. */
static bool find_field(struct walk *walk, uint64_t id)
{
    const ProtobufCMessageDescriptor *descriptor = walk->descriptor;
    if (walk->field && id < walk->field->id)
        return refuse(walk->scan, walk->place, FIELD_ORDER);
    if (walk->field && id == walk->field->id)
        return (is_repeated(walk->field) && !is_packed(walk->field)) ||
               refuse(walk->scan, walk->place, FIELD_ORDER);
    while (walk->field_number < descriptor->n_fields &&
           descriptor->fields[walk->field_number].id < id)
        walk->field_number++;
    if (walk->field_number == descriptor->n_fields ||
        descriptor->fields[walk->field_number].id != id)
        return refuse(walk->scan, walk->place, FIELD_UNKNOWN);
    walk->field = &descriptor->fields[walk->field_number];
    walk->count = 0;
    find_limit(walk);
    return true;
}

static bool may_come(struct walk *walk, const struct place *place)
{
    const ProtobufCFieldDescriptor *field = walk->field;
    if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) {
        if (walk->chosen)
            return refuse(walk->scan, place, FIELD_CHOICE);
        walk->chosen = true;
    }
    walk->notes++;
    if (!is_repeated(field) || is_packed(field))
        return true;
    if (++walk->count > walk->limit->count_max)
        return refuse(walk->scan, place, FIELD_COUNT);
    size_t first = walk->count == 1 ? ALLOCATION_SIZE - 1 : 0;
    return charge(walk->scan, place, first + element_size(field));
}

static bool scan_field(struct walk *walk)
{
    uint64_t tag;
    if (!cursor_take_varint(&walk->cursor, &tag))
        return refuse(walk->scan, walk->place, FIELD_NUMBER);
    if (!find_field(walk, tag >> 3))
        return false;
    struct place place = { walk->place, walk->field->name, walk->place->depth + 1 };
    bool expects_run = is_run(walk->field) || is_packed(walk->field);
    if ((tag & 7) != (expects_run ? WIRE_RUN : WIRE_VARINT))
        return refuse(walk->scan, &place, FIELD_WIRE_TYPE);
    if (!may_come(walk, &place))
        return false;
    return expects_run ? scan_run(walk, &place) : scan_single_number(walk, &place);
}

static bool scan_fields(struct scan *scan, const struct place *place, struct bytes bytes,
                        const ProtobufCMessageDescriptor *descriptor)
{
    assert(place->depth <= DEPTH_MAX);
    struct walk walk = {
        .scan = scan, .place = place, .descriptor = descriptor, .cursor = cursor_of(bytes)
    };
    if (!charge_allocation(scan, place, descriptor->sizeof_message))
        return false;
    while (!cursor_is_at_end(&walk.cursor))
        if (!scan_field(&walk))
            return false;
    return walk.notes <= NOTES_ON_STACK || charge(scan, place, walk.notes * NOTE_SIZE);
}

bool scan_message(struct bytes bytes, const struct ProtobufCMessageDescriptor *descriptor,
                  size_t memory_max, struct error *err)
{
    struct scan scan = { .memory_max = memory_max, .err = err };
    struct place place = { NULL, descriptor->short_name, 0 };
    return seeded_bug(BUG_SKIP_THE_SCAN) || scan_fields(&scan, &place, bytes, descriptor);
}
