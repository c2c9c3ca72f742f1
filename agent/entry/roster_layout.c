#include <stdlib.h>
#include <string.h>

#include "agent/entry/layout.h"
#include "agent/entry/margin.h"
#include "agent/entry/notes.h"
#include "agent/entry/reading.h"
#include "common/base/arena.h"
#include "common/base/decimal.h"
#include "common/base/messages.h"
#include "common/base/text.h"

#define NAMES_SHOWN 8

/* One column of the submission while it is read; NULL column: the file does not have it. */
struct stage_column {
    size_t item;
    size_t column;
    int64_t *mantissas;
    uint8_t *statuses;
    const char **texts;
    int128 sum;
    struct reading total; /* what the file's own totals row says */
};

struct rows {
    struct staging *staging;
    const struct header *header;
    size_t key_column;
    size_t mark_column;
    struct stage_column *columns;
    size_t column_count;
    const char **keys;
    size_t *numbers; /* rows of the file */
    size_t count;
    size_t capacity;
    size_t total_row; /* 0: none */
};

/* No fewer than the rows of the file, whatever ends them. */
static size_t count_lines(struct bytes text)
{
    const char *characters = text.data;
    size_t count = 1;
    for (size_t i = 0; i < text.size; i++) {
        bool pair = characters[i] == '\r' && i + 1 < text.size && characters[i + 1] == '\n';
        count += !pair && (characters[i] == '\n' || characters[i] == '\r');
    }
    return count;
}

static void add_column(struct rows *rows, size_t item)
{
    struct arena *arena = rows->staging->arena;
    struct stage_column *column = &rows->columns[rows->column_count++];
    column->item = item;
    column->column = header_find(rows->header, COLUMN_ITEM, item);
    column->mantissas = arena_take(arena, rows->capacity, sizeof *column->mantissas);
    column->statuses = arena_take(arena, rows->capacity, sizeof *column->statuses);
    if (rows->staging->catalogue->items[item].type == ITEM_TEXT)
        column->texts = arena_take(arena, rows->capacity, sizeof *column->texts);
}

static void tell_missing(struct staging *staging, const char *names, size_t count)
{
    if (count > 0)
        notes_add(&staging->import->notices, 0, 0, MESSAGE_ENTRY_COLUMNS_MISSING, count, names);
}

/* The columns that the file has, and what it does not have. */
static void choose_columns(struct rows *rows)
{
    struct staging *staging = rows->staging;
    const struct form *form = staging->form;
    CLEANUP(text_builder_free) struct text_builder names = { 0 };
    size_t missing = 0;
    text_builder_add(&names, "");
    rows->columns = arena_take(staging->arena, form->item_count, sizeof *rows->columns);
    for (size_t i = 0; i < form->item_count; i++) {
        size_t item = form->items[i];
        if (item == form->key_item)
            continue;
        if (header_find(rows->header, COLUMN_ITEM, item) != CATALOGUE_NONE) {
            add_column(rows, item);
            continue;
        }
        missing++;
        if (missing <= NAMES_SHOWN)
            text_builder_format(&names, "%s%s", missing > 1 ? MESSAGE_ENTRY_SEPARATOR : "",
                                words_say(&staging->catalogue->items[item].name));
    }
    text_builder_add(&names, missing > NAMES_SHOWN ? "…" : "");
    tell_missing(staging, names.text, missing);
}

/* A heading with a wrong unit is one problem, not one for each row. */
static bool check_units(struct rows *rows)
{
    bool right = true;
    for (size_t i = 0; i < rows->header->count; i++) {
        const struct column *column = &rows->header->columns[i];
        struct spot spot = { rows->header->row, i + 1 };
        int exponent;
        if (column->role == COLUMN_ITEM && *column->unit &&
            !reading_unit(rows->staging, column->item, spot, column->unit, &exponent))
            right = false;
    }
    return right;
}

static struct declared_units units_of(const struct rows *rows, size_t column)
{
    return (struct declared_units){ "", 0, rows->header->columns[column].unit };
}

