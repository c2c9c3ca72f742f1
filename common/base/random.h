#ifndef COMMON_BASE_RANDOM_H
#define COMMON_BASE_RANDOM_H

/* Randomness is handed in, so that a whole province can be replayed from a seed. */

#include <stddef.h>
#include <stdint.h>

struct random {
    void (*fill)(struct random *random, void *target, size_t size);
};

/* The kernel's, for keys and salts. */
struct random *random_system(void);

/* xoshiro256**, seeded through splitmix64: the same on every machine. For tests and
 * synthetic figures, never for keys that guard anything. */
struct seeded_random {
    struct random random; /* first, so that a pointer to it is a pointer to the whole */
    uint64_t state[4];
};

struct seeded_random seeded_random_of(uint64_t seed);

uint64_t random_u64(struct random *random);
/* Uniform in 0 .. limit-1, without bias; limit > 0. */
uint64_t random_below(struct random *random, uint64_t limit);

#endif
