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

/* Random rules on the form of the items, behind W0, `X1 >= 0`. */
void random_rules_open(struct fixture *fixture, struct random *random, int rule_count,
                       size_t zone_count);
/* The items and indicators, and what the text adds; no zone. */
void random_text_open(struct fixture *fixture, const char *text);

#endif
