#define _GNU_SOURCE /* pread */
#include "common/storage/meta.h"

#include <unistd.h>

/* Behind the page's header of 16 bytes. */
#define META_AT 16
#define META_MAGIC 0xBEEFC0DEu
#define META_VERSION 1
#define PAGE_SIZE_MIN 512
#define PAGE_SIZE_MAX 65536

_Static_assert(sizeof(struct tree_record) == 48 && sizeof(struct meta) == 136,
               "as LMDB 0.9 writes them on 64 bits");

bool meta_read(int file, off_t offset, struct meta *out)
{
    if (pread(file, out, sizeof *out, offset + META_AT) != (ssize_t)sizeof *out)
        return false;
    uint32_t size = out->free.page_size;
    return out->magic == META_MAGIC && out->version == META_VERSION && size >= PAGE_SIZE_MIN &&
           size <= PAGE_SIZE_MAX && (size & (size - 1)) == 0;
}

bool meta_read_both(int file, struct meta out[2])
{
    return meta_read(file, 0, &out[0]) && meta_read(file, (off_t)out[0].free.page_size, &out[1]) &&
           out[0].free.page_size == out[1].free.page_size;
}
