#ifndef TESTS_POWER_CUT_H
#define TESTS_POWER_CUT_H

/*
 * Cuts the power at every boundary of a tape, in many ways, and lets a judge look at what is
 * left: none of what is pending, all of it, each atom missing, each one alone, random subsets;
 * every subset when there are few. The same state is never judged twice.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"

struct error;

/* What the program said before the power went, and what it would have said next. */
struct marks {
    const char *const *lines;
    size_t count;
    size_t made; /* the first ones: somebody relies on these */
};

struct power_side {
    const char *name; /* "agent" */
    void *owner;
    /* The work that is recorded; each line it prints is a promise. */
    bool (*work)(void *owner, const char *folder, struct error *err);
    /* Whether what is left in the folder is sound and holds what was promised. May change it. */
    bool (*judge)(void *owner, const char *folder, const struct marks *marks, uint64_t chance,
                  struct error *err);
};

/*
 *     work FOLDER                 what the recorder runs
 *     cut TAPE [option…]          --states N, --seed N, --at STATE (only this one),
 *                                 --forget WHAT (forgetting.h), --in FOLDER (where it was
 *                                 recorded, when files name it; its content goes)
 *     print TAPE                  the operations
 *     finish TAPE FOLDER          the state after the last operation, without a cut
 *
 * Exit status 1 when a state fails. With something forgotten, which is a control,
 * it is 1 when none does.
 */
int power_main(const struct power_side *side, int argc, char **argv);

#endif
