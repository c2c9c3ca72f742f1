#include "common/format/csv_writer.h"

#include <assert.h>
#include <string.h>

struct csv_writer csv_writer_begin(struct text_builder *out, bool mark, bool crlf)
{
    if (mark)
        text_builder_add(out, "\xEF\xBB\xBF");
    return (struct csv_writer){ .out = out, .crlf = crlf };
}

static void begin_cell(struct csv_writer *writer)
{
    if (writer->row_begun)
        text_builder_add(writer->out, ",");
    writer->row_begun = true;
}

static void write_quoted(struct csv_writer *writer, const char *text)
{
    text_builder_add(writer->out, "\"");
    for (const char *quote; (quote = strchr(text, '"')) != NULL; text = quote + 1) {
        text_builder_add_bytes(writer->out, (struct bytes){ text, (size_t)(quote - text) });
        text_builder_add(writer->out, "\"\"");
    }
    text_builder_add(writer->out, text);
    text_builder_add(writer->out, "\"");
}

void csv_write_text(struct csv_writer *writer, const char *text)
{
    begin_cell(writer);
    bool guarded = csv_looks_like_formula(bytes_of_text(text));
    if (!guarded && !strpbrk(text, ",\"\r\n")) {
        text_builder_add(writer->out, text);
        return;
    }
    CLEANUP(text_builder_free) struct text_builder cell = { 0 };
    text_builder_add(&cell, guarded ? "'" : "");
    text_builder_add(&cell, text);
    write_quoted(writer, cell.text);
}

void csv_write_figure(struct csv_writer *writer, const char *figure)
{
    assert(strspn(figure, "-0123456789.") == strlen(figure));
    begin_cell(writer);
    text_builder_add(writer->out, figure);
}

void csv_end_row(struct csv_writer *writer)
{
    text_builder_add(writer->out, writer->crlf ? "\r\n" : "\n");
    writer->row_begun = false;
}

bool csv_looks_like_formula(struct bytes text)
{
    static const char *const beginnings[] = {
        "=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"
    };
    for (size_t i = 0; i < COUNT_OF(beginnings); i++) {
        struct bytes beginning = bytes_of_text(beginnings[i]);
        if (text.size >= beginning.size && memcmp(text.data, beginning.data, beginning.size) == 0)
            return true;
    }
    return false;
}
