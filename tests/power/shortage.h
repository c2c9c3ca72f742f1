#ifndef TESTS_POWER_SHORTAGE_H
#define TESTS_POWER_SHORTAGE_H

/*
 * Memory runs out, once or for good: a library that is loaded before the C library's own
 * allocator (LD_PRELOAD). Whose allocations are counted: those of the program itself, all of
 * which go through common/base/memory.h, or those of the libraries.
 *
 * Armed from the environment for a whole program (ZONETALLY_SHORTAGE, see shortage.c), or by
 * a program that found shortage_arm() with dlsym().
 */

#include <stdbool.h>
#include <stddef.h>

#define SHORTAGE_ARM "shortage_arm"

enum shortage_whose { SHORTAGE_OWN, SHORTAGE_LIBRARY };

struct shortage {
    enum shortage_whose whose;
    size_t number; /* the first allocation that fails, from one on; 0: none */
    bool for_good; /* and all after it */
    bool *fired;   /* set when it does; NULL: nobody asks */
};

typedef void shortage_arm_fn(const struct shortage *shortage);
shortage_arm_fn shortage_arm;
/* Called by the loader, before main(). */
void shortage_begin(void);

#endif
