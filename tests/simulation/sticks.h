#ifndef TESTS_SIMULATION_STICKS_H
#define TESTS_SIMULATION_STICKS_H

/*
 * Delivery by stick: what waits is written to one; the province reads one and writes its answer;
 * whoever it is for reads that. Sticks stay in pockets, and may be read again.
 */

#include <stdbool.h>

#include "tests/simulation/seat.h"
#include "tests/simulation/sight.h"

#define STICKS_MAX 64

struct desk;
struct stage;

/* A file on its way, in a pocket. */
struct stick {
    char path[SEAT_PATH_SIZE];
    struct stream_id stream; /* whose it is */
    bool answer;             /* from the province */
    bool spoilt;
};

void sticks_export(struct stage *stage, struct desk *desk);
void sticks_bring(struct stage *stage, struct stick *stick);
void sticks_import(struct stage *stage, struct desk *desk, const struct stick *stick);
/* A byte is lost on the way, or the end. */
void sticks_spoil(struct stage *stage, struct stick *stick);

#endif
