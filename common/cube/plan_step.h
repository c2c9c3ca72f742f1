#ifndef COMMON_CUBE_PLAN_STEP_H
#define COMMON_CUBE_PLAN_STEP_H

/* One step of a plan, on a stack of fractions; a truth is the fraction of its number over 1. */

#include <stdint.h>

#define PLAN_STACK_MAX 64 /* deeper expressions are asked for whole */

/* Of a step: what it does to the stack. */
enum plan_action {
    PLAN_CONSTANT, /* pushes constants[operand] */
    PLAN_FIGURE,   /* pushes figures[operand] */
    PLAN_ASK,      /* pushes the number of asked[operand] */
    PLAN_JUDGE,    /* pushes the truth of asked[operand] */
    PLAN_COMBINE,  /* two numbers become one by `operation` */
    PLAN_SCALE,    /* `operation` with constants[operand] */
    PLAN_TURN,     /* `operation`: NEGATE or ABSOLUTE */
    PLAN_REMEMBER, /* keeps the top as `operand` */
    PLAN_COMPARE,  /* two numbers become a truth by `operation`, or that of asked[operand] */
    PLAN_LIMIT,    /* the same with one number and constants[target] */
    PLAN_NOT,
    PLAN_JOIN, /* two truths become one: `decisive` decides */
    /* Those that may go on elsewhere. */
    PLAN_KEEP,   /* at `target` unless the top is absent, which is dropped */
    PLAN_CHOOSE, /* drops a truth; at `target` when it was false, and with ABSENT in its place at
                    `otherwise` when unknown */
    PLAN_GO,     /* at `target` */
    PLAN_RECALL, /* pushes what was kept as `operand` and goes on at `target`, when it was */
    PLAN_DECIDE, /* at `target` when the top is `decisive` */
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

#endif
