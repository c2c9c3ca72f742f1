#ifndef COMMON_FORMAT_CSV_H
#define COMMON_FORMAT_CSV_H

/*
 * Reads CSV (RFC 4180) out of a decoded buffer, row by row, every cell with the address a
 * spreadsheet shows. Line ends may be CRLF, LF or CR, mixed; a line end between quotes
 * belongs to the cell.
 */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"

#define CSV_COLUMNS_MAX 256
#define CSV_ROWS_MAX 1100000
#define CSV_CELL_SIZE_MAX 65536
#define CSV_ADDRESS_SIZE 16

enum csv_outcome {
    CSV_ROW,
    CSV_END,
    CSV_UNTERMINATED_QUOTE, /* the file ends between quotes: `row` and column are where they open */
    CSV_TEXT_BEHIND_QUOTE,  /* "12"3 */
    CSV_TOO_MANY_COLUMNS,
    CSV_TOO_MANY_ROWS,
    CSV_CELL_TOO_LARGE
};

struct csv_row {
    size_t number;             /* from 1; a blank line counts, a line end inside a cell does not */
    const struct bytes *cells; /* without their quotes */
    size_t cell_count;         /* a blank line has one empty cell */
};

struct csv_reader {
    struct bytes text;
    struct bytes delimiter;
    size_t position;
    size_t row;      /* the number of the row read last, or where reading failed */
    size_t column;   /* from 1: where reading failed */
    char *unescaped; /* room for cells with doubled quotes */
    size_t unescaped_capacity;
    struct bytes cells[CSV_COLUMNS_MAX];
};

/* Comma, tab, semicolon or full-width comma: whichever the first row has most of. */
struct bytes csv_detect_delimiter(struct bytes text);

/* Borrows both. */
void csv_open(struct csv_reader *reader, struct bytes text, struct bytes delimiter);
void csv_close(struct csv_reader *reader);

/* The cells are valid until the next call. After anything but CSV_ROW there is no more. */
NODISCARD enum csv_outcome csv_next(struct csv_reader *reader, struct csv_row *out);

/* "D7"; row and column count from 1. Returns `buffer`. */
const char *csv_address(size_t row, size_t column, char buffer[CSV_ADDRESS_SIZE]);
/* "D". Returns `buffer`. */
const char *csv_column_name(size_t column, char buffer[CSV_ADDRESS_SIZE]);

#endif
