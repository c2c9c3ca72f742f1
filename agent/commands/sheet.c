#include "agent/commands/sheet.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/runtime/commands.h"
#include "common/runtime/listing.h"

#define CELL_SIZE 256

bool sheet_begin(const struct arguments *arguments, const struct sheet_column *columns,
                 size_t column_count, struct sheet *out, struct error *err)
{
    const char *format = arguments_option(arguments, "format");
    bool csv = format && strcmp(format, "csv") == 0;
    if (format && !csv && strcmp(format, "table") != 0)
        return error_set(err, ERROR_USAGE, MESSAGE_COMMAND_FORMAT, format);

    out->columns = columns;
    out->column_count = column_count;
    out->writer = csv_writer_begin(&out->text, false, false);
    if (!csv)
        out->listing = listing_create(column_count);
    for (size_t i = 0; i < column_count; i++) {
        if (csv)
            csv_write_text(&out->writer, columns[i].name);
        else
            listing_text(out->listing, words_say(&columns[i].words));
    }
    if (csv)
        csv_end_row(&out->writer);
    return true;
}

void sheet_end(struct sheet *sheet)
{
    if (sheet->listing)
        listing_destroy(&sheet->listing);
    text_builder_free(&sheet->text);
}

void sheet_cell(struct sheet *sheet, const char *text)
{
    assert(sheet->column_count > 0);
    const struct sheet_column *column = &sheet->columns[sheet->at];
    if (!sheet->listing)
        csv_write_text(&sheet->writer, text ? text : "");
    else if (column->number)
        listing_number(sheet->listing, text);
    else
        listing_text(sheet->listing, text);
    sheet->row_count += sheet->at == 0;
    sheet->at = (sheet->at + 1) % sheet->column_count;
    if (sheet->at == 0 && !sheet->listing)
        csv_end_row(&sheet->writer);
}

void sheet_format(struct sheet *sheet, const char *format, ...)
{
    char text[CELL_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    sheet_cell(sheet, text);
}

void sheet_print(struct sheet *sheet, const char *nothing)
{
    if (sheet->listing && sheet->row_count == 0)
        puts(nothing);
    else if (sheet->listing)
        listing_print(sheet->listing, stdout);
    else
        fwrite(sheet->text.text, 1, sheet->text.size, stdout);
}
