#ifndef COMMON_RUNTIME_NEAREST_H
#define COMMON_RUNTIME_NEAREST_H

/* Of the names that are offered, the one a mistyped word was most likely meant to be. */

#include <stddef.h>

struct nearest {
    const char *typed;
    const char *found; /* NULL: nothing is near */
    size_t distance;   /* edits from `typed` to `found` */
};

struct nearest nearest_to(const char *typed);
void nearest_offer(struct nearest *nearest, const char *name);

#endif
