#include "agent/entry/notes.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/messages.h"
#include "common/base/text.h"
#include "common/format/csv.h"

#define FIRST_CAPACITY 16
#define EXCERPT_SIZE 60

struct import_notes notes_in(struct arena *arena)
{
    return (struct import_notes){ .arena = arena };
}

static struct import_note *next_note(struct import_notes *notes)
{
    if (notes->count == notes->capacity) {
        size_t capacity = notes->capacity ? notes->capacity * 2 : FIRST_CAPACITY;
        struct import_note *items = arena_take(notes->arena, capacity, sizeof *items);
        if (notes->count > 0)
            memcpy(items, notes->items, notes->count * sizeof *items);
        notes->items = items;
        notes->capacity = capacity;
    }
    return &notes->items[notes->count++];
}

static const char *with_place(struct arena *arena, size_t row, size_t column, const char *text)
{
    char name[CSV_ADDRESS_SIZE], address[CSV_ADDRESS_SIZE];
    if (row == 0)
        return text;
    if (column == 0)
        return arena_format(arena, MESSAGE_ENTRY_AT_ROW, row, text);
    return arena_format(arena, MESSAGE_ENTRY_AT_CELL, row, csv_column_name(column, name),
                        csv_address(row, column, address), text);
}

/* On one line, without hidden characters, and no longer than `size_max`. */
static const char *cleaned(struct arena *arena, struct bytes source, size_t size_max)
{
    CLEANUP(text_builder_free) struct text_builder target = { 0 };
    const char *text = source.data;
    text_builder_add(&target, "");
    for (size_t position = 0; position < source.size;) {
        size_t start = position;
        (void)text_next(source, &position);
        if (target.size + (position - start) > size_max) {
            text_builder_add(&target, "…");
            break;
        }
        struct bytes character = { text + start, position - start };
        bool blank = character.size == 1 && strchr("\t\r\n", text[start]);
        if (text_is_clean(character, false))
            text_builder_add_bytes(&target, character);
        else
            text_builder_add(&target, blank ? " " : "□");
    }
    return arena_copy_text(arena, target.text);
}

void notes_add(struct import_notes *notes, size_t row, size_t column, const char *format, ...)
{
    if (notes->count == IMPORT_NOTES_MAX) {
        notes->omitted++;
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    assert(length >= 0);

    char *written = arena_take(notes->arena, (size_t)length + 1, 1);
    va_start(arguments, format);
    vsnprintf(written, (size_t)length + 1, format, arguments);
    va_end(arguments);
    const char *text = cleaned(notes->arena, bytes_of_text(written), SIZE_MAX);
    *next_note(notes) =
        (struct import_note){ row, column, with_place(notes->arena, row, column, text) };
}

static bool stands_before(const struct import_note *left, const struct import_note *right)
{
    if (left->row != right->row)
        return left->row < right->row;
    return left->column < right->column;
}

void notes_settle(struct import_notes *notes)
{
    for (size_t i = 1; i < notes->count; i++) {
        struct import_note note = notes->items[i];
        size_t at = i;
        for (; at > 0 && stands_before(&note, &notes->items[at - 1]); at--)
            notes->items[at] = notes->items[at - 1];
        notes->items[at] = note;
    }
}

const char *notes_excerpt(struct arena *arena, struct bytes cell)
{
    return cleaned(arena, cell, EXCERPT_SIZE);
}
