#include "common/wire/excerpt.h"

#include <assert.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/wire/field.h"
#include "common/wire/packing.h"
#include "common/wire/proof.h"
#include "common/wire/statement.h"
#include "proto/excerpt.pb-c.h"

#define EXCERPT_MEMORY_MAX (2 * EXCERPT_SIZE_MAX)

static void item_to_message(const struct excerpt_item *item, struct arena *arena,
                            Zonetally__ExcerptItem *message)
{
    zonetally__excerpt_item__init(message);
    message->entry = field_of(item->encoded.data, item->encoded.size);
    message->position = item->position;
    message->path = field_of(item->path, item->path_count * DIGEST_SIZE);
    if (item->sealed.statement.size == 0)
        return;
    message->statement = arena_take(arena, 1, sizeof *message->statement);
    zonetally__sealed_statement__init(message->statement);
    message->statement->statement =
        field_of(item->sealed.statement.data, item->sealed.statement.size);
    message->statement->signature = field_of(item->sealed.signature, sizeof item->sealed.signature);
    message->receipt_checkpoint =
        field_of(item->receipt_checkpoint.data, item->receipt_checkpoint.size);
    message->receipt_path = field_of(item->receipt_path, item->receipt_path_count * DIGEST_SIZE);
}

static void items_to_message(const struct excerpt *excerpt, struct arena *arena,
                             Zonetally__Excerpt *message)
{
    size_t count = excerpt->count;
    Zonetally__ExcerptItem *items = arena_take(arena, count, sizeof *items);
    message->items = arena_take(arena, count, sizeof *message->items);
    message->n_items = count;
    for (size_t i = 0; i < count; i++) {
        item_to_message(&excerpt->items[i], arena, &items[i]);
        message->items[i] = &items[i];
    }
}

static void streams_to_message(const struct excerpt *excerpt, struct arena *arena,
                               Zonetally__Excerpt *message)
{
    size_t count = excerpt->stream_count;
    Zonetally__HeardStream *streams = arena_take(arena, count, sizeof *streams);
    message->streams = arena_take(arena, count, sizeof *message->streams);
    message->n_streams = count;
    for (size_t i = 0; i < count; i++) {
        const struct heard_stream *heard = &excerpt->streams[i];
        zonetally__heard_stream__init(&streams[i]);
        streams[i].device = field_of(heard->device.bytes, sizeof heard->device.bytes);
        streams[i].epoch = heard->epoch;
        streams[i].sequence = heard->sequence;
        message->streams[i] = &streams[i];
    }
}

static bool reads_back(struct bytes bytes)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct excerpt again;
    struct error err;
    return excerpt_decode(bytes, arena, &again, &err);
}

struct bytes excerpt_encode(const struct excerpt *excerpt, struct arena *arena)
{
    Zonetally__Excerpt message = ZONETALLY__EXCERPT__INIT;
    message.checkpoint = field_of(excerpt->checkpoint.data, excerpt->checkpoint.size);
    message.extension = field_of(excerpt->extension, excerpt->extension_count * DIGEST_SIZE);
    message.next = excerpt->next;
    message.from = excerpt->from;
    items_to_message(excerpt, arena, &message);
    streams_to_message(excerpt, arena, &message);
    struct bytes bytes = packing_pack(&message.base, arena);
    bool readable = reads_back(bytes);
    assert(readable);
    return bytes;
}

static struct bytes bytes_of_field(ProtobufCBinaryData data)
{
    return (struct bytes){ data.data, data.len };
}

static bool read_statement(const Zonetally__ExcerptItem *message, struct excerpt_item *out,
                           struct error *err)
{
    static const char path[] = "ExcerptItem.statement";
    bool arrival = out->entry.kind == ENTRY_ARRIVAL;
    bool whole = message->statement && message->receipt_checkpoint.len > 0;
    bool none = !message->statement && message->receipt_checkpoint.len == 0 &&
                message->receipt_path.len == 0;
    if (arrival ? !whole : !none)
        return field_refuse(err, path, FIELD_CHOICE);
    if (!arrival)
        return true;
    out->sealed.statement = bytes_of_field(message->statement->statement);
    out->receipt_checkpoint = bytes_of_field(message->receipt_checkpoint);
    if (out->sealed.statement.size == 0)
        return field_refuse(err, path, FIELD_MISSING);
    return field_read_run(message->statement->signature, out->sealed.signature,
                          sizeof out->sealed.signature, path, err) &&
           field_read_path(message->receipt_path, "ExcerptItem.receipt_path", &out->receipt_path,
                           &out->receipt_path_count, err);
}

