#ifndef COMMON_CUBE_GROUP_H
#define COMMON_CUBE_GROUP_H

/*
 * An indicator of many zones: what it reads is totalled, each item by its own rule, over
 * the zones that have all of it; then the expression is computed once. A ratio becomes
 * a ratio of sums.
 */

#include <stdbool.h>
#include <stddef.h>

#include "common/cube/cube.h"
#include "common/cube/evaluate.h"
#include "common/cube/reading.h"

/* Something the indicator reads in a period: an item, a figure over rows, or the first of
 * several items that a zone has. */
struct leaf {
    const struct expression *expression;
    struct period period;
    enum item_total rule;
    bool is_item; /* read through `reading` */
    struct reading reading;
    const struct column *column; /* where most zones have it; may be NULL */
    int decimals;
    struct result zone;  /* of the zone in hand */
    struct result total; /* over the zones that take part */
};

struct group {
    struct leaf *leaves;
    size_t count;
    size_t capacity;
    enum absence absence; /* NOT_ADDITIVE, NO_PERIOD: known without reading */
    size_t *zones;        /* those that take part */
    struct coverage coverage;
};

/* Totals everything the indicator reads. To be released with group_free(). */
struct group group_of(const struct cube *cube, size_t indicator, struct scope scope,
                      struct period period);
void group_free(struct group *group);

/* The indicator computed from the totals. */
struct indicator_value group_result(const struct group *group, const struct cube *cube,
                                    size_t indicator, struct period period);
struct indicator_value group_evaluate(const struct cube *cube, size_t indicator, struct scope scope,
                                      struct period period);

bool group_has_leaf(const struct group *group, const struct expression *expression,
                    struct period period);
struct result group_total(const struct group *group, const struct expression *expression,
                          struct period period);

#endif
