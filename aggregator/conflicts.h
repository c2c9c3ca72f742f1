#ifndef AGGREGATOR_CONFLICTS_H
#define AGGREGATOR_CONFLICTS_H

/* Where two statements about one return say different things, cell by cell. */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/attributes.h"
#include "common/model/code.h"
#include "common/model/submission.h"

struct arena;
struct catalogue;

/* What one side says of a cell. */
struct saying {
    bool there; /* it says something at all */
    struct value value;
    const char *text; /* of a column of texts; else NULL */
};

struct conflict {
    const char *row_key; /* "": a cell of a table */
    struct code item;    /* no code: the row itself is on one side only */
    struct saying left, right;
};

struct conflicts {
    const struct conflict *items; /* cells by item, then rows by key and item */
    size_t count;
};

/* Borrows texts from both. Lives in the arena. */
struct conflicts conflicts_between(const struct submission *left, const struct submission *right,
                                   struct arena *arena);

/* "8,697,000 万元", "缺报", "" when it says nothing. Lives in the arena. */
const char *saying_text(const struct saying *saying, const struct catalogue *catalogue,
                        struct code item, struct arena *arena);

#endif