static bool read_item(const Zonetally__ExcerptItem *message, struct arena *arena,
                      struct excerpt_item *out, struct error *err)
{
    out->encoded = bytes_of_field(message->entry);
    out->position = message->position;
    return entry_decode(out->encoded, arena, &out->entry, err) &&
           field_read_path(message->path, "ExcerptItem.path", &out->path, &out->path_count, err) &&
           read_statement(message, out, err);
}

static bool read_items(const Zonetally__Excerpt *message, struct arena *arena, struct excerpt *out,
                       struct error *err)
{
    struct excerpt_item *items = arena_take(arena, message->n_items, sizeof *items);
    for (size_t i = 0; i < message->n_items; i++) {
        if (!read_item(message->items[i], arena, &items[i], err))
            return false;
        if (i > 0 && items[i].position <= items[i - 1].position)
            return field_refuse(err, "ExcerptItem.position", FIELD_ASCENT);
        if (items[i].position < message->from || items[i].position >= message->next)
            return field_refuse(err, "Excerpt.next", FIELD_VALUE);
    }
    out->items = items;
    out->count = message->n_items;
    return true;
}

static bool read_streams(const Zonetally__Excerpt *message, struct arena *arena,
                         struct excerpt *out, struct error *err)
{
    static const char path[] = "HeardStream";
    struct heard_stream *streams = arena_take(arena, message->n_streams, sizeof *streams);
    for (size_t i = 0; i < message->n_streams; i++) {
        const Zonetally__HeardStream *stream = message->streams[i];
        streams[i].epoch = stream->epoch;
        streams[i].sequence = stream->sequence;
        if (!field_read_run(stream->device, streams[i].device.bytes, sizeof streams[i].device.bytes,
                            path, err) ||
            !field_read_number(stream->epoch, 1, UINT32_MAX, path, err) ||
            !field_read_number(stream->sequence, 1, UINT64_MAX, path, err))
            return false;
    }
    out->streams = streams;
    out->stream_count = message->n_streams;
    return true;
}

bool excerpt_decode(struct bytes bytes, struct arena *arena, struct excerpt *out, struct error *err)
{
    *out = (struct excerpt){ 0 };
    if (bytes.size > EXCERPT_SIZE_MAX)
        return field_refuse(err, "Excerpt", FIELD_SIZE);
    const Zonetally__Excerpt *message =
        packing_unpack(bytes, &zonetally__excerpt__descriptor, EXCERPT_MEMORY_MAX, arena, err);
    if (!message)
        return false;
    out->checkpoint = bytes_of_field(message->checkpoint);
    out->next = message->next;
    out->from = message->from;
    if (out->checkpoint.size == 0)
        return field_refuse(err, "Excerpt.checkpoint", FIELD_MISSING);
    return field_read_path(message->extension, "Excerpt.extension", &out->extension,
                           &out->extension_count, err) &&
           read_items(message, arena, out, err) && read_streams(message, arena, out, err);
}

bool excerpt_holds(const struct excerpt *excerpt, const struct checkpoint *checkpoint,
                   struct error *err)
{
    for (size_t i = 0; i < excerpt->count; i++) {
        const struct excerpt_item *item = &excerpt->items[i];
        struct digest leaf = proof_leaf(item->encoded);
        if (!proof_includes(&leaf, item->position, checkpoint->size, item->path, item->path_count,
                            &checkpoint->root))
            return error_set(err, ERROR_REFUSED, MESSAGE_EXCERPT_NOT_INCLUDED, item->position,
                             checkpoint->size);
    }
    return excerpt->next <= checkpoint->size ||
           error_set(err, ERROR_REFUSED, MESSAGE_EXCERPT_NEXT, excerpt->next, checkpoint->size);
}

struct receipt excerpt_receipt(const struct excerpt_item *item)
{
    assert(item->entry.kind == ENTRY_ARRIVAL && item->receipt_path_count <= PROOF_PATH_MAX);
    struct receipt receipt = { .entry = item->encoded,
                               .arrival = item->entry.arrival,
                               .position = item->position,
                               .path_count = item->receipt_path_count,
                               .checkpoint = item->receipt_checkpoint };
    if (item->receipt_path_count > 0)
        memcpy(receipt.path, item->receipt_path, item->receipt_path_count * DIGEST_SIZE);
    return receipt;
}
