#ifndef TESTS_SIMULATION_CLOCKWORK_H
#define TESTS_SIMULATION_CLOCKWORK_H

/* How time moves on a stage: what is on its way arrives, the office works, whoever waits waits. */

#include <stddef.h>
#include <stdint.h>

#include "tests/simulation/stage.h"

/* An agent that calls. */
struct calling {
    struct stage *stage;
    struct desk *desk;
};

/* Borrows the calling. */
struct seat_line clockwork_line(struct calling *calling);
/* What the office tells of; the owner is the stage. */
void clockwork_asked(void *owner, uint64_t line, const struct digest *statement);
void clockwork_answered(void *owner, uint64_t line, const struct message *answer);
size_t clockwork_number(const struct stage *stage, const struct desk *desk);
/* Whether its disk was too full for something; somebody makes room. */
bool clockwork_office_was_full(struct stage *stage);
/* It failed, and is stopped: because it died, because its disk was full, or for no reason. */
void clockwork_office_fails(struct stage *stage);
/* It may die at one of the next things it does. */
void clockwork_arm_office(struct stage *stage);
/* What arrived and nobody took. */
void clockwork_forget(struct desk *desk);

#endif
