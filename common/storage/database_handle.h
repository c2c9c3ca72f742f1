#ifndef COMMON_STORAGE_DATABASE_HANDLE_H
#define COMMON_STORAGE_DATABASE_HANDLE_H

/* The inside of a database, for transaction.c alone. */

#include <lmdb.h>
#include <stdbool.h>
#include <stddef.h>

struct database {
    MDB_env *environment;
    bool read_only;
    size_t table_count;
    const char **names;
    MDB_dbi *handles;
};

#endif