static void take_cell(struct rows *rows, const struct csv_row *row, struct stage_column *column,
                      enum value_status mark)
{
    struct reading reading;
    struct spot spot = { row->number, column->column + 1 };
    size_t at = rows->count;
    column->statuses[at] = VALUE_MISSING;
    if (column->texts)
        column->texts[at] = "";
    if (!reading_cell(rows->staging, column->item, spot, row_cell(row, column->column),
                      units_of(rows, column->column), &reading) ||
        !reading.filled)
        return;
    bool figure = value_status_has_figure(reading.value.status);
    column->mantissas[at] = reading.value.mantissa;
    column->statuses[at] = figure ? (uint8_t)mark : reading.value.status;
    if (column->texts)
        column->texts[at] = reading.text;
    if (figure)
        column->sum += reading.value.mantissa;
}

/* Only what adds up has a total to compare. */
static bool adds_up(const struct rows *rows, const struct stage_column *column)
{
    const struct item *item = &rows->staging->catalogue->items[column->item];
    return item->type == ITEM_QUANTITY && item->total == TOTAL_SUM &&
           (item->quantity.kind == KIND_FLOW || item->quantity.kind == KIND_STOCK);
}

static void take_totals(struct rows *rows, const struct csv_row *row)
{
    rows->total_row = row->number;
    for (size_t i = 0; i < rows->column_count; i++) {
        struct stage_column *column = &rows->columns[i];
        struct spot spot = { row->number, column->column + 1 };
        if (adds_up(rows, column) &&
            !reading_cell(rows->staging, column->item, spot, row_cell(row, column->column),
                          units_of(rows, column->column), &column->total))
            column->total.filled = false;
    }
    notes_add(&rows->staging->import->notices, row->number, 0, "%s", MESSAGE_ENTRY_TOTAL_COMPARED);
}

static void compare_totals(struct rows *rows)
{
    if (rows->total_row == 0 || rows->staging->import->problems.count > 0)
        return;
    for (size_t i = 0; i < rows->column_count; i++) {
        const struct stage_column *column = &rows->columns[i];
        const struct item *item = &rows->staging->catalogue->items[column->item];
        const struct reading *total = &column->total;
        if (!total->filled || !value_status_has_figure(total->value.status) ||
            column->sum == total->value.mantissa)
            continue;
        char said[DECIMAL_TEXT_SIZE], sum[DECIMAL_TEXT_SIZE];
        bool fits = column->sum == (int64_t)column->sum;
        notes_add(&rows->staging->import->problems, rows->total_row, column->column + 1,
                  MESSAGE_ENTRY_TOTAL_DIFFERS, words_say(&item->name),
                  decimal_text(total->value.mantissa, item->decimals, said),
                  fits ? decimal_text((int64_t)column->sum, item->decimals, sum) : "…");
    }
}

static bool is_marginal(struct rows *rows, const struct csv_row *row)
{
    enum margin margin = margin_of(row);
    if (margin == MARGIN_TOTAL)
        take_totals(rows, row);
    if (margin == MARGIN_NOTE)
        notes_add(&rows->staging->import->notices, row->number, 0, MESSAGE_ENTRY_NOTE_SKIPPED,
                  notes_excerpt(rows->staging->arena, row->cells[0]));
    return margin != MARGIN_NONE;
}

static bool take_key(struct rows *rows, const struct csv_row *row)
{
    struct staging *staging = rows->staging;
    size_t key_item = staging->form->key_item;
    struct spot spot = { row->number, rows->key_column + 1 };
    struct declared_units none = { "", 0, "" };
    struct reading key;
    if (!reading_cell(staging, key_item, spot, row_cell(row, rows->key_column), none, &key))
        return false;
    if (!key.filled) {
        notes_add(&staging->import->problems, spot.row, spot.column, MESSAGE_ENTRY_KEY_EMPTY,
                  words_say(&staging->catalogue->items[key_item].name));
        return false;
    }
    rows->keys[rows->count] = key.text;
    return true;
}

static void take_row(struct rows *rows, const struct csv_row *row)
{
    enum value_status mark = VALUE_PRESENT;
    if (row_is_blank(row) || is_marginal(rows, row))
        return;
    row_check_width(rows->staging, rows->header, row);
    bool keyed = take_key(rows, row);
    if (rows->mark_column != CATALOGUE_NONE)
        keyed = reading_mark(rows->staging, (struct spot){ row->number, rows->mark_column + 1 },
                             row_cell(row, rows->mark_column), &mark) &&
                keyed;
    for (size_t i = 0; i < rows->column_count; i++)
        take_cell(rows, row, &rows->columns[i], mark);
    rows->numbers[rows->count] = row->number;
    if (keyed)
        rows->count++;
}

