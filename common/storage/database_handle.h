#ifndef COMMON_STORAGE_DATABASE_HANDLE_H
#define COMMON_STORAGE_DATABASE_HANDLE_H

/* The inside of a database, for transaction.c alone. */

#include <limits.h>
#include <lmdb.h>
#include <stdbool.h>
#include <stddef.h>

/* Of a table that a read-only store does not have: nothing is found in it. */
#define TABLE_ABSENT UINT_MAX

struct database {
    MDB_env *environment;
    bool read_only;
    size_t table_count;
    const char **names;
    MDB_dbi *handles;
};

#endif
