#ifndef COMMON_FORMAT_CSV_WRITER_H
#define COMMON_FORMAT_CSV_WRITER_H

/*
 * Writes CSV that a spreadsheet opens without running anything in it: a text that begins
 * like a formula (= + - @, their full-width forms, tab, CR) gets an apostrophe in front.
 * Figures go through csv_write_figure(), so that -5 stays a number.
 */

#include <stdbool.h>

#include "common/base/text.h"

struct csv_writer {
    struct text_builder *out;
    bool crlf;
    bool row_begun;
};

/* Appends to `out`, which it borrows. `mark`: a byte order mark first, for Excel. */
struct csv_writer csv_writer_begin(struct text_builder *out, bool mark, bool crlf);

void csv_write_text(struct csv_writer *writer, const char *text);
/* A number our own formatter wrote: [-]digits[.digits], or "". */
void csv_write_figure(struct csv_writer *writer, const char *figure);
void csv_end_row(struct csv_writer *writer);

/* Whether a spreadsheet could take the text for a formula. */
bool csv_looks_like_formula(struct bytes text);

#endif
