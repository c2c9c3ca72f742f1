#ifndef COMMON_STORAGE_FILE_H
#define COMMON_STORAGE_FILE_H

/* Whole files: read within a limit, replaced durably. The only place that renames files. */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"

struct arena;
struct error;

/* Fails with UNAVAILABLE when it is not there, EXHAUSTED beyond `size_max`, SYSTEM. */
NODISCARD bool file_read(const char *path, size_t size_max, struct arena *arena, struct bytes *out,
                         struct error *err);

/* Write beside, fsync, rename, fsync the folder: after true the new content is on disk under
 * its name, after false the old one still is. `mode` like 0600. */
NODISCARD bool file_replace(const char *path, struct bytes content, unsigned mode,
                            struct error *err);

/* As file_replace(), but fails with CONFLICT when something has that name. */
NODISCARD bool file_create(const char *path, struct bytes content, unsigned mode,
                           struct error *err);

/* Gone for good when it returns true, also when it was not there. */
NODISCARD bool file_remove(const char *path, struct error *err);

/* A large file; on disk when it returns true, and no longer in memory. Fails as file_create(). */
NODISCARD bool file_copy(const char *from, const char *to, unsigned mode, struct error *err);

bool file_exists(const char *path);
bool file_is_folder(const char *path);

/* Gives a file another name on the same file system; fsyncs both folders. Takes the place of what
 * has that name. */
NODISCARD bool file_move(const char *from, const char *to, struct error *err);
/* Creates the folder (and its parents) with 0700; fsyncs what it creates. */
NODISCARD bool folder_create(const char *path, struct error *err);
/* Gives a folder its name once everything in it is whole: fsyncs it and what is in it one level
 * deep, renames, fsyncs where it stands. Fails with CONFLICT when something has that name. */
NODISCARD bool folder_publish(const char *part, const char *folder, struct error *err);

#endif
