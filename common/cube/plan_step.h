#ifndef COMMON_CUBE_PLAN_STEP_H
#define COMMON_CUBE_PLAN_STEP_H

/* One step of a plan, on a stack of fractions; a truth is the fraction of its number over 1. */

#include <stdint.h>

#define PLAN_STACK_MAX 64   /* deeper expressions are asked for whole */
#define PLAN_TOP UINT16_MAX /* in the place of a value: the top of the stack, which is dropped */

/* Of a step: what it does to the stack. */
enum plan_action {
    PLAN_PUSH,     /* pushes values[operand] */
    PLAN_ASK,      /* pushes the number of asked[operand] */
    PLAN_JUDGE,    /* pushes the truth of asked[operand] */
    PLAN_COMBINE,  /* pushes the number that `left` and `right` become by `operation` */
    PLAN_COMPARE,  /* pushes the truth they become by `operation`, or that of asked[operand] */
    PLAN_TURN,     /* `operation`: NEGATE or ABSOLUTE */
    PLAN_REMEMBER, /* keeps the top in values[operand] */
    PLAN_NOT,
    PLAN_JOIN, /* two truths become one: `decisive` decides */
    /* Those that may go on elsewhere. */
    PLAN_KEEP,   /* at `target` unless the top is absent, which is dropped */
    PLAN_CHOOSE, /* drops a truth; at `target` when it was false, and with ABSENT in its place at
                    `otherwise` when unknown */
    PLAN_GO,     /* at `target` */
    PLAN_RECALL, /* pushes what was kept in values[operand] and goes on at `target`, when it was */
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
    union {
        struct {
            uint16_t left, right; /* values, or PLAN_TOP: of two the upper one is the right one */
        };
        struct {
            uint16_t target, otherwise; /* steps */
        };
    };
};

#endif
