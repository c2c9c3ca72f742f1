#ifndef COMMON_STORAGE_PAGES_H
#define COMMON_STORAGE_PAGES_H

/*
 * Whether LMDB's pages fit together, before LMDB follows them. It believes what it reads: a
 * flipped bit in a page's header, in an offset or in the number of a page would make it crash,
 * miss half a table, or write over pages that are in use. Private to common/storage.
 *
 * Looked at is everything but the values, which carry checksums of their own: both meta pages,
 * every page of every tree, the order of the keys, the counts, and that each page is used once
 * or is free.
 */

#include <lmdb.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/base/attributes.h"

struct error;

struct pages_order {
    MDB_env *environment;
    const char *const *tables; /* that the program knows */
    size_t table_count;
    bool read_only;   /* pages of long values stay unread: nobody will free them */
    bool interrupted; /* a commit failed half-way: interruption.h */
};

/* Of the newest snapshot, while others may write. `out_names_fit`: no table has a name that is not
 * ours while one of ours is missing, for then it was ours; unless another program made the store.
 * Fails with CORRUPT and the number of the page, or as LMDB does. */
NODISCARD bool pages_examine(const struct pages_order *order, bool *out_names_fit,
                             struct error *err);

#endif
