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

#define PLAN_STACK_MAX 64 /* deeper expressions are asked for whole */
/* Of a step: what it does to the stack. */
enum plan_action {
    PLAN_CONSTANT, /* pushes constants[operand] */
    PLAN_FIGURE,   /* pushes figures[operand] */
    PLAN_ASK,      /* pushes the number of asked[operand] */
    PLAN_COMBINE,  /* two numbers become one by `operation` */
    PLAN_SCALE,    /* `operation` with constants[operand] */
    PLAN_TURN,     /* `operation`: NEGATE or ABSOLUTE */
    PLAN_KEEP,     /* goes on at `target` unless the top is absent, which is dropped */
    PLAN_CHOOSE,   /* drops a truth: goes on behind it, at `target` when false, or, with ABSENT
                      pushed,   at `otherwise` when unknown */
    PLAN_GO,       /* goes on at `target` */
    PLAN_RECALL,   /* pushes what was kept as `operand` and goes on at `target`, when it was */
    PLAN_REMEMBER, /* keeps the top as `operand` */
    PLAN_COMPARE,  /* two numbers become a truth by `operation`, or that of asked[operand] */
    PLAN_JUDGE,    /* pushes the truth of asked[operand] */
    PLAN_NOT,
    PLAN_DECIDE, /* goes on at `target` when the top is `decisive` */
    PLAN_JOIN,   /* two truths become one: `decisive` decides */
    PLAN_END
};

struct plan_step {
    uint8_t action; /* enum plan_action */
    union {
        uint8_t operation; /* enum operation */
        uint8_t decisive;  /* enum truth */
    };
    uint16_t operand;
    uint16_t target;
    uint16_t otherwise;
};

struct plan_cell {
    struct cube_place place;
    bool has_parts; /* what is not reported there may stand at a part of the period */
    size_t item;
    struct period period;
    int64_t denominator; /* of its mantissas */
};

/* An item at a shift: one cell, or the comparable base's cell before it, or to be asked for. */
struct plan_figure {
    const struct expression *expression;
    struct period period; /* unshifted */
    bool none;            /* there is no such period */
    bool asked;
    bool based;
    struct plan_cell own, base;
};

struct plan_asked {
    const struct expression *expression;
    struct period period;
};
struct plan_rule {
    size_t when, check; /* the first step of each; `when` CATALOGUE_NONE: always */
};

struct plan {
    const struct cube *cube;
    size_t form;
    struct period period;
    struct plan_rule *rules; /* of form.rules, in their order; of the table rules with a check */
    struct plan_step *steps;
    size_t step_count, step_capacity;
    struct narrow *constants;
    size_t constant_count, constant_capacity;
    struct plan_figure *figures; /* each once */
    size_t figure_count, figure_capacity;
    struct plan_asked *asked, *shared; /* shared: numbers that are found once in a run */
    size_t asked_count, asked_capacity, shared_count, shared_capacity;
};

/* Borrows the cube and its catalogue. Of a table form. */
NODISCARD struct plan *plan_create(const struct cube *cube, size_t form, struct period period);
void plan_destroy(struct plan **plan);

/* A rule that is evaluated by its plan: an expression over the table. */
bool plan_covers(const struct rule *rule);

#endif
