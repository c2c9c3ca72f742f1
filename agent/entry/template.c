#include "agent/entry/template.h"

#include <stdio.h>
#include <string.h>

#include "agent/entry/wording.h"
#include "common/base/arena.h"
#include "common/base/messages.h"
#include "common/format/csv_writer.h"

struct filling {
    const struct catalogue *catalogue;
    const struct form *form;
    const struct submission *filled; /* never NULL: an empty one instead */
    struct csv_writer writer;
    struct arena *arena;
    bool marked;
};

static bool is_marked(uint8_t status)
{
    return value_status_has_figure(status) && status != VALUE_PRESENT;
}

static bool has_marks(const struct submission *filled)
{
    for (size_t i = 0; i < filled->cell_count; i++)
        if (is_marked(filled->cells[i].value.status))
            return true;
    for (size_t i = 0; i < filled->column_count; i++)
        for (size_t row = 0; row < filled->row_count; row++)
            if (is_marked(filled->columns[i].statuses[row]))
                return true;
    return false;
}

static void write_mark(struct filling *filling, uint8_t status)
{
    if (filling->marked)
        csv_write_text(&filling->writer, is_marked(status) ? value_status_words(status) : "");
}

static void write_value(struct filling *filling, size_t item, struct value value, const char *text)
{
    const char *wording = wording_for_file(filling->catalogue, item, value, text, filling->arena);
    if (filling->catalogue->items[item].type == ITEM_QUANTITY &&
        value_status_has_figure(value.status))
        csv_write_figure(&filling->writer, wording);
    else
        csv_write_text(&filling->writer, wording);
}

static const struct cell *cell_of(const struct submission *filled, struct code item)
{
    for (size_t i = 0; i < filled->cell_count; i++)
        if (code_equal(filled->cells[i].item, item))
            return &filled->cells[i];
    return NULL;
}

static void write_table(struct filling *filling)
{
    struct csv_writer *writer = &filling->writer;
    const char *const headings[] = { MESSAGE_ENTRY_COLUMN_CODE, MESSAGE_ENTRY_COLUMN_NAME,
                                     MESSAGE_ENTRY_COLUMN_UNIT, MESSAGE_ENTRY_COLUMN_VALUE,
                                     MESSAGE_ENTRY_COLUMN_NOTE };
    for (size_t i = 0; i < COUNT_OF(headings); i++)
        csv_write_text(writer, headings[i]);
    if (filling->marked)
        csv_write_text(writer, MESSAGE_ENTRY_COLUMN_MARK);
    csv_end_row(writer);
    for (size_t i = 0; i < filling->form->item_count; i++) {
        const struct item *item = &filling->catalogue->items[filling->form->items[i]];
        const struct cell *cell = cell_of(filling->filled, item->code);
        char code[CODE_TEXT_SIZE];
        csv_write_text(writer, code_text(item->code, code));
        csv_write_text(writer, words_say(&item->name));
        csv_write_text(writer, item->unit_text);
        if (cell)
            write_value(filling, filling->form->items[i], cell->value, "");
        else
            csv_write_figure(writer, "");
        csv_write_text(writer, words_say(&item->note));
        write_mark(filling, cell ? cell->value.status : VALUE_PRESENT);
        csv_end_row(writer);
    }
}

static void write_heading(struct filling *filling, size_t index)
{
    const struct item *item = &filling->catalogue->items[index];
    char code[CODE_TEXT_SIZE];
    const char *name = words_say(&item->name);
    code_text(item->code, code);
    csv_write_text(&filling->writer,
                   *item->unit_text ? arena_format(filling->arena, MESSAGE_ENTRY_HEADING_WITH_UNIT,
                                                   code, name, item->unit_text)
                                    : arena_format(filling->arena, "%s %s", code, name));
}

static void write_row_cell(struct filling *filling, size_t item, size_t row, uint8_t *worst)
{
    const struct submission *filled = filling->filled;
    for (size_t i = 0; i < filled->column_count; i++) {
        const struct roster_column *column = &filled->columns[i];
        if (!code_equal(column->item, filling->catalogue->items[item].code))
            continue;
        struct value value = { column->mantissas ? column->mantissas[row] : 0,
                               column->statuses[row] };
        const char *text = column->texts && column->texts[row] ? column->texts[row] : "";
        if (value_status_has_figure(value.status))
            *worst = (uint8_t)value_status_worst(*worst, value.status);
        write_value(filling, item, value, text);
        return;
    }
    csv_write_text(&filling->writer, "");
}

static void write_roster(struct filling *filling)
{
    struct csv_writer *writer = &filling->writer;
    const struct form *form = filling->form;
    write_heading(filling, form->key_item);
    for (size_t i = 0; i < form->item_count; i++)
        if (form->items[i] != form->key_item)
            write_heading(filling, form->items[i]);
    if (filling->marked)
        csv_write_text(writer, MESSAGE_ENTRY_COLUMN_MARK);
    csv_end_row(writer);
    for (size_t row = 0; row < filling->filled->row_count; row++) {
        uint8_t worst = VALUE_PRESENT;
        csv_write_text(writer, filling->filled->row_keys[row]);
        for (size_t i = 0; i < form->item_count; i++)
            if (form->items[i] != form->key_item)
                write_row_cell(filling, form->items[i], row, &worst);
        write_mark(filling, worst);
        csv_end_row(writer);
    }
}

void template_write(const struct catalogue *catalogue, size_t form, const struct submission *filled,
                    struct text_builder *out)
{
    static const struct submission nothing;
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct filling filling = {
        .catalogue = catalogue,
        .form = &catalogue->forms[form],
        .filled = filled ? filled : &nothing,
        .writer = csv_writer_begin(out, true, true),
        .arena = arena,
    };
    filling.marked = has_marks(filling.filled);
    if (filling.form->roster)
        write_roster(&filling);
    else
        write_table(&filling);
}

const char *template_name(const struct catalogue *catalogue, size_t form, struct period period,
                          char buffer[TEMPLATE_NAME_SIZE])
{
    char code[CODE_TEXT_SIZE], text[PERIOD_TEXT_SIZE];
    snprintf(buffer, TEMPLATE_NAME_SIZE, "%s-%s.csv", code_text(catalogue->forms[form].code, code),
             period_text(period, text));
    return buffer;
}

void template_write_hints(const struct catalogue *catalogue, size_t form, struct text_builder *out)
{
    struct csv_writer writer = csv_writer_begin(out, true, true);
    const struct form *its = &catalogue->forms[form];
    csv_write_text(&writer, MESSAGE_ENTRY_COLUMN_NAME);
    csv_write_text(&writer, MESSAGE_ENTRY_COLUMN_CODE);
    csv_write_text(&writer, MESSAGE_ENTRY_COLUMN_MEANING);
    csv_end_row(&writer);
    for (size_t i = 0; i < its->item_count; i++) {
        const struct item *item = &catalogue->items[its->items[i]];
        if (item->type != ITEM_CODE)
            continue;
        const struct code_list *list = &catalogue->lists[item->list];
        for (size_t j = 0; j < list->count; j++) {
            char code[CODE_TEXT_SIZE];
            csv_write_text(&writer, words_say(&item->name));
            csv_write_text(&writer, code_text(list->values[j].code, code));
            csv_write_text(&writer, words_say(&list->values[j].words));
            csv_end_row(&writer);
        }
    }
}
