#ifndef COMMON_CUBE_BUILTIN_H
#define COMMON_CUBE_BUILTIN_H

/* The checks that no expression can say: of the zone, the calendar, the cells, the signatures. */

#include <stdbool.h>
#include <stddef.h>

#include "common/cube/checking.h"

struct arena;

/* One rule at work on one submission. */
struct check {
    const struct check_request *request;
    const struct catalogue *catalogue;
    const struct form *form;
    const struct rule *rule;
    struct findings *out;
    struct arena *scratch; /* for evidence; reset with each finding */
    int found;             /* by this rule */
    bool plain;            /* no cell can fail for its sign, its decimals or its code */
};

/* Beyond so many findings of one rule the evidence is left out: a whole column that is in
 * the wrong unit fails in each of 100,000 rows. */
#define CHECK_EVIDENCE_MAX 1000

/* `item` CATALOGUE_NONE: the whole form. */
void check_add(struct check *check, const char *row_key, size_t item, const char *evidence);

/* To be asked once, for `plain`. */
bool builtin_cells_are_plain(const struct check *check);

void builtin_run(struct check *check);

#endif
