#ifndef AGENT_COMMANDS_SHEET_H
#define AGENT_COMMANDS_SHEET_H

/* A list a command prints: aligned for the eye, or CSV with fixed English headings for a
 * program (--format csv). */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/attributes.h"
#include "common/base/language.h"
#include "common/base/text.h"
#include "common/format/csv_writer.h"

struct arguments;
struct error;
struct listing;

struct sheet_column {
    const char *name; /* in CSV; never changes */
    struct words words;
    bool number; /* aligned to the right */
};

struct sheet {
    const struct sheet_column *columns;
    size_t column_count;
    size_t at;               /* the column the next cell goes to */
    struct listing *listing; /* NULL: CSV */
    struct text_builder text;
    struct csv_writer writer;
    size_t row_count;
};

/* Reads --format. Fails with USAGE. */
NODISCARD bool sheet_begin(const struct arguments *arguments, const struct sheet_column *columns,
                           size_t column_count, struct sheet *out, struct error *err);
void sheet_end(struct sheet *sheet); /* for CLEANUP */
/* The next cell; NULL is an empty one. */
void sheet_cell(struct sheet *sheet, const char *text);
void sheet_format(struct sheet *sheet, const char *format, ...) PRINTF_LIKE(2, 3);
/* To standard output. An empty table prints `nothing` instead. */
void sheet_print(struct sheet *sheet, const char *nothing);

#endif
