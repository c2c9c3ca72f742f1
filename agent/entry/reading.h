#ifndef AGENT_ENTRY_READING_H
#define AGENT_ENTRY_READING_H

/* One cell of a file becomes one value of an item, or a problem that names the cell. */

#include <stdbool.h>
#include <stddef.h>

#include "agent/entry/staging.h"
#include "common/base/attributes.h"

struct spot {
    size_t row;
    size_t column; /* both from 1 */
};

struct reading {
    bool filled; /* false: the cell is empty */
    struct value value;
    const char *text; /* of a text item; else "" */
};

/* Where else the file says a unit: the unit column, the heading. "" where it does not. */
struct declared_units {
    const char *cell;
    size_t cell_column; /* from 1, where `cell` stands */
    const char *heading;
};

/* False after a problem was added. */
NODISCARD bool reading_cell(struct staging *staging, size_t item, struct spot spot,
                            struct bytes cell, struct declared_units units, struct reading *out);

/* How many powers of ten the unit is above the item's own; false, with a problem, when it is
 * unknown or of another kind. */
NODISCARD bool reading_unit(struct staging *staging, size_t item, struct spot spot,
                            const char *unit, int *out_exponent);

/* The mark column: 合成, 估算, 初步数. Applies to a figure only. False after a problem. */
NODISCARD bool reading_mark(struct staging *staging, struct spot spot, struct bytes cell,
                            enum value_status *out);

#endif
