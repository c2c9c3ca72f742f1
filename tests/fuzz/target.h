#ifndef TESTS_FUZZ_TARGET_H
#define TESTS_FUZZ_TARGET_H

/*
 * What a fuzzer needs to know about one decoder. Each source of targets/ defines fuzz_target once;
 * it is linked with libFuzzer (engine.c) and with the replay of what was found (replay.c).
 */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/bytes.h"

struct arena;
struct random;

typedef void fuzz_seed_fn(struct bytes seed, void *owner);

struct fuzz_target {
    /* Whether the decoder takes the input. Asserts that what is taken has this one form and
     * says the same when it is written and read again. */
    bool (*feed)(struct bytes input, struct arena *arena);
    /* Inputs that the product's own writers make. */
    void (*seed)(struct arena *arena, fuzz_seed_fn *take, void *owner);
    /* Changes the input as somebody would who knows the format; NULL: bytes only. `room` is what
     * `data` has. Returns the new size, or 0 when nothing came of it. */
    size_t (*vary)(unsigned char *data, size_t size, size_t room, struct random *random);
    /* Makes checksum and signature fit again, as an attacker with a key would; NULL: there are
     * none. Returns the new size. */
    size_t (*mend)(unsigned char *data, size_t size, size_t room, struct arena *arena);
    /* The replay also feeds the beginnings of each input: every so many bytes; 0: every byte. */
    size_t stride;
};

extern const struct fuzz_target fuzz_target;

#endif
