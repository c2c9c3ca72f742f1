#ifndef AGGREGATOR_COMMANDS_TABLE_H
#define AGGREGATOR_COMMANDS_TABLE_H

/*
 * Rows for a person, a spreadsheet or a program: --format table, csv or json. The columns'
 * names are the same in all three, and stable. With --output the file is replaced as a whole.
 */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/attributes.h"
#include "common/base/text.h"
#include "common/format/csv_writer.h"

struct arguments;
struct error;
struct listing;

enum table_format { TABLE_LISTING, TABLE_CSV, TABLE_JSON };

struct table_writer {
    enum table_format format;
    const char *output; /* NULL: standard output */
    const char *const *columns;
    size_t column_count;
    size_t column;
    struct listing *listing;
    struct text_builder text;
    struct csv_writer csv;
    bool any; /* JSON: a row was written */
};

/* Asserts nothing about the command: it has the options `format` and perhaps `output`. Fails
 * with USAGE. */
NODISCARD bool table_open(struct table_writer *table, const struct arguments *arguments,
                          const char *const *columns, size_t column_count, struct error *err);
void table_close(struct table_writer *table); /* for CLEANUP */

/* The next cell. */
void table_text(struct table_writer *table, const char *text);
void table_figure(struct table_writer *table, const char *figure); /* a number, or "" */

NODISCARD bool table_print(struct table_writer *table, struct error *err);

#endif
