#ifndef COMMON_MODEL_GENERATION_H
#define COMMON_MODEL_GENERATION_H

/*
 * Generations of the province's log. The first one goes on until a disaster takes entries away
 * that had been published; what then continues from the last entry left is the next one.
 */

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

#endif
