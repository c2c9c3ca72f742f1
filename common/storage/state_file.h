#ifndef COMMON_STORAGE_STATE_FILE_H
#define COMMON_STORAGE_STATE_FILE_H

/*
 * A small state that changes often and is replaced with a single flush. The file holds two
 * slots, each with a counter and a checksum; the older one is overwritten in place. A write
 * that a power cut tore spoils that slot alone: the state before it is still there.
 *
 * The lock orders processes; it goes with the process that holds it.
 */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"

#define STATE_SLOT_SIZE 4096
#define STATE_SIZE_MAX (STATE_SLOT_SIZE - 64)

struct arena;
struct error;
struct state_file;

/* 0600, on disk when true. Fails with CONFLICT when something has that name. */
NODISCARD bool state_file_create(const char *path, struct bytes content, struct error *err);
/* Fails with UNAVAILABLE when it is not there, CORRUPT when no slot is sound. */
NODISCARD struct state_file *state_file_open(const char *path, struct error *err);
void state_file_close(struct state_file **file);

/* Waits for whoever has it. */
NODISCARD bool state_file_lock(struct state_file *file, struct error *err);
void state_file_unlock(struct state_file *file);

/* The newest sound one, in the arena. */
NODISCARD bool state_file_read(struct state_file *file, struct arena *arena, struct bytes *out,
                               struct error *err);
/* After true it is on disk; after false either state may be. Asserts the lock. */
NODISCARD bool state_file_write(struct state_file *file, struct bytes content, struct error *err);

#endif
