#ifndef TESTS_SIMULATION_WORLD_H
#define TESTS_SIMULATION_WORLD_H

/*
 * What everybody in a simulated province shares: time, chance, and the first thing that did
 * not hold. Everything follows from the seed.
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "common/base/attributes.h"
#include "common/base/random.h"
#include "tests/simulation/events.h"

#define WORLD_BEGIN_UTC_MS INT64_C(1795737600000) /* 2026-11-27 */

struct world {
    struct seeded_random random;
    int64_t now_ms; /* everybody's monotonic clock */
    struct tally *tally;
    FILE *trace;        /* NULL: none */
    const char *folder; /* of this seed */
    bool failed;
    char failure[512];
};

struct world world_of(uint64_t seed, const char *folder, struct tally *tally, FILE *trace);

/* 0 … limit-1 */
uint64_t world_pick(struct world *world, uint64_t limit);
bool world_chance(struct world *world, unsigned percent);
/* For somebody who draws for himself. */
struct seeded_random world_random(struct world *world);

/* Counts, and tells the trace. */
void world_note(struct world *world, enum event event, const char *format, ...) PRINTF_LIKE(3, 4);
void world_tell(struct world *world, const char *format, ...) PRINTF_LIKE(2, 3);
/* Something did not hold: the first one stays. */
void world_fail(struct world *world, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
