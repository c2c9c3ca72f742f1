#ifndef COMMON_CUBE_FRAME_H
#define COMMON_CUBE_FRAME_H

/*
 * What an expression is evaluated in, inside the cube: the context of the header
 * evaluate.h and, within `where`, the rows around the row in hand.
 */

#include <stdbool.h>
#include <stddef.h>

#include "common/cube/cube.h"
#include "common/cube/evaluate.h"

struct group;

struct frame {
    const struct cube *cube;
    size_t zone;
    struct period period;
    const struct roster *roster; /* the row in hand; NULL outside of rows */
    size_t row;
    const struct frame *outer;  /* the rows around it */
    const struct group *group;  /* leaves are its totals; NULL for a zone */
    struct rows_memory *memory; /* of what does not depend on the row in hand; may be NULL */
};

/* Results over rosters that were computed before, for one zone and period: a rule that is
 * judged for each of 100,000 rows adds the roster up once, not 100,000 times. */
#define ROWS_MEMORY_MAX 32
struct rows_memory {
    struct {
        const struct expression *expression;
        struct period period;
        bool depends; /* on a row: nothing is remembered */
        struct result result;
    } entries[ROWS_MEMORY_MAX];
    size_t count; /* the rest is not looked at, so it need not be zeroed for each rule */
};
void rows_memory_begin(struct rows_memory *memory);

struct frame frame_of(const struct context *context, struct rows_memory *memory);

/* Three-valued, with the reason why it is unknown. */
struct verdict {
    enum truth truth;
    struct result operands; /* absence and status of what it was found from */
};

/* Numbers, dates (days) and codes (ordinals in their list). */
struct result frame_number(const struct expression *expression, const struct frame *frame);
struct verdict frame_truth(const struct expression *expression, const struct frame *frame);
/* NULL when there is no text; the reason goes to `out`. */
const char *frame_text(const struct expression *expression, const struct frame *frame,
                       struct result *out);
/* What left and right are to each other: -1, 0, 1; unknown when `operands.absence` says so. */
struct result frame_compare(const struct expression *expression, const struct frame *frame,
                            int *out_order);

/* Whether the comparison is true of operands that are so (-1, 0, 1) to each other. */
bool comparison_holds(enum operation operation, int order);

/* OPERATION_ROWS_*. */
struct result frame_rows(const struct expression *expression, const struct frame *frame);
/* The row of the roster in hand, at the shifted period the row with the same key. */
struct result frame_row(const struct frame *frame, size_t form, const struct shift *shift,
                        struct roster *out_roster, size_t *out_row);

#endif
