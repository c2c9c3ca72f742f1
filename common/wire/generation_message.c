#include "common/wire/generation_message.h"

#include "common/base/arena.h"
#include "common/wire/field.h"
#include "common/wire/message.h"
#include "proto/journal.pb-c.h"
#include "proto/sync.pb-c.h"

Zonetally__BackupRecord *backup_record_to_message(const struct backup_record *backup,
                                                  struct arena *arena)
{
    Zonetally__BackupRecord *message = arena_take(arena, 1, sizeof *message);
    zonetally__backup_record__init(message);
    message->size = backup->size;
    message->root = field_of_digest(&backup->root);
    message->medium = field_of_text(backup->medium);
    return message;
}

Zonetally__GenerationOpening *
generation_opening_to_message(const struct generation_opening *generation, struct arena *arena)
{
    size_t count = generation->lost_count;
    Zonetally__GenerationOpening *message = arena_take(arena, 1, sizeof *message);
    zonetally__generation_opening__init(message);
    Zonetally__LostGeneration *items = arena_take(arena, count, sizeof *items);
    message->number = generation->number;
    message->size = generation->size;
    message->root = field_of_digest(&generation->root);
    message->reason = field_of_text(generation->reason);
    message->lost = arena_take(arena, count, sizeof *message->lost);
    message->n_lost = count;
    for (size_t i = 0; i < count; i++) {
        zonetally__lost_generation__init(&items[i]);
        items[i].number = generation->lost[i].generation;
        items[i].kept = generation->lost[i].kept;
        items[i].size = generation->lost[i].size;
        items[i].root = field_of_digest(&generation->lost[i].root);
        message->lost[i] = &items[i];
    }
    return message;
}

bool backup_record_of_message(const Zonetally__BackupRecord *message, struct backup_record *out,
                              struct error *err)
{
    out->size = message->size;
    return field_read_number(message->size, 1, UINT64_MAX, "BackupRecord.size", err) &&
           field_read_digest(message->root, FIELD_REQUIRED, "BackupRecord.root", &out->root, err) &&
           field_read_text(message->medium, "BackupRecord.medium", &out->medium, err);
}

/* Ascending, each kept part inside what goes on; the last one is what this one continues. */
static bool read_lost(const Zonetally__GenerationOpening *message, struct arena *arena,
                      struct generation_opening *out, struct error *err)
{
    static const char path[] = "GenerationOpening.lost";
    struct lost_generation *items = arena_take(arena, message->n_lost, sizeof *items);
    for (size_t i = 0; i < message->n_lost; i++) {
        const Zonetally__LostGeneration *item = message->lost[i];
        items[i].generation = item->number;
        items[i].kept = item->kept;
        items[i].size = item->size;
        if (!field_read_number(item->number, i + 1, i + 1, path, err) ||
            !field_read_number(item->kept, 0, out->size, path, err) ||
            !field_read_number(item->size, item->kept, UINT64_MAX, path, err) ||
            !field_read_digest(item->root, FIELD_REQUIRED, path, &items[i].root, err))
            return false;
    }
    out->lost = items;
    out->lost_count = message->n_lost;
    return field_read_number(message->n_lost, out->number - 1, out->number - 1, path, err) &&
           field_read_number(items[message->n_lost - 1].kept, out->size, out->size, path, err);
}

bool generation_opening_of_message(const Zonetally__GenerationOpening *message, struct arena *arena,
                                   struct generation_opening *out, struct error *err)
{
    out->number = message->number;
    out->size = message->size;
    return field_read_number(message->number, GENERATION_FIRST + 1, GENERATIONS_MAX,
                             "GenerationOpening.number", err) &&
           field_read_number(message->size, 1, UINT64_MAX, "GenerationOpening.size", err) &&
           field_read_digest(message->root, FIELD_REQUIRED, "GenerationOpening.root", &out->root,
                             err) &&
           field_read_text(message->reason, "GenerationOpening.reason", &out->reason, err) &&
           read_lost(message, arena, out, err);
}

void hello_lost_to_message(const struct hello *hello, struct arena *arena,
                           Zonetally__Hello *message)
{
    message->lost_generation = hello->lost_generation;
    message->lost_first = hello->lost_first;
    message->lost_positions = (uint64_t *)(uintptr_t)hello->lost_positions;
    message->n_lost_positions = hello->lost_count;
    message->n_lost_hashes = hello->lost_count;
    message->lost_hashes = arena_take(arena, hello->lost_count, sizeof *message->lost_hashes);
    for (size_t i = 0; i < hello->lost_count; i++)
        message->lost_hashes[i] = field_of_digest(&hello->lost_hashes[i]);
}

bool hello_lost_of_message(const Zonetally__Hello *message, struct arena *arena, struct hello *out,
                           struct error *err)
{
    size_t count = message->n_lost_positions;
    struct digest *hashes = arena_take(arena, count, sizeof *hashes);
    out->lost_generation = message->lost_generation;
    out->lost_first = message->lost_first;
    out->lost_positions = message->lost_positions;
    out->lost_hashes = hashes;
    out->lost_count = count;
    if (message->n_lost_hashes != count)
        return field_refuse(err, "Hello.lost_hashes", FIELD_VALUE);
    for (size_t i = 0; i < count; i++)
        if (!field_read_digest(message->lost_hashes[i], FIELD_REQUIRED, "Hello.lost_hashes",
                               &hashes[i], err))
            return false;
    return field_read_number(message->lost_generation, count > 0, count > 0 ? GENERATIONS_MAX : 0,
                             "Hello.lost_generation", err) &&
           field_read_number(message->lost_first, count > 0, count > 0 ? UINT32_MAX : 0,
                             "Hello.lost_first", err);
}
