#include "common/wire/ask_message.h"

#include "common/base/arena.h"
#include "common/wire/excerpt.h"
#include "common/wire/field.h"

Zonetally__CatalogueAsk *ask_to_catalogue(const struct ask *ask, struct arena *arena)
{
    Zonetally__CatalogueAsk *message = arena_take(arena, 1, sizeof *message);
    zonetally__catalogue_ask__init(message);
    message->digest = field_of_digest(&ask->catalogue);
    message->known = ask->known;
    message->size = ask->size;
    message->offset = ask->offset;
    return message;
}

Zonetally__HistoryAsk *ask_to_history(const struct ask *ask, struct arena *arena)
{
    Zonetally__HistoryAsk *message = arena_take(arena, 1, sizeof *message);
    zonetally__history_ask__init(message);
    message->from = ask->from;
    message->known = ask->known;
    message->size = ask->size;
    message->offset = ask->offset;
    return message;
}

Zonetally__Part *ask_part_to_message(const struct chunk *part, uint64_t size, struct arena *arena)
{
    Zonetally__Part *message = arena_take(arena, 1, sizeof *message);
    zonetally__part__init(message);
    message->hash = field_of_digest(&part->hash);
    message->total_size = part->total_size;
    message->offset = part->offset;
    message->part = field_of(part->part.data, part->part.size);
    message->size = size;
    return message;
}

bool ask_read_catalogue(const Zonetally__CatalogueAsk *message, struct ask *out, struct error *err)
{
    out->known = message->known;
    out->size = message->size;
    out->offset = message->offset;
    return field_read_digest(message->digest, FIELD_REQUIRED, "CatalogueAsk.digest",
                             &out->catalogue, err) &&
           field_read_number(message->offset, 0, EXCERPT_SIZE_MAX, "CatalogueAsk.offset", err);
}

bool ask_read_history(const Zonetally__HistoryAsk *message, struct ask *out, struct error *err)
{
    out->from = message->from;
    out->known = message->known;
    out->size = message->size;
    out->offset = message->offset;
    return field_read_number(message->offset, 0, EXCERPT_SIZE_MAX, "HistoryAsk.offset", err);
}

bool ask_read_part(const Zonetally__Part *message, struct chunk *out, uint64_t *out_size,
                   struct error *err)
{
    *out_size = message->size;
    uint64_t total = message->total_size, size = message->part.len;
    out->total_size = total;
    out->offset = message->offset;
    out->part = (struct bytes){ message->part.data, message->part.len };
    return field_read_digest(message->hash, FIELD_REQUIRED, "Part.hash", &out->hash, err) &&
           field_read_number(total, 1, EXCERPT_SIZE_MAX, "Part.total_size", err) &&
           field_read_number(size, 1, total, "Part.part", err) &&
           field_read_number(message->offset, 0, total - size, "Part.offset", err) &&
           field_read_number(message->size, 1, UINT64_MAX, "Part.size", err);
}
