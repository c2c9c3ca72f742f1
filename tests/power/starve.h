#ifndef TESTS_POWER_STARVE_H
#define TESTS_POWER_STARVE_H

/*
 * Every allocation of every step fails, one after the other, until the step comes through. Each
 * time in a process of its own, from the state on the tape before that step; then the judge
 * looks. Needs the library of shortage.h to be loaded.
 *
 *     starve TAPE FOLDER own|library once|for-good
 *
 * The program's own allocations have no way to fail but to end the process, with the message.
 * A library's may also be an error, or nothing at all.
 */

#include "tests/power/side.h"

int starve_main(const struct power_side *side, int argc, char **argv);

#endif
