#ifndef COMMON_BASE_MESSAGES_H
#define COMMON_BASE_MESSAGES_H

/*
 * The one table of what a person reads: Chinese first, English second, the
 * placeholders in the same order. A message says what was found, where, and what
 * to do. Sections follow the layers; inside one, the order of the journey.
 *
 * Words of the catalogue (items, rules, advice) are not here: they stand in the
 * catalogue, in both languages.
 */

#include "common/base/language.h"

/* clang-format off */

/* base */

/* model */

/* catalogue */

/* cube */

/* wire */

/* storage */

/* format */

/* runtime */

/* agent */

/* aggregator */

/* clang-format on */

#endif
