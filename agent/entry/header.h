#ifndef AGENT_ENTRY_HEADER_H
#define AGENT_ENTRY_HEADER_H

/*
 * The first row of a file: which column holds what. Columns may stand in any order and go by
 * any customary name; a unit may stand in parentheses behind it.
 */

#include <stdbool.h>
#include <stddef.h>

#include "agent/entry/staging.h"
#include "common/format/csv.h"

enum column_role {
    COLUMN_UNKNOWN,
    COLUMN_EMPTY,   /* no heading */
    COLUMN_SKIPPED, /* running numbers */
    COLUMN_CODE,
    COLUMN_NAME,
    COLUMN_UNIT,
    COLUMN_VALUE,
    COLUMN_NOTE,
    COLUMN_MARK, /* 合成: a synthetic figure */
    COLUMN_ITEM  /* of a roster */
};

struct column {
    enum column_role role;
    size_t item;      /* COLUMN_ITEM */
    const char *unit; /* "" when none is written */
    const char *text; /* as written, for messages */
};

struct header {
    size_t row;
    size_t count;
    struct column columns[CSV_COLUMNS_MAX];
};

/* Whether the text begins with a header of the form; `form` NULL: of any table. */
bool header_is_known(const struct catalogue *catalogue, const struct form *form, struct bytes text,
                     struct arena *arena);

/* Fills `out`; what is doubtful about the header is told to the staging's import. */
void header_read(struct staging *staging, const struct csv_row *row, struct header *out);

/* The first column of that role (and item, for COLUMN_ITEM), or CATALOGUE_NONE. */
size_t header_find(const struct header *header, enum column_role role, size_t item);

/* The item of the form with that code or exact name, folded, or CATALOGUE_NONE. */
size_t header_item_by_name(const struct catalogue *catalogue, const struct form *form,
                           const char *folded);

/* Whether nothing at all stands in the row. */
bool row_is_blank(const struct csv_row *row);
/* The cell of a column, empty where the row is too short. */
struct bytes row_cell(const struct csv_row *row, size_t column);
/* Tells of cells beyond the header's columns, or under a column without heading. */
void row_check_width(struct staging *staging, const struct header *header,
                     const struct csv_row *row);

#endif
