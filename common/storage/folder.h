#ifndef COMMON_STORAGE_FOLDER_H
#define COMMON_STORAGE_FOLDER_H

/* What must be true of a folder before a store is opened in it. Private to common/storage. */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/attributes.h"

struct error;

/* fsync of a file or folder by name. */
NODISCARD bool folder_sync(const char *path, struct error *err);
/* The folder a path stands in: "." when it names none. False when it is too long. */
NODISCARD bool folder_of(const char *path, char *out, size_t size);
/* Waits for others that hold it. Returns a descriptor, or -1. */
NODISCARD int folder_lock(const char *path);
void folder_unlock(int *lock); /* for CLEANUP */
/* Removes these files of a folder; that one is not there is fine. */
NODISCARD bool folder_remove_files(const char *folder, const char *const *names, struct error *err);
/* Renames a synced folder to where nothing or an empty folder stands, and fsyncs the parent. */
NODISCARD bool folder_take_name(const char *part, const char *folder, struct error *err);
/* Refuses network, FUSE and, unless `any` is set, overlay and memory file systems. */
NODISCARD bool folder_suits_store(const char *path, bool any, struct error *err);
/* A data file without its two meta pages would be taken for a new one, or kill the process:
 * CORRUPT. A file that is not there is fine. */
NODISCARD bool folder_store_is_whole(const char *folder, struct error *err);

#endif
