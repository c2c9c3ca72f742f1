#ifndef TESTS_POWER_SIDE_H
#define TESTS_POWER_SIDE_H

/*
 * One of the two programs under test: its work in steps, and a judge of what the work left on
 * disk, however it was interrupted.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "tests/power/tape.h"

struct arena;
struct error;

/* The lines that the work prints: each is a promise. */
struct marks {
    const char *const *lines;
    size_t count;
    size_t made; /* before it was interrupted: somebody relies on these */
};

struct power_side {
    const char *name; /* "agent" */
    void *owner;
    void (*begin)(void *owner, const char *folder);
    /* Step 0 sets up; the others open what they need when nothing is open. */
    size_t steps;
    size_t separate_steps; /* the first ones: each may be done alone, in a process of its own */
    bool (*step)(void *owner, size_t number, struct error *err);
    void (*end)(void *owner);
    /* Whether what is left in the folder is sound and holds what was promised. May change it. */
    bool (*judge)(void *owner, const char *folder, const struct marks *marks, uint64_t chance,
                  struct error *err);
};

/* Printed before each step: "step 3". */
#define SIDE_STEP_WORD "step"

/* All marks of a tape, none made. Lives in the arena. */
struct marks marks_of(struct tape tape, struct arena *arena);

/*
 *     work FOLDER                           what the recorder runs
 *     cut TAPE [option...]                  cut.h
 *     starve TAPE FOLDER WHOSE HOW_LONG     starve.h
 *     print TAPE                            the operations
 *     finish TAPE FOLDER                    the state after the last operation, without a cut
 *     judge FOLDER FILE                     of a folder that some other program left; what it
 *                                           promised are the lines "promise ..." of the file
 */
int side_main(const struct power_side *side, int argc, char **argv);

#endif
