#ifndef TESTS_SUPPORT_CARRIED_H
#define TESTS_SUPPORT_CARRIED_H

/* Bundles in files, as one end of a test's line makes and reads them. Include
 * tests/support/test.h first. */

#include <stddef.h>

#include "common/wire/bundle.h"
#include "common/wire/message.h"

struct arena;
struct random;

/* What is put into one. */
struct carried {
    enum bundle_kind kind;
    const char *province;
    struct stream_id stream;
    const struct key_pair *sender;
    const struct public_keys *recipient;
    const struct bundle_record *records;
    size_t count;
    struct random *random;
};
void carried_write(const struct carried *carried, const char *path);

struct bundle_record carried_message(const struct message *message, struct arena *arena);
struct bundle_record carried_statement(const struct sealed_statement *sealed, struct arena *arena);

/* All records of a file, in the arena; fails the test when it does not hold. */
struct carried_content {
    struct bundle_header header;
    struct bundle_record *records;
    size_t count;
};
struct carried_content carried_read(const char *path, const struct key_pair *recipient,
                                    struct arena *arena);

/* Damages a file in place, or cuts it. */
void carried_flip(const char *path, size_t at);
void carried_cut(const char *path, size_t size);

#endif
