#ifndef COMMON_STORAGE_DATABASE_H
#define COMMON_STORAGE_DATABASE_H

/*
 * One LMDB environment in a folder of its own: the only durable store of a program.
 *
 * Default sync flags only, MDB_NOTLS, map sized large from the start, dead readers
 * cleared at open, made beside and given its name when it is whole and synced, no
 * network or memory file systems unless told, LMDB versions with the mutex bug
 * refused (0.9.26 - 0.9.31). Never opened twice in a process.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"

struct database;
struct error;

struct table {
    unsigned handle;
};

struct database_options {
    uint64_t map_size_bytes;   /* 0: 64 GiB, sparse */
    const char *const *tables; /* names; literals */
    size_t table_count;
    uint32_t format;      /* version of what is stored; another one is refused */
    bool any_file_system; /* for tests on tmpfs and overlay */
    bool read_only;       /* must exist; nothing is created */
    bool alone;           /* read-only, and nobody writes it: no lock, on any file system */
};

/* Creates folder and environment (0700, 0600) when they are not there.
 * Fails with UNAVAILABLE (read-only and not there), CORRUPT, REFUSED (another format,
 * unsuitable file system), EXHAUSTED, SYSTEM. */
NODISCARD struct database *database_open(const char *folder, const struct database_options *options,
                                         struct error *err);
void database_close(struct database **database);

/* `name` was given at opening. */
struct table database_table(const struct database *database, const char *name);

/* Clears readers of processes that died; to be called each minute by a daemon. */
void database_check_readers(struct database *database);

/* A copy under a read snapshot, while others write. On disk when it returns true, and no longer
 * in memory: whoever reads it reads the medium. Fails with CONFLICT, EXHAUSTED, SYSTEM. */
NODISCARD bool database_copy(struct database *database, const char *path, struct error *err);

struct database_use {
    uint64_t map_size_bytes;
    uint64_t used_bytes; /* of the map */
    uint64_t entries;    /* of all tables */
};
NODISCARD bool database_measure(struct database *database, struct database_use *out,
                                struct error *err);

#endif
