#ifndef COMMON_WIRE_CHUNK_MESSAGE_H
#define COMMON_WIRE_CHUNK_MESSAGE_H

/* The messages about a statement that travels in parts: used by message.c only. */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/wire/message.h"
#include "proto/sync.pb-c.h"

Zonetally__Chunk *chunk_to_message(const struct chunk *chunk, struct arena *arena);
Zonetally__ChunkHead *chunk_head_to_message(const struct chunk *chunk, struct arena *arena);
Zonetally__ChunkAsk *chunk_ask_to_message(const struct chunk *chunk, struct arena *arena);

NODISCARD bool chunk_of_message(const Zonetally__Chunk *message, struct chunk *out,
                                struct error *err);
NODISCARD bool chunk_head_of_message(const Zonetally__ChunkHead *message, struct chunk *out,
                                     struct error *err);
NODISCARD bool chunk_ask_of_message(const Zonetally__ChunkAsk *message, struct chunk *out,
                                    struct error *err);

#endif
