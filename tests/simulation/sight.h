#ifndef TESTS_SIMULATION_SIGHT_H
#define TESTS_SIMULATION_SIGHT_H

/* What can be seen of a statement on a disk, whoever's it is: of its very bytes. */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/digest.h"
#include "common/model/submission.h"

struct sight {
    struct digest hash;
    struct digest previous;
    struct stream_id stream;
    uint64_t sequence;
    enum statement_kind kind;
    int year; /* of the return or the withdrawal */
    uint32_t version, base;
    int64_t figure; /* of the return's only cell */
};

struct sight sight_of(const struct sealed_statement *sealed, const struct statement *statement);
bool sight_same_stream(const struct stream_id *left, const struct stream_id *right);

/* A folder with everything in it, as somebody copies it who knows nothing of stores. The target
 * is there afterwards even if it was not before; what it held is gone. */
void folder_copy(const char *from, const char *to);
void folder_remove(const char *path);

#endif
