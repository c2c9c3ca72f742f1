#include "common/storage/page.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/memory.h"

#define OFFSET_SIZE 2
#define NODE_HEADER_SIZE 8
#define KEY_SIZE_MAX 511
#define PAGE_NUMBER_SIZE 8

/* As LMDB 0.9 writes it, in the machine's byte order. */
struct header {
    uint64_t number;
    uint16_t pad, flags;
    uint16_t lower,
        upper; /* the room between the offsets and the nodes; of overflow pages a count */
};

struct node_header {
    uint16_t low, high; /* of the value's size; of the page below */
    uint16_t flags;     /* of a branch more of the page below */
    uint16_t key_size;
};

_Static_assert(sizeof(struct header) == PAGE_HEADER_SIZE, "no padding");
_Static_assert(sizeof(struct node_header) == NODE_HEADER_SIZE, "no padding");

static struct header header_of(const unsigned char *bytes)
{
    struct header header;
    memcpy(&header, bytes, sizeof header);
    return header;
}

static size_t offset_of(const struct page *page, size_t number)
{
    uint16_t offset;
    memcpy(&offset, page->bytes + PAGE_HEADER_SIZE + number * OFFSET_SIZE, sizeof offset);
    return offset;
}

static struct node_header node_header_of(const struct page *page, size_t offset)
{
    struct node_header header;
    memcpy(&header, page->bytes + offset, sizeof header);
    return header;
}

static size_t value_size_of(const struct node_header *header)
{
    return (size_t)header->high << 16 | header->low;
}

/* The bytes a node takes on its page, or 0 when it cannot be one. */
static size_t node_size(const struct page *page, size_t offset)
{
    if (offset % 2 != 0 || offset + NODE_HEADER_SIZE > page->size)
        return 0;
    struct node_header header = node_header_of(page, offset);
    size_t size = NODE_HEADER_SIZE + (size_t)header.key_size;
    if (header.key_size > KEY_SIZE_MAX || (page->leaf && header.key_size == 0))
        return 0;
    if (page->leaf && (header.flags & NODE_ELSEWHERE))
        size += PAGE_NUMBER_SIZE;
    else if (page->leaf)
        size += value_size_of(&header);
    size += size & 1;
    return size <= page->size - offset ? size : 0;
}

static int by_offset(const void *left, const void *right)
{
    size_t one = *(const size_t *)left, other = *(const size_t *)right;
    return one < other ? -1 : one > other;
}

static bool nodes_fill_the_end(const struct page *page, size_t upper)
{
    CLEANUP(memory_free) size_t *offsets = memory_zeroed(page->node_count, sizeof *offsets);
    size_t next = upper;
    for (size_t i = 0; i < page->node_count; i++)
        offsets[i] = offset_of(page, i);
    qsort(offsets, page->node_count, sizeof *offsets, by_offset);
    for (size_t i = 0; i < page->node_count; i++) {
        size_t size = offsets[i] == next ? node_size(page, next) : 0;
        if (size == 0)
            return false;
        next += size;
    }
    return next == page->size;
}

bool page_open(const unsigned char *bytes, size_t size, uint64_t number, bool leaf,
               struct page *out)
{
    struct header header = header_of(bytes);
    if (header.number != number || header.flags != (leaf ? PAGE_LEAF : PAGE_BRANCH) ||
        header.lower <= PAGE_HEADER_SIZE || header.lower % OFFSET_SIZE != 0 ||
        header.lower > header.upper || header.upper > size)
        return false;
    size_t node_count = ((size_t)header.lower - PAGE_HEADER_SIZE) / OFFSET_SIZE;
    *out = (struct page){ bytes, size, leaf, node_count };
    return nodes_fill_the_end(out, header.upper);
}

struct node page_node(const struct page *page, size_t number)
{
    assert(number < page->node_count);
    size_t offset = offset_of(page, number);
    struct node_header header = node_header_of(page, offset);
    const unsigned char *key = page->bytes + offset + NODE_HEADER_SIZE;
    struct node node = { .key = { key, header.key_size } };
    if (!page->leaf) {
        node.child = value_size_of(&header) | (uint64_t)header.flags << 32;
        return node;
    }
    node.flags = header.flags;
    node.value = (struct bytes){ key + header.key_size, value_size_of(&header) };
    if (header.flags & NODE_ELSEWHERE) {
        memcpy(&node.value_page, node.value.data, sizeof node.value_page);
        node.value.data = NULL;
    }
    return node;
}

uint32_t page_overflow(const unsigned char *bytes, uint64_t number)
{
    struct header header = header_of(bytes);
    uint32_t count = (uint32_t)header.upper << 16 | header.lower;
    return header.number == number && header.flags == PAGE_OVERFLOW ? count : 0;
}
