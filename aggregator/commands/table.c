#include "aggregator/commands/table.h"

#include <stdio.h>
#include <string.h>

#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/runtime/commands.h"
#include "common/runtime/listing.h"
#include "common/storage/file.h"

#define OUTPUT_MODE 0644

static const char *const format_names[] = { "table", "csv", "json" };

static bool read_format(struct table_writer *table, const char *given, struct error *err)
{
    for (size_t i = 0; given && i < COUNT_OF(format_names); i++) {
        table->format = (enum table_format)i;
        if (strcmp(given, format_names[i]) == 0)
            return true;
    }
    table->format = TABLE_LISTING;
    return !given || error_set(err, ERROR_USAGE, MESSAGE_FORMAT_UNKNOWN, given);
}

static const char *option_if_any(const struct arguments *arguments, const char *name)
{
    for (size_t i = 0; i < arguments->command->option_count; i++)
        if (strcmp(arguments->command->options[i].name, name) == 0)
            return arguments->values[i];
    return NULL;
}

bool table_open(struct table_writer *table, const struct arguments *arguments,
                const char *const *columns, size_t column_count, struct error *err)
{
    *table = (struct table_writer){ .columns = columns,
                                    .column_count = column_count,
                                    .output = option_if_any(arguments, "output") };
    if (!read_format(table, option_if_any(arguments, "format"), err))
        return false;
    if (table->format == TABLE_JSON) {
        text_builder_add(&table->text, "[");
        return true;
    }
    if (table->format == TABLE_CSV)
        table->csv = csv_writer_begin(&table->text, table->output != NULL, false);
    else
        table->listing = listing_create(column_count);
    for (size_t i = 0; i < column_count; i++)
        table_text(table, columns[i]);
    return true;
}

void table_close(struct table_writer *table)
{
    listing_destroy(&table->listing);
    text_builder_free(&table->text);
}

static void add_json_text(struct text_builder *out, const char *text)
{
    text_builder_add(out, "\"");
    for (const char *at = text; *at; at++) {
        unsigned char byte = (unsigned char)*at;
        if (byte == '"' || byte == '\\')
            text_builder_format(out, "\\%c", byte);
        else if (byte < 0x20)
            text_builder_format(out, "\\u%04x", byte);
        else
            text_builder_add_bytes(out, (struct bytes){ at, 1 });
    }
    text_builder_add(out, "\"");
}

static void add_json(struct table_writer *table, const char *value, bool figure)
{
    struct text_builder *out = &table->text;
    if (table->column == 0)
        text_builder_add(out, table->any ? ",\n{" : "\n{");
    else
        text_builder_add(out, ", ");
    table->any = true;
    add_json_text(out, table->columns[table->column]);
    text_builder_add(out, ": ");
    if (!figure)
        add_json_text(out, value);
    else
        text_builder_add(out, *value ? value : "null");
}

static void next_column(struct table_writer *table)
{
    table->column = (table->column + 1) % table->column_count;
    if (table->column > 0)
        return;
    if (table->format == TABLE_CSV)
        csv_end_row(&table->csv);
    if (table->format == TABLE_JSON)
        text_builder_add(&table->text, "}");
}

void table_text(struct table_writer *table, const char *text)
{
    if (table->format == TABLE_LISTING)
        listing_text(table->listing, text);
    else if (table->format == TABLE_CSV)
        csv_write_text(&table->csv, text);
    else
        add_json(table, text, false);
    next_column(table);
}

void table_figure(struct table_writer *table, const char *figure)
{
    if (table->format == TABLE_LISTING)
        listing_number(table->listing, figure);
    else if (table->format == TABLE_CSV)
        csv_write_figure(&table->csv, figure);
    else
        add_json(table, figure, true);
    next_column(table);
}

static bool print_listing(struct table_writer *table, struct error *err)
{
    FILE *file = table->output ? fopen(table->output, "w") : stdout;
    if (!file)
        return error_set(err, ERROR_SYSTEM, MESSAGE_FILE_OPEN, table->output, "");
    listing_print(table->listing, file);
    return file == stdout || fclose(file) == 0 ||
           error_set(err, ERROR_SYSTEM, MESSAGE_OUTPUT_FAILED);
}

bool table_print(struct table_writer *table, struct error *err)
{
    if (table->format == TABLE_LISTING)
        return print_listing(table, err);
    if (table->format == TABLE_JSON)
        text_builder_add(&table->text, "\n]\n");
    struct bytes content = { table->text.text, table->text.size };
    if (table->output)
        return file_replace(table->output, content, OUTPUT_MODE, err);
    return fwrite(content.data, 1, content.size, stdout) == content.size ||
           error_set(err, ERROR_SYSTEM, MESSAGE_OUTPUT_FAILED);
}
