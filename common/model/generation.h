#ifndef COMMON_MODEL_GENERATION_H
#define COMMON_MODEL_GENERATION_H

/*
 * What the province's log says about itself: its generations and its backups. The first one goes on
 * until a disaster takes entries away that had been published; what then continues from the last
 * entry left is the next one.
 */

#include <stddef.h>
#include <stdint.h>

#include "common/base/digest.h"

#define GENERATION_FIRST 1
#define GENERATIONS_MAX 64

/* A generation that was cut off: what of it is still there, and what had been published. */
struct lost_generation {
    uint32_t generation;
    uint64_t kept; /* entries that the log still has */
    uint64_t size; /* of the last checkpoint that was published, and its root */
    struct digest root;
};

/* A copy off the machine that was read back and verified. */
struct backup_record {
    uint64_t size; /* entries in it */
    struct digest root;
    const char *medium; /* what the operator calls it */
};

/* The first entry of a generation. */
struct generation_opening {
    uint32_t number;
    uint64_t size; /* entries it continues, and the root over them */
    struct digest root;
    const struct lost_generation *lost; /* all that were cut off, oldest first */
    size_t lost_count;
    const char *reason;
};

#endif
