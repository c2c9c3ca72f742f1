#ifndef AGGREGATOR_DISPUTES_H
#define AGGREGATOR_DISPUTES_H

/*
 * Which figures may change by a decision that is still to be made: those that rest on a return
 * that is contested, see contests.h. They are shown with a mark, never left out.
 *
 *     projection, catalogue -> DISPUTES -> indicators
 */

#include <stdbool.h>
#include <stddef.h>

#include "common/cube/evaluate.h"
#include "common/model/period.h"

struct projection;

/* Whether any return is contested. */
bool disputes_are_open(const struct projection *projection);

/* Whether one is that the indicator's value rests on: for these zones and the period, and for the
 * earlier ones and other indicators that it reads. */
bool disputes_touch(const struct projection *projection, size_t indicator, struct scope scope,
                    struct period period);

#endif
