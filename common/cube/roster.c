#include "common/cube/roster.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/memory.h"

static const struct roster_column *column_of(const struct submission *submission, struct code item)
{
    for (size_t i = 0; i < submission->column_count; i++)
        if (code_equal(submission->columns[i].item, item))
            return &submission->columns[i];
    return NULL;
}

static const char *text_in(const struct roster_column *column, size_t row)
{
    return column && column->texts && column->texts[row] ? column->texts[row] : "";
}

static size_t count_characters(const struct submission *submission)
{
    size_t size = 0;
    for (size_t row = 0; row < submission->row_count; row++) {
        size += strlen(submission->row_keys[row]) + 1;
        for (size_t i = 0; i < submission->column_count; i++)
            size += strlen(text_in(&submission->columns[i], row)) + 1;
    }
    return size;
}

static const char *copy_text(char **target, const char *text)
{
    size_t size = strlen(text) + 1;
    const char *copy = memcpy(*target, text, size);
    *target += size;
    return copy;
}

static void fill_column(struct roster_rows *rows, size_t position,
                        const struct roster_column *column, char **characters)
{
    for (size_t row = 0; row < rows->row_count; row++) {
        size_t at = position * rows->row_count + row;
        rows->statuses[at] = column ? column->statuses[row] : VALUE_MISSING;
        if (column && column->mantissas && value_status_has_figure(column->statuses[row]))
            rows->mantissas[at] = column->mantissas[row];
        const char *text = text_in(column, row);
        rows->texts[at] = *text ? copy_text(characters, text) : "";
    }
}

struct roster_rows *roster_rows_create(const struct catalogue *catalogue, const struct form *form,
                                       const struct submission *submission)
{
    struct roster_rows *rows = memory_zeroed(1, sizeof *rows);
    size_t cells = submission->row_count * form->item_count;
    rows->row_count = submission->row_count;
    rows->key_column = form_position(form, form->key_item);
    rows->keys = memory_zeroed(submission->row_count, sizeof *rows->keys);
    rows->mantissas = memory_zeroed(cells, sizeof *rows->mantissas);
    rows->statuses = memory_zeroed(cells, sizeof *rows->statuses);
    rows->texts = memory_zeroed(cells, sizeof *rows->texts);
    rows->characters = memory_zeroed(count_characters(submission), 1);

    char *characters = rows->characters;
    for (size_t row = 0; row < submission->row_count; row++)
        rows->keys[row] = copy_text(&characters, submission->row_keys[row]);
    for (size_t i = 0; i < form->item_count; i++)
        fill_column(rows, i, column_of(submission, catalogue->items[form->items[i]].code),
                    &characters);
    return rows;
}

void roster_rows_destroy(struct roster_rows **rows)
{
    if (!*rows)
        return;
    free((*rows)->keys);
    free((*rows)->mantissas);
    free((*rows)->statuses);
    free((*rows)->texts);
    free((*rows)->characters);
    free(*rows);
    *rows = NULL;
}

struct value roster_rows_cell(const struct roster_rows *rows, size_t row, size_t column,
                              const char **out_text)
{
    if (column == rows->key_column) {
        *out_text = rows->keys[row];
        return (struct value){ 0, VALUE_PRESENT };
    }
    size_t at = column * rows->row_count + row;
    *out_text = rows->texts[at];
    return (struct value){ rows->mantissas[at], rows->statuses[at] };
}

size_t roster_rows_find(const struct roster_rows *rows, const char *key)
{
    size_t first = 0, end = rows->row_count;
    while (first < end) {
        size_t middle = first + (end - first) / 2;
        int order = strcmp(rows->keys[middle], key);
        if (order == 0)
            return middle;
        if (order < 0)
            first = middle + 1;
        else
            end = middle;
    }
    return CATALOGUE_NONE;
}
