#ifndef COMMON_CUBE_PLAN_RUN_H
#define COMMON_CUBE_PLAN_RUN_H

/* Runs a plan for one zone: PLAN -> truth. */

#include "common/cube/frame.h"
#include "common/cube/plan.h"

struct plan_run {
    const struct plan *plan;
    size_t zone;
    struct rows_memory *memory; /* of what is asked of frame.h */
    struct narrow *values;      /* the plan's, with the zone's figures */
};

/* Takes memory: end it. The zone's figures stay as they are until then. */
void plan_run_begin(struct plan_run *run, const struct plan *plan, size_t zone,
                    struct rows_memory *memory);
void plan_run_end(struct plan_run *run);

/* Of the expression that begins at the step; CATALOGUE_NONE is true. */
enum truth plan_run_truth(const struct plan_run *run, size_t step);

#endif
