#ifndef COMMON_STORAGE_META_H
#define COMMON_STORAGE_META_H

/* LMDB's two meta pages as they stand in the file. Private to common/storage. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/base/attributes.h"

#define META_NO_PAGE UINT64_MAX /* the root of an empty tree */

/* One tree of pages, as it is recorded: nothing in between, in the machine's byte order. */
struct tree_record {
    uint32_t page_size; /* in the first tree of a meta page; else 0 */
    uint16_t flags;
    uint16_t depth;
    uint64_t branch_pages, leaf_pages, overflow_pages;
    uint64_t entries;
    uint64_t root;
};

struct meta {
    uint32_t magic, version;
    uint64_t address, map_size;
    struct tree_record free; /* pages that nobody uses, by the transaction that freed them */
    struct tree_record main; /* the tables, by name */
    uint64_t last_page;
    uint64_t transaction;
};

/* False when there is no meta page that LMDB 0.9 would take. */
NODISCARD bool meta_read(int file, off_t offset, struct meta *out);
/* Both of them: the second stands one page behind. */
NODISCARD bool meta_read_both(int file, struct meta out[2]);

#endif
