#ifndef TESTS_POWER_CUT_H
#define TESTS_POWER_CUT_H

/*
 * Cuts the power at every boundary of a tape, in many ways, and lets a judge look at what is
 * left: none of what is pending, all of it, each atom missing, each one alone, random subsets;
 * every subset when there are few. The same state is never judged twice.
 *
 *     cut TAPE     --states N, --seed N, --at STATE (only this one), --forget WHAT
 *                  (forgetting.h), --in FOLDER (where it was recorded, when files name it;
 *                  its content goes)
 *
 * Exit status 1 when a state fails. With something forgotten, which is a control, it is 1 when
 * none does.
 */

#include "tests/power/side.h"

int cut_main(const struct power_side *side, int argc, char **argv);

#endif
