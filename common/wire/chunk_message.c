#include "common/wire/chunk_message.h"

#include "common/base/arena.h"
#include "common/wire/field.h"

#define SEALED_SIZE_MAX ((uint64_t)STATEMENT_SIZE_MAX + 128)

Zonetally__Chunk *chunk_to_message(const struct chunk *chunk, struct arena *arena)
{
    Zonetally__Chunk *message = arena_take(arena, 1, sizeof *message);
    zonetally__chunk__init(message);
    message->hash = field_of_digest(&chunk->hash);
    message->total_size = chunk->total_size;
    message->offset = chunk->offset;
    message->part = field_of(chunk->part.data, chunk->part.size);
    return message;
}

Zonetally__ChunkHead *chunk_head_to_message(const struct chunk *chunk, struct arena *arena)
{
    Zonetally__ChunkHead *message = arena_take(arena, 1, sizeof *message);
    zonetally__chunk_head__init(message);
    message->hash = field_of_digest(&chunk->hash);
    message->size = chunk->offset;
    return message;
}

Zonetally__ChunkAsk *chunk_ask_to_message(const struct chunk *chunk, struct arena *arena)
{
    Zonetally__ChunkAsk *message = arena_take(arena, 1, sizeof *message);
    zonetally__chunk_ask__init(message);
    message->hash = field_of_digest(&chunk->hash);
    message->total_size = chunk->total_size;
    return message;
}

bool chunk_of_message(const Zonetally__Chunk *message, struct chunk *out, struct error *err)
{
    uint64_t total = message->total_size, size = message->part.len;
    out->total_size = total;
    out->offset = message->offset;
    out->part = (struct bytes){ message->part.data, message->part.len };
    return field_read_digest(message->hash, FIELD_REQUIRED, "Chunk.hash", &out->hash, err) &&
           field_read_number(total, 1, SEALED_SIZE_MAX, "Chunk.total_size", err) &&
           field_read_number(size, 1, total, "Chunk.part", err) &&
           field_read_number(message->offset, 0, total - size, "Chunk.offset", err);
}

bool chunk_head_of_message(const Zonetally__ChunkHead *message, struct chunk *out,
                           struct error *err)
{
    out->offset = message->size;
    return field_read_digest(message->hash, FIELD_REQUIRED, "ChunkHead.hash", &out->hash, err) &&
           field_read_number(message->size, 0, SEALED_SIZE_MAX, "ChunkHead.size", err);
}

bool chunk_ask_of_message(const Zonetally__ChunkAsk *message, struct chunk *out, struct error *err)
{
    out->total_size = message->total_size;
    return field_read_digest(message->hash, FIELD_REQUIRED, "ChunkAsk.hash", &out->hash, err) &&
           field_read_number(message->total_size, 1, SEALED_SIZE_MAX, "ChunkAsk.total_size", err);
}
