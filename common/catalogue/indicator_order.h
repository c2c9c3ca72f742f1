#ifndef COMMON_CATALOGUE_INDICATOR_ORDER_H
#define COMMON_CATALOGUE_INDICATOR_ORDER_H

/* Indicators that use indicators: operands before users, no circles. */

struct compiler;

/* Gives every indicator its position and reports circles with their members. */
void indicators_order(struct compiler *compiler);
/* In that order: checks the value, collects the items it reads. */
void indicators_check(struct compiler *compiler);

#endif
