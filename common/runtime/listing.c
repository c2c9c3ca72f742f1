#include "common/runtime/listing.h"

#include <assert.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>

#include "common/base/arena.h"
#include "common/base/memory.h"
#include "common/base/text.h"

#define CELL_SIZE_MAX 4096
#define GAP 2

struct listing_cell {
    const char *text;
    size_t width;
    bool right;
};

struct listing {
    struct arena *arena;
    size_t column_count;
    struct listing_cell *cells;
    size_t count;
    size_t capacity;
    size_t widths[LISTING_COLUMNS_MAX];
};

struct listing *listing_create(size_t column_count)
{
    assert(column_count > 0 && column_count <= LISTING_COLUMNS_MAX);
    struct listing *listing = memory_zeroed(1, sizeof *listing);
    listing->arena = arena_create();
    listing->column_count = column_count;
    return listing;
}

void listing_destroy(struct listing **listing)
{
    if (!*listing)
        return;
    arena_destroy(&(*listing)->arena);
    free((*listing)->cells);
    free(*listing);
    *listing = NULL;
}

static void add_cell(struct listing *listing, const char *text, bool right)
{
    const char *copy = arena_copy_text(listing->arena, text ? text : "");
    size_t width = text_width(copy), column = listing->count % listing->column_count;
    listing->cells = memory_grown(listing->cells, &listing->capacity, listing->count + 1,
                                  sizeof *listing->cells);
    listing->cells[listing->count++] = (struct listing_cell){ copy, width, right };
    if (width > listing->widths[column])
        listing->widths[column] = width;
}

void listing_text(struct listing *listing, const char *text)
{
    add_cell(listing, text, false);
}

void listing_number(struct listing *listing, const char *text)
{
    add_cell(listing, text, true);
}

void listing_format(struct listing *listing, const char *format, ...)
{
    char text[CELL_SIZE_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    add_cell(listing, text, false);
}

size_t listing_row_count(const struct listing *listing)
{
    size_t rows = (listing->count + listing->column_count - 1) / listing->column_count;
    return rows > 0 ? rows - 1 : 0;
}

static void print_spaces(FILE *output, size_t count)
{
    fprintf(output, "%*s", (int)count, "");
}

/* Nothing is padded behind the last cell of a row. */
static void print_cell(const struct listing *listing, size_t index, FILE *output)
{
    const struct listing_cell *cell = &listing->cells[index];
    size_t column = index % listing->column_count;
    size_t rest = listing->widths[column] - cell->width;
    bool last = column + 1 == listing->column_count || index + 1 == listing->count;

    if (column > 0)
        print_spaces(output, GAP);
    if (cell->right)
        print_spaces(output, rest);
    fputs(cell->text, output);
    if (!cell->right && !last)
        print_spaces(output, rest);
    if (last)
        fputc('\n', output);
}

void listing_print(const struct listing *listing, FILE *output)
{
    if (listing_row_count(listing) == 0)
        return;
    for (size_t i = 0; i < listing->count; i++)
        print_cell(listing, i, output);
}
