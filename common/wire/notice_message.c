#include "common/wire/notice_message.h"

#include <string.h>

#include "common/base/arena.h"
#include "common/wire/field.h"
#include "common/wire/notice.h"

Zonetally__AskNotices *ask_notices_to_message(const struct ask_notices *ask, struct arena *arena)
{
    Zonetally__AskNotices *message = arena_take(arena, 1, sizeof *message);
    zonetally__ask_notices__init(message);
    message->device = field_of(ask->device.bytes, sizeof ask->device.bytes);
    message->from = ask->from;
    return message;
}

bool ask_notices_of_message(const Zonetally__AskNotices *message, struct ask_notices *out,
                            struct error *err)
{
    out->from = message->from;
    return field_read_run(message->device, out->device.bytes, sizeof out->device.bytes,
                          "AskNotices.device", err);
}

Zonetally__Notices *notices_to_message(const struct notices *notices, struct arena *arena)
{
    size_t count = notices->count;
    Zonetally__Notices *message = arena_take(arena, 1, sizeof *message);
    zonetally__notices__init(message);
    Zonetally__NoticeItem *items = arena_take(arena, count, sizeof *items);
    message->checkpoint = field_of(notices->checkpoint.data, notices->checkpoint.size);
    message->until = notices->until;
    message->items = arena_take(arena, count, sizeof *message->items);
    message->n_items = count;
    for (size_t i = 0; i < count; i++) {
        const struct notice *notice = &notices->items[i];
        zonetally__notice_item__init(&items[i]);
        items[i].entry = field_of(notice->entry.data, notice->entry.size);
        items[i].position = notice->position;
        items[i].path = field_of(notice->path, notice->path_count * DIGEST_SIZE);
        message->items[i] = &items[i];
    }
    return message;
}

static bool read_item(const Zonetally__NoticeItem *message, struct arena *arena, struct notice *out,
                      struct error *err)
{
    const struct digest *path;
    out->entry = (struct bytes){ message->entry.data, message->entry.len };
    out->position = message->position;
    if (!field_read_path(message->path, "NoticeItem.path", &path, &out->path_count, err))
        return false;
    if (out->path_count > 0)
        memcpy(out->path, path, out->path_count * sizeof *path);
    return notice_open(out, arena, err);
}

bool notices_of_message(const Zonetally__Notices *message, struct arena *arena, struct notices *out,
                        struct error *err)
{
    struct notice *items = arena_take(arena, message->n_items, sizeof *items);
    for (size_t i = 0; i < message->n_items; i++)
        if (!read_item(message->items[i], arena, &items[i], err))
            return false;
    *out = (struct notices){ .checkpoint = { message->checkpoint.data, message->checkpoint.len },
                             .items = items,
                             .count = message->n_items,
                             .until = message->until };
    return out->checkpoint.size > 0 || field_refuse(err, "Notices.checkpoint", FIELD_MISSING);
}
