#ifndef COMMON_CUBE_ROSTER_H
#define COMMON_CUBE_ROSTER_H

/* The rows of a roster that one zone put for one period, column by column. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/catalogue/catalogue.h"
#include "common/model/submission.h"

struct roster_rows {
    size_t row_count;
    size_t key_column;  /* the form's item that is the key, or CATALOGUE_NONE */
    const char **keys;  /* ascending */
    int64_t *mantissas; /* column by column, in the order of the form's items */
    uint8_t *statuses;  /* enum value_status */
    const char **texts; /* "" unless it is a text */
    char *characters;   /* of keys and texts */
};

/* Copies. A column that the submission leaves out is missing in every row. */
NODISCARD struct roster_rows *roster_rows_create(const struct catalogue *catalogue,
                                                 const struct form *form,
                                                 const struct submission *submission);
void roster_rows_destroy(struct roster_rows **rows);

/* The figure in a row; `out_text` gets the text, "" where there is none. The key's column
 * holds the keys. */
struct value roster_rows_cell(const struct roster_rows *rows, size_t row, size_t column,
                              const char **out_text);

/* CATALOGUE_NONE when there is no such row. */
size_t roster_rows_find(const struct roster_rows *rows, const char *key);

#endif
