#ifndef COMMON_STORAGE_PAGE_H
#define COMMON_STORAGE_PAGE_H

/* One page of a tree and its nodes, read without believing them. Private to common/storage. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"

#define PAGE_HEADER_SIZE 16
#define PAGE_BRANCH 1
#define PAGE_LEAF 2
#define PAGE_OVERFLOW 4

#define NODE_ELSEWHERE 1 /* the value stands on pages of its own */
#define NODE_TABLE 2     /* the value is the record of a table */

struct page {
    const unsigned char *bytes;
    size_t size;
    bool leaf;
    size_t node_count;
};

struct node {
    struct bytes key;
    unsigned flags;      /* leaves */
    uint64_t child;      /* branches: the number of the page below */
    struct bytes value;  /* leaves, of NODE_ELSEWHERE without data */
    uint64_t value_page; /* of NODE_ELSEWHERE */
};

/* Header, offsets, and that the nodes fill the page from its end without a gap or an overlap. */
NODISCARD bool page_open(const unsigned char *bytes, size_t size, uint64_t number, bool leaf,
                         struct page *out);
/* After page_open(). */
struct node page_node(const struct page *page, size_t number);

/* How many pages an overflow page says it has; 0 when it is none. */
uint32_t page_overflow(const unsigned char *bytes, uint64_t number);

#endif
