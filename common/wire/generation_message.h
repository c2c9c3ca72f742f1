#ifndef COMMON_WIRE_GENERATION_MESSAGE_H
#define COMMON_WIRE_GENERATION_MESSAGE_H

/* The entries in which the log speaks of itself ⇄ their messages, for entry.c; and what agents say
 * of an earlier generation, for message.c. */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/model/generation.h"

struct Zonetally__BackupRecord;
struct Zonetally__GenerationOpening;
struct Zonetally__Hello;
struct arena;
struct error;
struct hello;

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

/* What a greeting tells of receipts for entries that a disaster took: where each stood, and what it
 * is about. */
void hello_lost_to_message(const struct hello *hello, struct arena *arena,
                           struct Zonetally__Hello *message);
NODISCARD bool hello_lost_of_message(const struct Zonetally__Hello *message, struct arena *arena,
                                     struct hello *out, struct error *err);

#endif
