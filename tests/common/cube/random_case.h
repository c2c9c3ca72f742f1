#ifndef TESTS_COMMON_CUBE_RANDOM_CASE_H
#define TESTS_COMMON_CUBE_RANDOM_CASE_H

/*
 * A catalogue of random expressions over six monthly items, and random figures for them,
 * among them none, coded absences and very large ones. The same for the same seed.
 */

#include "tests/common/cube/fixture.h"

struct random;

/* To be closed with fixture_close(). Months of 2020 and 2021 but for January. */
void random_case_open(struct fixture *fixture, struct random *random, int indicator_count,
                      size_t zone_count);

#endif
