#include "agent/entry/difference.h"

#include <assert.h>
#include <string.h>

#include "agent/entry/wording.h"
#include "common/base/arena.h"
#include "common/base/messages.h"
#include "common/runtime/listing.h"

#define FIRST_CAPACITY 64
#define COLUMN_COUNT 5

static const struct words kinds[] = {
    [CHANGE_ADDED] = WORDS_ENTRY_ADDED,
    [CHANGE_CHANGED] = WORDS_ENTRY_CHANGED,
    [CHANGE_REMOVED] = WORDS_ENTRY_REMOVED,
};
static_assert(COUNT_OF(kinds) == CHANGE_KIND_COUNT, "one word for each kind");

struct comparison {
    const struct catalogue *catalogue;
    const struct form *form;
    struct arena *arena;
    struct change *changes;
    size_t capacity;
    struct difference result;
};

/* What stands in one place of one of the two submissions. */
struct content {
    bool there;
    struct value value;
    const char *text;
};

static void add_change(struct comparison *comparison, struct change change)
{
    struct difference *result = &comparison->result;
    if (result->count == comparison->capacity) {
        size_t capacity = comparison->capacity ? comparison->capacity * 2 : FIRST_CAPACITY;
        struct change *changes = arena_take(comparison->arena, capacity, sizeof *changes);
        if (result->count > 0)
            memcpy(changes, comparison->changes, result->count * sizeof *changes);
        comparison->changes = changes;
        comparison->capacity = capacity;
    }
    comparison->changes[result->count++] = change;
    result->counts[change.kind]++;
}

static const char *content_text(const struct comparison *comparison, size_t item,
                                const struct content *content)
{
    if (!content->there)
        return "";
    return wording_of_value(comparison->catalogue, item, content->value, content->text,
                            comparison->arena);
}

static void compare_contents(struct comparison *comparison, const char *row_key, size_t item,
                             const struct content *before, const struct content *after)
{
    if (!before->there && !after->there)
        return;
    bool same = before->there && after->there && before->value.status == after->value.status &&
                before->value.mantissa == after->value.mantissa &&
                strcmp(before->text, after->text) == 0;
    if (same) {
        comparison->result.unchanged++;
        return;
    }
    enum change_kind kind = CHANGE_CHANGED;
    if (!before->there)
        kind = CHANGE_ADDED;
    if (!after->there)
        kind = CHANGE_REMOVED;
    add_change(comparison,
               (struct change){ kind, row_key, item, content_text(comparison, item, before),
                                content_text(comparison, item, after) });
}

static struct content cell_content(const struct submission *submission, struct code item)
{
    size_t low = 0, high = submission->cell_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (submission->cells[middle].item.packed < item.packed)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == submission->cell_count || !code_equal(submission->cells[low].item, item))
        return (struct content){ .text = "" };
    return (struct content){ true, submission->cells[low].value, "" };
}

static struct content row_content(const struct submission *submission, size_t row, struct code item)
{
    for (size_t i = 0; i < submission->column_count; i++) {
        const struct roster_column *column = &submission->columns[i];
        if (!code_equal(column->item, item))
            continue;
        uint8_t status = column->statuses[row];
        bool figure = value_status_has_figure(status) && column->mantissas;
        const char *text = column->texts && column->texts[row] ? column->texts[row] : "";
        return (struct content){ true, { figure ? column->mantissas[row] : 0, status }, text };
    }
    return (struct content){ .text = "" };
}

static void compare_row(struct comparison *comparison, const struct submission *before,
                        size_t before_row, const struct submission *after, size_t after_row)
{
    for (size_t i = 0; i < comparison->form->item_count; i++) {
        size_t item = comparison->form->items[i];
        struct code code = comparison->catalogue->items[item].code;
        struct content old = row_content(before, before_row, code);
        struct content new = row_content(after, after_row, code);
        compare_contents(comparison, after->row_keys[after_row], item, &old, &new);
    }
}

static void compare_rows(struct comparison *comparison, const struct submission *before,
                         const struct submission *after)
{
    size_t i = 0, j = 0;
    while (i < before->row_count || j < after->row_count) {
        int order = i == before->row_count  ? 1
                    : j == after->row_count ? -1
                                            : strcmp(before->row_keys[i], after->row_keys[j]);
        if (order == 0)
            compare_row(comparison, before, i++, after, j++);
        else if (order < 0)
            add_change(comparison, (struct change){ CHANGE_REMOVED, before->row_keys[i++],
                                                    CATALOGUE_NONE, "", "" });
        else
            add_change(comparison, (struct change){ CHANGE_ADDED, after->row_keys[j++],
                                                    CATALOGUE_NONE, "", "" });
    }
}

static void compare_cells(struct comparison *comparison, const struct submission *before,
                          const struct submission *after)
{
    for (size_t i = 0; i < comparison->form->item_count; i++) {
        size_t item = comparison->form->items[i];
        struct code code = comparison->catalogue->items[item].code;
        struct content old = cell_content(before, code), new = cell_content(after, code);
        compare_contents(comparison, "", item, &old, &new);
    }
}

struct difference difference_of(const struct catalogue *catalogue, size_t form,
                                const struct submission *before, const struct submission *after,
                                struct arena *arena)
{
    static const struct submission nothing;
    struct comparison comparison = { .catalogue = catalogue,
                                     .form = &catalogue->forms[form],
                                     .arena = arena };
    if (!before)
        before = &nothing;
    if (comparison.form->roster)
        compare_rows(&comparison, before, after);
    else
        compare_cells(&comparison, before, after);
    comparison.result.changes = comparison.changes;
    return comparison.result;
}

static void list_change(struct listing *listing, const struct catalogue *catalogue,
                        const struct change *change)
{
    char code[CODE_TEXT_SIZE];
    listing_text(listing, words_say(&kinds[change->kind]));
    listing_text(listing, change->row_key);
    if (change->item == CATALOGUE_NONE) {
        listing_text(listing, MESSAGE_ENTRY_WHOLE_ROW);
        listing_text(listing, "");
        listing_text(listing, "");
        return;
    }
    const struct item *item = &catalogue->items[change->item];
    listing_format(listing, "%s %s", code_text(item->code, code), words_say(&item->name));
    listing_number(listing, change->before);
    listing_number(listing, change->after);
}

void difference_print(const struct difference *difference, const struct catalogue *catalogue,
                      size_t lines_max, FILE *output)
{
    CLEANUP(listing_destroy) struct listing *listing = listing_create(COLUMN_COUNT);
    size_t shown = difference->count < lines_max ? difference->count : lines_max;
    listing_text(listing, MESSAGE_ENTRY_HEADING_CHANGE);
    listing_text(listing, MESSAGE_ENTRY_HEADING_ROW);
    listing_text(listing, MESSAGE_ENTRY_HEADING_ITEM);
    listing_number(listing, MESSAGE_ENTRY_HEADING_BEFORE);
    listing_number(listing, MESSAGE_ENTRY_HEADING_AFTER);
    for (size_t i = 0; i < shown; i++)
        list_change(listing, catalogue, &difference->changes[i]);
    listing_print(listing, output);
    if (difference->count > shown) {
        fprintf(output, MESSAGE_ENTRY_MORE_CHANGES, difference->count - shown);
        fputc('\n', output);
    }
    fprintf(output, MESSAGE_ENTRY_COUNTS, difference->counts[CHANGE_ADDED],
            difference->counts[CHANGE_CHANGED], difference->counts[CHANGE_REMOVED],
            difference->unchanged);
    fputc('\n', output);
}