/* A row and where it was read, to be put in the order of the keys. */
struct place_of_key {
    const char *key;
    size_t number;
    size_t index;
};

static int compare_places(const void *left, const void *right)
{
    const struct place_of_key *one = left, *other = right;
    int order = strcmp(one->key, other->key);
    return order ? order : (one->number > other->number) - (one->number < other->number);
}

static struct place_of_key *sort_keys(const struct rows *rows)
{
    struct place_of_key *places = arena_take(rows->staging->arena, rows->count, sizeof *places);
    for (size_t i = 0; i < rows->count; i++)
        places[i] = (struct place_of_key){ rows->keys[i], rows->numbers[i], i };
    qsort(places, rows->count, sizeof *places, compare_places);
    for (size_t i = 1; i < rows->count; i++)
        if (strcmp(places[i].key, places[i - 1].key) == 0)
            notes_add(&rows->staging->import->problems, places[i].number, rows->key_column + 1,
                      MESSAGE_ENTRY_KEY_TWICE, places[i].key, places[i - 1].number);
    return places;
}

static struct roster_column ordered_column(const struct rows *rows,
                                           const struct stage_column *column,
                                           const struct place_of_key *places)
{
    struct arena *arena = rows->staging->arena;
    int64_t *mantissas = arena_take(arena, rows->count, sizeof *mantissas);
    uint8_t *statuses = arena_take(arena, rows->count, sizeof *statuses);
    const char **texts = column->texts ? arena_take(arena, rows->count, sizeof *texts) : NULL;
    for (size_t i = 0; i < rows->count; i++) {
        mantissas[i] = column->mantissas[places[i].index];
        statuses[i] = column->statuses[places[i].index];
        if (texts)
            texts[i] = column->texts[places[i].index];
    }
    return (struct roster_column){ rows->staging->catalogue->items[column->item].code, mantissas,
                                   statuses, texts };
}

static int compare_columns(const void *left, const void *right)
{
    const struct roster_column *one = left, *other = right;
    return (one->item.packed > other->item.packed) - (one->item.packed < other->item.packed);
}

static void settle(struct rows *rows)
{
    struct arena *arena = rows->staging->arena;
    struct submission *submission = &rows->staging->import->submission;
    const struct place_of_key *places = sort_keys(rows);
    const char **keys = arena_take(arena, rows->count, sizeof *keys);
    struct roster_column *columns = arena_take(arena, rows->column_count, sizeof *columns);
    for (size_t i = 0; i < rows->count; i++)
        keys[i] = places[i].key;
    for (size_t i = 0; i < rows->column_count; i++)
        columns[i] = ordered_column(rows, &rows->columns[i], places);
    qsort(columns, rows->column_count, sizeof *columns, compare_columns);
    submission->row_keys = keys;
    submission->row_count = rows->count;
    submission->columns = columns;
    submission->column_count = rows->column_count;
}

void roster_layout_read(struct staging *staging, const struct header *header,
                        struct csv_reader *reader)
{
    size_t lines = count_lines(staging->text);
    struct rows rows = {
        .staging = staging,
        .header = header,
        .key_column = header_find(header, COLUMN_ITEM, staging->form->key_item),
        .mark_column = header_find(header, COLUMN_MARK, 0),
        .capacity = lines < SUBMISSION_ROWS_MAX ? lines : SUBMISSION_ROWS_MAX,
    };
    if (!check_units(&rows))
        return;
    choose_columns(&rows);
    rows.keys = arena_take(staging->arena, rows.capacity, sizeof *rows.keys);
    rows.numbers = arena_take(staging->arena, rows.capacity, sizeof *rows.numbers);

    struct csv_row row;
    enum csv_outcome outcome;
    while ((outcome = csv_next(reader, &row)) == CSV_ROW) {
        if (rows.count == rows.capacity && !row_is_blank(&row) && margin_of(&row) == MARGIN_NONE) {
            outcome = CSV_TOO_MANY_ROWS;
            break;
        }
        take_row(&rows, &row);
    }
    layout_tell_trouble(staging, reader, outcome);
    settle(&rows);
    compare_totals(&rows);
}
