#include <stdlib.h>
#include <string.h>

#include "agent/entry/layout.h"
#include "agent/entry/margin.h"
#include "agent/entry/notes.h"
#include "agent/entry/reading.h"
#include "common/base/arena.h"
#include "common/base/messages.h"
#include "common/base/text.h"
#include "common/format/figure.h"

#define NAMES_SHOWN 8

/* What was read so far: one entry for each item of the form. */
struct table {
    struct staging *staging;
    const struct header *header;
    size_t code, name, unit, value, mark; /* columns, or CATALOGUE_NONE */
    size_t *rows;                         /* where the item stood; 0: nowhere yet */
    struct reading *readings;
    bool *troubled; /* it has a problem, so nobody need be told that it has no figure */
};

static struct import_notes *problems(struct table *table)
{
    return &table->staging->import->problems;
}

/* The cell folded; "" when it is empty, absent or too long to mean anything. */
static const char *folded_cell(const struct csv_row *row, size_t column,
                               char buffer[FIGURE_TEXT_SIZE])
{
    unsigned foldings;
    if (!figure_fold(row_cell(row, column), buffer, &foldings))
        buffer[0] = '\0';
    return buffer;
}

static void tell_unknown(struct table *table, const struct csv_row *row, size_t column, size_t item)
{
    const char *shown = notes_excerpt(table->staging->arena, row_cell(row, column));
    if (item == CATALOGUE_NONE)
        notes_add(problems(table), row->number, column + 1, MESSAGE_ENTRY_ITEM_UNKNOWN, shown);
    else
        notes_add(problems(table), row->number, column + 1, MESSAGE_ENTRY_ITEM_OF_OTHER_FORM, shown,
                  words_say(&table->staging->catalogue->items[item].name),
                  words_say(&table->staging->form->name));
}

/* A name that is another item's contradicts the code; any other one is only told. */
static bool check_name(struct table *table, const struct csv_row *row, size_t item)
{
    const struct staging *staging = table->staging;
    char name[FIGURE_TEXT_SIZE];
    folded_cell(row, table->name, name);
    if (!*name)
        return true;
    size_t named = header_item_by_name(staging->catalogue, staging->form, name);
    if (named == item)
        return true;
    const char *expected = words_say(&staging->catalogue->items[item].name);
    if (named == CATALOGUE_NONE) {
        notes_add(&staging->import->notices, row->number, table->name + 1,
                  MESSAGE_ENTRY_NAME_DIFFERS, name, expected);
        return true;
    }
    notes_add(problems(table), row->number, table->name + 1, MESSAGE_ENTRY_NAME_CONTRADICTS, name,
              expected);
    return false;
}

/* False, with a problem, when the row is of no item of the form. */
static bool find_item(struct table *table, const struct csv_row *row, size_t *out_item)
{
    const struct staging *staging = table->staging;
    char text[FIGURE_TEXT_SIZE];
    struct code code;
    folded_cell(row, table->code, text);
    if (*text) {
        *out_item = CATALOGUE_NONE;
        if (code_parse(text, strlen(text), &code))
            *out_item = catalogue_item(staging->catalogue, code);
        if (*out_item != CATALOGUE_NONE &&
            form_position(staging->form, *out_item) != CATALOGUE_NONE)
            return check_name(table, row, *out_item);
        tell_unknown(table, row, table->code, *out_item);
        return false;
    }
    folded_cell(row, table->name, text);
    *out_item = header_item_by_name(staging->catalogue, staging->form, text);
    if (*out_item != CATALOGUE_NONE)
        return true;
    tell_unknown(table, row, table->name != CATALOGUE_NONE ? table->name : table->code,
                 CATALOGUE_NONE);
    return false;
}

/* "1,234" without quotes falls into two cells: 1 and 234. */
static bool is_split_figure(struct table *table, const struct csv_row *row)
{
    struct figure left;
    struct bytes right = row_cell(row, table->value + 1);
    const char *digits = right.data;
    if (figure_read(row_cell(row, table->value), &left) != FIGURE_OK || *left.unit ||
        strlen(left.digits) > 4 || strchr(left.digits, '.') || right.size < 3)
        return false;
    for (size_t i = 0; i < 3; i++)
        if (digits[i] < '0' || digits[i] > '9')
            return false;
    return right.size == 3 || digits[3] == '.';
}

