#ifndef COMMON_CUBE_PLAN_H
#define COMMON_CUBE_PLAN_H

/*
 * The table rules of a form for one period, made ready for many returns: expressions are steps on a
 * stack of fractions (narrow.h), items the places of their cells. What is not worth a step, and
 * what does not fit, is asked of frame.h: the truths are those of evaluate_truth() in every case.
 *
 *     expression -> PLAN -> truth
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/cube/cube.h"
#include "common/cube/cube_place.h"
#include "common/cube/evaluate.h"
#include "common/cube/narrow.h"
#include "common/cube/plan_step.h"

struct plan_cell {
    struct cube_place place;
    size_t item;
    struct period period;
    bool has_parts;      /* what is not reported there may stand at a part of the period */
    int64_t denominator; /* of its mantissas */
};

/* A figure that is read before the first step. */
struct plan_figure {
    struct plan_cell own;
    uint16_t base;  /* bases[base - 1], the comparable base's cell, goes before it; 0: none */
    uint16_t value; /* it goes to values[value] */
};

/* What is found once in a run, and where it is kept. */
struct plan_known {
    const struct expression *expression;
    struct period period; /* unshifted */
    uint16_t value;
};

struct plan_asked {
    const struct expression *expression;
    struct period period;
};

struct plan_rule {
    bool in_force;      /* of any rule of the form, at the end of the period */
    size_t when, check; /* the first step of each; `when` CATALOGUE_NONE: always */
};

struct plan {
    const struct cube *cube;
    size_t form;
    struct period period;
    struct plan_rule *rules; /* of form.rules, in their order; of the table rules with a check */
    struct plan_step *steps;
    size_t step_count, step_capacity;
    struct narrow *values; /* as a run begins: constants, and room for the rest */
    size_t value_count, value_capacity;
    struct plan_figure *figures; /* each once */
    size_t figure_count, figure_capacity;
    struct plan_cell *bases;
    size_t base_count, base_capacity;
    struct plan_known *known;
    size_t known_count, known_capacity;
    struct plan_asked *asked;
    size_t asked_count, asked_capacity;
};

/* Borrows the cube and its catalogue. */
NODISCARD struct plan *plan_create(const struct cube *cube, size_t form, struct period period);
void plan_destroy(struct plan **plan);

/* An expression over the table. */
bool plan_covers(const struct rule *rule);

#endif
