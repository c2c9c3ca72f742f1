#ifndef COMMON_RUNTIME_LISTING_H
#define COMMON_RUNTIME_LISTING_H

/*
 * A table for a terminal: cells in reading order, the first row is the heading. Columns are
 * aligned by display width, a Chinese character being two columns wide; numbers to the right.
 */

#include <stddef.h>
#include <stdio.h>

#include "common/base/attributes.h"

#define LISTING_COLUMNS_MAX 24

struct listing;

NODISCARD struct listing *listing_create(size_t column_count);
void listing_destroy(struct listing **listing);

/* The next cell; copies. NULL is an empty one. */
void listing_text(struct listing *listing, const char *text);
void listing_number(struct listing *listing, const char *text);
void listing_format(struct listing *listing, const char *format, ...) PRINTF_LIKE(2, 3);

/* Rows begun, without the heading. */
size_t listing_row_count(const struct listing *listing);

/* No heading is printed when there is no row. */
void listing_print(const struct listing *listing, FILE *output);

#endif
