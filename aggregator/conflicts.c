#include "aggregator/conflicts.h"

#include <string.h>

#include "common/base/arena.h"
#include "common/base/memory.h"
#include "common/base/messages.h"
#include "common/base/text.h"
#include "common/catalogue/catalogue.h"
#include "common/cube/figure.h"
#include "common/model/day.h"

struct gathering {
    struct conflict *items;
    size_t count, capacity;
};

static bool same(const struct saying *left, const struct saying *right)
{
    if (!left->there || !right->there)
        return left->there == right->there;
    return left->value.mantissa == right->value.mantissa &&
           left->value.status == right->value.status &&
           text_equal(left->text ? left->text : "", right->text ? right->text : "");
}

static void add(struct gathering *all, const char *row_key, struct code item, struct saying left,
                struct saying right)
{
    if (same(&left, &right))
        return;
    all->items = memory_grown(all->items, &all->capacity, all->count + 1, sizeof *all->items);
    all->items[all->count++] = (struct conflict){ row_key, item, left, right };
}

/* Both are ascending: -1, 0 or 1 tells whose is next. A side that is at its end comes last. */
static int order_of(bool left, bool right, int order)
{
    if (left && right)
        return order;
    return left ? -1 : 1;
}

static int order_of_codes(struct code left, struct code right)
{
    return (left.packed > right.packed) - (left.packed < right.packed);
}

static void compare_cells(struct gathering *all, const struct submission *left,
                          const struct submission *right)
{
    for (size_t i = 0, k = 0; i < left->cell_count || k < right->cell_count;) {
        const struct cell *one = &left->cells[i], *other = &right->cells[k];
        bool here = i < left->cell_count, there = k < right->cell_count;
        int order =
            order_of(here, there, here && there ? order_of_codes(one->item, other->item) : 0);
        struct saying says = { 0 }, contends = { 0 };
        if (order <= 0)
            says = (struct saying){ .there = true, .value = one->value };
        if (order >= 0)
            contends = (struct saying){ .there = true, .value = other->value };
        add(all, "", order <= 0 ? one->item : other->item, says, contends);
        i += order <= 0;
        k += order >= 0;
    }
}

/* A row of one side; the row is SIZE_MAX when that side has none of the key. */
struct row {
    const struct submission *submission;
    size_t at;
};

static struct saying saying_of(struct row row, const struct roster_column *column)
{
    if (!column || row.at == SIZE_MAX)
        return (struct saying){ 0 };
    return (struct saying){ .there = true,
                            .value = { column->mantissas[row.at], column->statuses[row.at] },
                            .text = column->texts ? column->texts[row.at] : NULL };
}

static void compare_row(struct gathering *all, const char *key, struct row left, struct row right)
{
    size_t lefts = left.submission->column_count, rights = right.submission->column_count;
    struct saying one_row = { .there = left.at != SIZE_MAX };
    struct saying other_row = { .there = right.at != SIZE_MAX };
    add(all, key, (struct code){ 0 }, one_row, other_row);
    for (size_t i = 0, k = 0; i < lefts || k < rights;) {
        const struct roster_column *one = i < lefts ? &left.submission->columns[i] : NULL;
        const struct roster_column *other = k < rights ? &right.submission->columns[k] : NULL;
        int order = order_of(one, other, one && other ? order_of_codes(one->item, other->item) : 0);
        add(all, key, order <= 0 ? one->item : other->item,
            saying_of(left, order <= 0 ? one : NULL), saying_of(right, order >= 0 ? other : NULL));
        i += order <= 0;
        k += order >= 0;
    }
}

static void compare_rows(struct gathering *all, const struct submission *left,
                         const struct submission *right)
{
    for (size_t i = 0, k = 0; i < left->row_count || k < right->row_count;) {
        bool here = i < left->row_count, there = k < right->row_count;
        int order = order_of(here, there,
                             here && there ? strcmp(left->row_keys[i], right->row_keys[k]) : 0);
        compare_row(all, order <= 0 ? left->row_keys[i] : right->row_keys[k],
                    (struct row){ left, order <= 0 ? i : SIZE_MAX },
                    (struct row){ right, order >= 0 ? k : SIZE_MAX });
        i += order <= 0;
        k += order >= 0;
    }
}

struct conflicts conflicts_between(const struct submission *left, const struct submission *right,
                                   struct arena *arena)
{
    struct gathering all = { 0 };
    compare_cells(&all, left, right);
    compare_rows(&all, left, right);
    struct bytes found = { all.items, all.count * sizeof *all.items };
    struct conflicts conflicts = { arena_copy_bytes(arena, found).data, all.count };
    memory_free(&all.items);
    return conflicts;
}

static const char *value_text(const struct item *item, const struct saying *saying,
                              struct arena *arena)
{
    char buffer[DAY_TEXT_SIZE > CODE_TEXT_SIZE ? DAY_TEXT_SIZE : CODE_TEXT_SIZE];
    int64_t mantissa = saying->value.mantissa;
    switch (item->type) {
    case ITEM_QUANTITY:
        return figure_text(number_of_decimal(mantissa, item->decimals), item->decimals,
                           item->unit_text, arena);
    case ITEM_CODE:
        return arena_copy_text(arena, code_text((struct code){ (uint64_t)mantissa }, buffer));
    case ITEM_DATE:
        return arena_copy_text(arena, day_text(mantissa, buffer));
    case ITEM_FLAG:
        return mantissa ? WORD_YES : WORD_NO;
    case ITEM_TEXT:
        return saying->text ? saying->text : "";
    }
    return "";
}

const char *saying_text(const struct saying *saying, const struct catalogue *catalogue,
                        struct code item, struct arena *arena)
{
    size_t number = catalogue_item(catalogue, item);
    enum value_status status = (enum value_status)saying->value.status;
    if (!saying->there)
        return "";
    if (!code_is_valid(item) || number == CATALOGUE_NONE)
        return MESSAGE_CONFLICT_ROW_THERE;
    if (!value_status_has_figure(status))
        return value_status_words(status);
    const char *text = value_text(&catalogue->items[number], saying, arena);
    return status == VALUE_PRESENT
               ? text
               : arena_format(arena, MESSAGE_IN_BRACKETS, text, value_status_words(status));
}
