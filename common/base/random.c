#include "common/base/random.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static void system_fill(struct random *random, void *target, size_t size)
{
    (void)random;
    randombytes_buf(target, size);
}

struct random *random_system(void)
{
    static struct random kernel = { system_fill };
    /* Without the kernel's randomness no key is worth anything: stop. */
    if (sodium_init() < 0)
        abort();
    return &kernel;
}

static uint64_t rotated(uint64_t value, int left)
{
    return value << left | value >> (64 - left);
}

static uint64_t next(struct seeded_random *random)
{
    uint64_t *s = random->state;
    uint64_t result = rotated(s[1] * 5, 7) * 9;
    uint64_t shifted = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotated(s[3], 45);
    return result;
}

/* Little-endian on every machine. */
static void seeded_fill(struct random *random, void *target, size_t size)
{
    unsigned char *bytes = target;
    uint64_t word = 0;
    for (size_t i = 0; i < size; i++) {
        if (i % 8 == 0)
            word = next((struct seeded_random *)random);
        bytes[i] = (unsigned char)(word >> (8 * (i % 8)));
    }
}

struct seeded_random seeded_random_of(uint64_t seed)
{
    struct seeded_random random = { .random = { seeded_fill } };
    for (int i = 0; i < 4; i++) { /* splitmix64 */
        seed += 0x9E3779B97F4A7C15u;
        uint64_t z = seed;
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
        z = (z ^ z >> 27) * 0x94D049BB133111EBu;
        random.state[i] = z ^ z >> 31;
    }
    return random;
}

uint64_t random_u64(struct random *random)
{
    unsigned char bytes[8];
    random->fill(random, bytes, sizeof bytes);
    uint64_t value = 0;
    for (int i = 7; i >= 0; i--)
        value = value << 8 | bytes[i];
    return value;
}

uint64_t random_below(struct random *random, uint64_t limit)
{
    assert(limit > 0);
    uint64_t uneven = (0 - limit) % limit; /* 2^64 mod limit: these few would be too many */
    for (;;) {
        uint64_t value = random_u64(random);
        if (value >= uneven)
            return value % limit;
    }
}
