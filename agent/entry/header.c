#include "agent/entry/header.h"

#include <string.h>
#include <strings.h>

#include "agent/entry/notes.h"
#include "common/base/arena.h"
#include "common/base/messages.h"
#include "common/base/text.h"
#include "common/format/figure.h"

/* clang-format off */
static const struct {
    enum column_role role;
    const char *name;
} synonyms[] = {
    { COLUMN_CODE, "代码" },     { COLUMN_CODE, "指标代码" },  { COLUMN_CODE, "编码" },
    { COLUMN_CODE, "指标编码" }, { COLUMN_CODE, "code" },      { COLUMN_CODE, "item" },
    { COLUMN_NAME, "指标" },     { COLUMN_NAME, "指标名称" },  { COLUMN_NAME, "项目" },
    { COLUMN_NAME, "项目名称" }, { COLUMN_NAME, "名称" },      { COLUMN_NAME, "统计指标" },
    { COLUMN_NAME, "indicator" },{ COLUMN_NAME, "name" },
    { COLUMN_UNIT, "单位" },     { COLUMN_UNIT, "计量单位" },  { COLUMN_UNIT, "unit" },
    { COLUMN_VALUE, "数值" },    { COLUMN_VALUE, "本期" },     { COLUMN_VALUE, "本期数" },
    { COLUMN_VALUE, "本年累计" },{ COLUMN_VALUE, "本期累计" }, { COLUMN_VALUE, "填报值" },
    { COLUMN_VALUE, "value" },   { COLUMN_VALUE, "figure" },
    { COLUMN_NOTE, "说明" },     { COLUMN_NOTE, "备注" },      { COLUMN_NOTE, "指标说明" },
    { COLUMN_NOTE, "指标解释" }, { COLUMN_NOTE, "note" },      { COLUMN_NOTE, "remark" },
    { COLUMN_NOTE, "definition" },
    { COLUMN_MARK, "标记" },     { COLUMN_MARK, "mark" },
    { COLUMN_SKIPPED, "序号" },  { COLUMN_SKIPPED, "no" },     { COLUMN_SKIPPED, "no." },
};

static const struct {
    const char *open;
    const char *close;
} brackets[] = { { "(", ")" }, { "[", "]" }, { "［", "］" }, { "【", "】" } };
/* clang-format on */

bool row_is_blank(const struct csv_row *row)
{
    for (size_t i = 0; i < row->cell_count; i++) {
        char text[FIGURE_TEXT_SIZE];
        unsigned foldings;
        if (!figure_fold(row->cells[i], text, &foldings) || *text)
            return false;
    }
    return true;
}

struct bytes row_cell(const struct csv_row *row, size_t column)
{
    return column < row->cell_count ? row->cells[column] : bytes_of_text("");
}

static bool names_item(const struct words *name, const char *folded)
{
    const char *const languages[] = { name->chinese, name->english };
    for (size_t i = 0; i < COUNT_OF(languages); i++) {
        char text[FIGURE_TEXT_SIZE];
        unsigned foldings;
        if (figure_fold(bytes_of_text(languages[i]), text, &foldings) && *text &&
            strcmp(text, folded) == 0)
            return true;
    }
    return false;
}

size_t header_item_by_name(const struct catalogue *catalogue, const struct form *form,
                           const char *folded)
{
    if (form->roster && names_item(&catalogue->items[form->key_item].name, folded))
        return form->key_item;
    for (size_t i = 0; i < form->item_count; i++)
        if (names_item(&catalogue->items[form->items[i]].name, folded))
            return form->items[i];
    return CATALOGUE_NONE;
}

static bool belongs(const struct form *form, size_t item)
{
    return item != CATALOGUE_NONE && (form_position(form, item) != CATALOGUE_NONE ||
                                      (form->roster && item == form->key_item));
}

/* "IB06 规模以上工业营业收入", "IB06" or the name alone. */
static size_t item_of_heading(const struct catalogue *catalogue, const struct form *form,
                              const char *folded)
{
    struct code code;
    size_t size = strcspn(folded, " \t\r\n");
    if (code_parse(folded, size, &code)) {
        size_t item = catalogue_item(catalogue, code);
        const char *rest = folded + size + strspn(folded + size, " \t\r\n");
        if (belongs(form, item) && (!*rest || names_item(&catalogue->items[item].name, rest)))
            return item;
    }
    return header_item_by_name(catalogue, form, folded);
}

/* Cuts "（万元）" off the end; false when there is none. */
static bool split_unit(char *folded, struct arena *arena, const char **out_unit)
{
    size_t size = strlen(folded);
    for (size_t i = 0; i < COUNT_OF(brackets); i++) {
        size_t close = strlen(brackets[i].close);
        if (size <= close || strcmp(folded + size - close, brackets[i].close) != 0)
            continue;
        char *open = NULL;
        for (char *at = strstr(folded, brackets[i].open); at; at = strstr(at + 1, brackets[i].open))
            open = at;
        if (!open || open == folded)
            continue;
        folded[size - close] = '\0';
        *out_unit = arena_copy_text(arena, open + strlen(brackets[i].open));
        while (open > folded && open[-1] == ' ')
            open--;
        *open = '\0';
        return true;
    }
    return false;
}

static enum column_role role_of(const char *folded)
{
    for (size_t i = 0; i < COUNT_OF(synonyms); i++)
        if (strcasecmp(synonyms[i].name, folded) == 0)
            return synonyms[i].role;
    return COLUMN_UNKNOWN;
}

