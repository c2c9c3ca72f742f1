#ifndef TESTS_AGENT_WRITTEN_LOG_H
#define TESTS_AGENT_WRITTEN_LOG_H

/* A log that a test writes and rewrites as it likes, and the proofs of RFC 6962 over it, done
 * as they stand there. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/bytes.h"
#include "common/base/digest.h"

#define WRITTEN_MAX 64

struct written_log {
    uint32_t generation;
    size_t size;
    struct bytes entries[WRITTEN_MAX];
    struct digest leaves[WRITTEN_MAX];
};

struct digest written_root(const struct digest *leaves, size_t count);
/* Hashes from the leaf up; returns how many. */
size_t written_path(const struct digest *leaves, size_t count, size_t at, struct digest *out);
/* SUBPROOF(old, leaves, whole). */
size_t written_extension(const struct digest *leaves, size_t count, size_t old, bool whole,
                         struct digest *out);

#endif
