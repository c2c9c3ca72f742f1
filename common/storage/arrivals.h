#ifndef COMMON_STORAGE_ARRIVALS_H
#define COMMON_STORAGE_ARRIVALS_H

/* The files that somebody put into a folder, as they stand at this moment: no folders, no links,
 * nothing hidden, nothing that is called a part of a file. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"

#define ARRIVALS_MAX 1000 /* the others are seen when these are gone */

struct arena;
struct error;

struct arrived_file {
    const char *name; /* in the folder; without a slash */
    uint64_t size;
    int64_t changed_ns;
};

/* By name. Lives in the arena. Fails with SYSTEM. */
NODISCARD bool arrivals_list(const char *folder, struct arena *arena,
                             const struct arrived_file **out, size_t *out_count, struct error *err);

#endif