static bool recognise(const struct catalogue *catalogue, const struct form *form,
                      const char *folded, struct column *column)
{
    if (form && form->roster) {
        column->item = item_of_heading(catalogue, form, folded);
        if (column->item != CATALOGUE_NONE)
            column->role = COLUMN_ITEM;
    }
    if (column->role == COLUMN_UNKNOWN)
        column->role = role_of(folded);
    bool odd = form && form->roster && column->role != COLUMN_ITEM && column->role != COLUMN_MARK &&
               column->role != COLUMN_SKIPPED;
    if (odd)
        column->role = COLUMN_UNKNOWN;
    return column->role != COLUMN_UNKNOWN;
}

static struct column read_column(const struct catalogue *catalogue, const struct form *form,
                                 struct bytes cell, struct arena *arena)
{
    struct column column = { .role = COLUMN_UNKNOWN, .item = CATALOGUE_NONE, .unit = "" };
    char folded[FIGURE_TEXT_SIZE];
    unsigned foldings;
    column.text = notes_excerpt(arena, cell);
    if (!figure_fold(cell, folded, &foldings))
        return column;
    if (!*folded) {
        column.role = COLUMN_EMPTY;
        return column;
    }
    if (recognise(catalogue, form, folded, &column))
        return column;
    const char *unit;
    if (split_unit(folded, arena, &unit) && recognise(catalogue, form, folded, &column))
        column.unit = unit;
    return column;
}

static void read_columns(const struct catalogue *catalogue, const struct form *form,
                         const struct csv_row *row, struct arena *arena, struct header *out)
{
    out->row = row->number;
    out->count = row->cell_count;
    for (size_t i = 0; i < row->cell_count; i++)
        out->columns[i] = read_column(catalogue, form, row->cells[i], arena);
}

size_t header_find(const struct header *header, enum column_role role, size_t item)
{
    for (size_t i = 0; i < header->count; i++)
        if (header->columns[i].role == role &&
            (role != COLUMN_ITEM || header->columns[i].item == item))
            return i;
    return CATALOGUE_NONE;
}

static bool is_complete(const struct header *header, const struct form *form)
{
    if (form && form->roster)
        return header_find(header, COLUMN_ITEM, form->key_item) != CATALOGUE_NONE;
    return header_find(header, COLUMN_VALUE, 0) != CATALOGUE_NONE &&
           (header_find(header, COLUMN_CODE, 0) != CATALOGUE_NONE ||
            header_find(header, COLUMN_NAME, 0) != CATALOGUE_NONE);
}

bool header_is_known(const struct catalogue *catalogue, const struct form *form, struct bytes text,
                     struct arena *arena)
{
    struct csv_row row;
    struct header *header = arena_take(arena, 1, sizeof *header);
    struct csv_reader *reader = arena_take(arena, 1, sizeof *reader);
    csv_open(reader, text, csv_detect_delimiter(text));
    bool known = false;
    while (csv_next(reader, &row) == CSV_ROW) {
        if (row_is_blank(&row))
            continue;
        read_columns(catalogue, form, &row, arena, header);
        known = is_complete(header, form);
        break;
    }
    csv_close(reader);
    return known;
}

/* The same role or item twice: nobody could say which one counts. */
static void check_twice(struct staging *staging, const struct header *header, size_t at)
{
    const struct column *column = &header->columns[at];
    if (column->role <= COLUMN_SKIPPED || column->role == COLUMN_NOTE)
        return;
    size_t first = header_find(header, column->role, column->item);
    char name[CSV_ADDRESS_SIZE];
    if (first != at)
        notes_add(&staging->import->problems, header->row, at + 1, MESSAGE_ENTRY_COLUMN_TWICE,
                  column->text, csv_column_name(first + 1, name));
}

static void check_columns(struct staging *staging, const struct header *header)
{
    for (size_t i = 0; i < header->count; i++) {
        const struct column *column = &header->columns[i];
        check_twice(staging, header, i);
        if (column->role != COLUMN_UNKNOWN)
            continue;
        if (staging->form->roster)
            notes_add(&staging->import->problems, header->row, i + 1, MESSAGE_ENTRY_COLUMN_UNKNOWN,
                      column->text);
        else
            notes_add(&staging->import->notices, header->row, i + 1, MESSAGE_ENTRY_COLUMN_SKIPPED,
                      column->text);
    }
}

void header_read(struct staging *staging, const struct csv_row *row, struct header *out)
{
    read_columns(staging->catalogue, staging->form, row, staging->arena, out);
    if (!is_complete(out, staging->form) && staging->form->roster)
        notes_add(&staging->import->problems, row->number, 0, MESSAGE_ENTRY_NO_KEY_COLUMN,
                  words_say(&staging->catalogue->items[staging->form->key_item].name));
    else if (!is_complete(out, staging->form))
        notes_add(&staging->import->problems, row->number, 0, "%s", MESSAGE_ENTRY_NO_HEADER);
    check_columns(staging, out);
}

void row_check_width(struct staging *staging, const struct header *header,
                     const struct csv_row *row)
{
    for (size_t i = 0; i < row->cell_count; i++) {
        if (i < header->count && header->columns[i].role != COLUMN_EMPTY)
            continue;
        struct csv_row rest = { row->number, row->cells + i, 1 };
        if (row_is_blank(&rest))
            continue;
        notes_add(&staging->import->problems, row->number, i + 1, MESSAGE_ENTRY_CELL_TOO_MANY,
                  notes_excerpt(staging->arena, row->cells[i]));
        return;
    }
}
