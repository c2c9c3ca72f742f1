#ifndef TESTS_SIMULATION_PROCESS_H
#define TESTS_SIMULATION_PROCESS_H

/*
 * A program that can die. Where it dies is armed beforehand: before a commit reaches the disk,
 * after it did, or between two messages. From then on nothing of it gets out: what is left is
 * what its store holds, and whoever runs it closes the pieces and starts it again.
 *
 * Commits are seen where they happen: the linker puts __wrap_mdb_txn_commit() in the place of
 * LMDB's. So which process runs has to be known without being handed in.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/clock.h"
#include "common/base/random.h"
#include "tests/simulation/world.h"

enum death { DEATH_NONE, DEATH_BEFORE_COMMIT, DEATH_AFTER_COMMIT, DEATH_ON_THE_LINE };

struct process {
    struct clock clock; /* first, so that a pointer to it is a pointer to the whole */
    struct world *world;
    struct seeded_random random;
    int64_t clock_error_ms; /* of its calendar */
    bool disk_full;
    uint64_t full_commits; /* refused since it was started */
    enum death armed;
    uint64_t death_after; /* so many more commits or messages */
    bool dead;
};

struct process process_in(struct world *world);
/* Anew, healthy. */
void process_revive(struct process *process);
void process_arm(struct process *process, enum death death, uint64_t after);
/* A message is about to pass: false when the process died before it. */
bool process_lives_to_speak(struct process *process);

/* Whose commits the following ones are; returns who it was before. */
struct process *process_enter(struct process *process);
void process_leave(struct process *before);

#endif