static void take_value(struct table *table, const struct csv_row *row, size_t item, size_t position)
{
    struct staging *staging = table->staging;
    char unit[FIGURE_TEXT_SIZE];
    struct spot spot = { row->number, table->value + 1 };
    struct declared_units units = { folded_cell(row, table->unit, unit), table->unit + 1,
                                    table->header->columns[table->value].unit };
    struct reading *reading = &table->readings[position];
    enum value_status mark = VALUE_PRESENT;
    if (is_split_figure(table, row)) {
        notes_add(problems(table), spot.row, spot.column, "%s", MESSAGE_ENTRY_SPLIT_FIGURE);
        table->troubled[position] = true;
        return;
    }
    bool marked = table->mark == CATALOGUE_NONE ||
                  reading_mark(staging, (struct spot){ row->number, table->mark + 1 },
                               row_cell(row, table->mark), &mark);
    bool read = reading_cell(staging, item, spot, row_cell(row, table->value), units, reading);
    table->troubled[position] = !marked || !read;
    if (table->troubled[position])
        *reading = (struct reading){ 0 };
    else if (reading->filled && value_status_has_figure(reading->value.status))
        reading->value.status = (uint8_t)mark;
}

/* Below the table; a value in such a row would be lost, so it must have none. */
static bool is_marginal(struct table *table, const struct csv_row *row)
{
    enum margin margin = margin_of(row);
    char text[FIGURE_TEXT_SIZE];
    struct import_notes *notices = &table->staging->import->notices;
    if (margin == MARGIN_TOTAL) {
        notes_add(notices, row->number, 0, "%s", MESSAGE_ENTRY_TOTAL_SKIPPED);
        return true;
    }
    if (margin == MARGIN_NONE || *folded_cell(row, table->value, text))
        return false;
    notes_add(notices, row->number, 0, MESSAGE_ENTRY_NOTE_SKIPPED,
              notes_excerpt(table->staging->arena, row->cells[0]));
    return true;
}

static void take_row(struct table *table, const struct csv_row *row)
{
    size_t item;
    if (row_is_blank(row) || is_marginal(table, row))
        return;
    row_check_width(table->staging, table->header, row);
    if (!find_item(table, row, &item))
        return;
    size_t position = form_position(table->staging->form, item);
    if (table->rows[position] > 0) {
        notes_add(problems(table), row->number, 0, MESSAGE_ENTRY_ITEM_TWICE,
                  words_say(&table->staging->catalogue->items[item].name), table->rows[position]);
        return;
    }
    table->rows[position] = row->number;
    take_value(table, row, item, position);
}

static int compare_cells(const void *left, const void *right)
{
    const struct cell *one = left, *other = right;
    return (one->item.packed > other->item.packed) - (one->item.packed < other->item.packed);
}

static void tell_missing(struct table *table, const char *names, size_t count)
{
    if (count > 0)
        notes_add(&table->staging->import->notices, 0, 0, MESSAGE_ENTRY_ITEMS_MISSING, count,
                  names);
}

static void settle(struct table *table)
{
    const struct staging *staging = table->staging;
    const struct form *form = staging->form;
    struct submission *submission = &staging->import->submission;
    struct cell *cells = arena_take(staging->arena, form->item_count, sizeof *cells);
    CLEANUP(text_builder_free) struct text_builder names = { 0 };
    size_t missing = 0;
    text_builder_add(&names, "");
    for (size_t i = 0; i < form->item_count; i++) {
        const struct item *item = &staging->catalogue->items[form->items[i]];
        if (table->readings[i].filled) {
            cells[submission->cell_count++] = (struct cell){ item->code, table->readings[i].value };
            continue;
        }
        if (table->troubled[i])
            continue;
        missing++;
        if (missing <= NAMES_SHOWN)
            text_builder_format(&names, "%s%s", missing > 1 ? MESSAGE_ENTRY_SEPARATOR : "",
                                words_say(&item->name));
    }
    text_builder_add(&names, missing > NAMES_SHOWN ? "…" : "");
    qsort(cells, submission->cell_count, sizeof *cells, compare_cells);
    submission->cells = cells;
    tell_missing(table, names.text, missing);
}

void table_layout_read(struct staging *staging, const struct header *header,
                       struct csv_reader *reader)
{
    size_t count = staging->form->item_count;
    struct table table = {
        .staging = staging,
        .header = header,
        .code = header_find(header, COLUMN_CODE, 0),
        .name = header_find(header, COLUMN_NAME, 0),
        .unit = header_find(header, COLUMN_UNIT, 0),
        .value = header_find(header, COLUMN_VALUE, 0),
        .mark = header_find(header, COLUMN_MARK, 0),
        .rows = arena_take(staging->arena, count, sizeof *table.rows),
        .readings = arena_take(staging->arena, count, sizeof *table.readings),
        .troubled = arena_take(staging->arena, count, sizeof *table.troubled),
    };
    struct csv_row row;
    enum csv_outcome outcome;
    while ((outcome = csv_next(reader, &row)) == CSV_ROW)
        take_row(&table, &row);
    layout_tell_trouble(staging, reader, outcome);
    settle(&table);
}
