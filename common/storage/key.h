#ifndef COMMON_STORAGE_KEY_H
#define COMMON_STORAGE_KEY_H

/* Builds keys that sort the way they are read: fixed-size big-endian parts. */

#include <stddef.h>
#include <stdint.h>

#include "common/base/bytes.h"
#include "common/storage/transaction.h"

struct key {
    unsigned char bytes[STORAGE_KEY_SIZE_MAX];
    size_t size;
};

void key_add_u32(struct key *key, uint32_t value);
void key_add_u64(struct key *key, uint64_t value);
/* Zero-padded to `width`; the text is not longer. */
void key_add_text(struct key *key, const char *text, size_t width);
void key_add_bytes(struct key *key, struct bytes bytes);
struct bytes key_bytes(const struct key *key);

#endif
