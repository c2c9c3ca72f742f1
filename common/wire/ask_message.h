#ifndef COMMON_WIRE_ASK_MESSAGE_H
#define COMMON_WIRE_ASK_MESSAGE_H

/* Private to the message codec: questions for what comes in parts, and the parts. */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/wire/message.h"
#include "proto/sync.pb-c.h"

struct arena;
struct error;

Zonetally__CatalogueAsk *ask_to_catalogue(const struct ask *ask, struct arena *arena);
Zonetally__HistoryAsk *ask_to_history(const struct ask *ask, struct arena *arena);
Zonetally__Part *ask_part_to_message(const struct chunk *part, uint64_t size, struct arena *arena);

NODISCARD bool ask_read_catalogue(const Zonetally__CatalogueAsk *message, struct ask *out,
                                  struct error *err);
NODISCARD bool ask_read_history(const Zonetally__HistoryAsk *message, struct ask *out,
                                struct error *err);
NODISCARD bool ask_read_part(const Zonetally__Part *message, struct chunk *out, uint64_t *out_size,
                             struct error *err);

#endif
