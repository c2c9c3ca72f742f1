#ifndef COMMON_WIRE_GENERATION_MESSAGE_H
#define COMMON_WIRE_GENERATION_MESSAGE_H

/* The entries in which the log speaks of itself ⇄ their messages, for entry.c. */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/model/generation.h"

struct Zonetally__BackupRecord;
struct Zonetally__GenerationOpening;
struct arena;
struct error;

struct Zonetally__BackupRecord *backup_record_to_message(const struct backup_record *backup,
                                                         struct arena *arena);
NODISCARD bool backup_record_of_message(const struct Zonetally__BackupRecord *message,
                                        struct backup_record *out, struct error *err);

struct Zonetally__GenerationOpening *
generation_opening_to_message(const struct generation_opening *generation, struct arena *arena);
/* What it lost lives in the arena. */
NODISCARD bool generation_opening_of_message(const struct Zonetally__GenerationOpening *message,
                                             struct arena *arena, struct generation_opening *out,
                                             struct error *err);

#endif
