#ifndef TESTS_SUPPORT_EDITION_H
#define TESTS_SUPPORT_EDITION_H

/*
 * One small catalogue in three editions:
 *
 *     1   A1, A2, A4 in 万元; A2 is at most A1
 *     2   A1 in 亿元 with two decimals, A2 in 元, A3 instead of A4; A2 is at most half of A1
 *     3   as the second, without the rule
 *
 * Include tests/support/test.h first.
 */

#include "common/catalogue/source.h"

#define EDITION_FORM "T"
#define EDITIONS 3

/* Lives in the arena. */
struct sources edition(unsigned number, struct arena *arena);
/* The same text with another version. */
struct sources edition_as(unsigned number, unsigned version, struct arena *arena);

#endif
