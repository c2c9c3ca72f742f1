#ifndef COMMON_CUBE_EVALUATE_H
#define COMMON_CUBE_EVALUATE_H

/*
 * Runs the catalogue's expressions over a cube. Exact: what is compared is the
 * unrounded rational. A result is a number or the reason why there is none, and says
 * how many of the zones that were to report took part.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/cube/cube.h"
#include "common/cube/result.h"
#include "common/model/period.h"

enum truth { TRUTH_FALSE, TRUTH_TRUE, TRUTH_UNKNOWN };

/* Zones by index; a group when more than one, or when `group` is set. */
struct scope {
    const size_t *zones;
    size_t zone_count;
    bool group;
};

/* Of the scope's zones that are active in the period. */
struct coverage {
    size_t included;
    size_t expected;
};

struct indicator_value {
    struct result result;
    struct coverage coverage;
};

/* A zone's own value, or a group's: items totalled over the zones that have all of
 * them, then computed once. NOT_ADDITIVE for an indicator of rows, and for a group whose
 * expression reads an attribute, a code or the `top` of a roster. */
struct indicator_value evaluate_indicator(const struct cube *cube, size_t indicator,
                                          struct scope scope, struct period period);

/* One result per zone, in one pass over the columns: out has cube_zone_count() entries. */
void evaluate_indicator_zones(const struct cube *cube, size_t indicator, struct period period,
                              struct result *out);

/* Value of an indicator of rows in one row. */
struct result evaluate_indicator_row(const struct cube *cube, size_t indicator, size_t zone,
                                     struct period period, size_t row);

struct rows_memory;

/* What an expression of a rule, requirement or `when` is judged in. */
struct context {
    const struct cube *cube;
    size_t zone;
    struct period period;
    const struct roster *roster; /* the row in hand; NULL outside `each` */
    size_t row;
    struct rows_memory *memory; /* common/cube/frame.h; NULL: nothing is remembered */
};

/* For expressions of class TRUTH; NULL is true. */
enum truth evaluate_truth(const struct expression *expression, const struct context *context);
/* For expressions of class NUMBER. */
struct result evaluate_number(const struct expression *expression, const struct context *context);

#endif
