#include "common/cube/carrying.h"

#include <string.h>

#include "common/base/arena.h"
#include "common/base/number.h"
#include "common/base/seeded_bug.h"

/* One item on both sides. */
struct passage {
    const struct catalogue *from, *to;
    const struct item *source, *target;
};

static int exponent_of(const struct catalogue *catalogue, const struct quantity *quantity,
                       const char *dimension)
{
    for (size_t i = 0; i < catalogue->dimension_count; i++)
        if (strcmp(catalogue->dimensions[i], dimension) == 0)
            return quantity->exponents[i];
    return 0;
}

/* Whatever dimension one side's quantity has, the other's has too. */
static bool dimensions_match(const struct catalogue *left, const struct quantity *one,
                             const struct catalogue *right, const struct quantity *other)
{
    for (size_t i = 0; i < left->dimension_count; i++)
        if (one->exponents[i] != exponent_of(right, other, left->dimensions[i]))
            return false;
    return true;
}

static bool quantities_match(const struct passage *passage)
{
    const struct quantity *one = &passage->source->quantity, *other = &passage->target->quantity;
    return one->kind == other->kind && one->price == other->price && one->basis == other->basis &&
           one->points == other->points &&
           dimensions_match(passage->from, one, passage->to, other) &&
           dimensions_match(passage->to, other, passage->from, one);
}

/* The item on both sides, and it means the same; false when `to` has no place for it. */
static bool passage_of(const struct catalogue *from, const struct catalogue *to,
                       const struct form *form, struct code code, struct passage *out)
{
    size_t source = catalogue_item(from, code), target = catalogue_item(to, code);
    if (source == CATALOGUE_NONE || target == CATALOGUE_NONE ||
        form_position(form, target) == CATALOGUE_NONE || (form->roster && target == form->key_item))
        return false;
    *out = (struct passage){ from, to, &from->items[source], &to->items[target] };
    return out->source->type == out->target->type &&
           (out->source->type != ITEM_QUANTITY || quantities_match(out));
}

static bool rescale(const struct passage *passage, int64_t mantissa, int64_t *out)
{
    const struct item *source = passage->source, *target = passage->target;
    int shift = source->quantity.power - source->decimals - target->quantity.power;
    struct number number, back;
    return number_shift(number_of(mantissa), shift, &number) &&
           number_round(number, target->decimals, ROUNDING_HALF_EVEN, out) &&
           number_shift(number_of(*out), -target->decimals, &back) &&
           (number_compare(number, back) == 0 || seeded_bug(BUG_ROUND_A_CARRIED_FIGURE));
}

static bool carry_value(const struct passage *passage, int64_t mantissa, uint8_t status,
                        int64_t *out)
{
    struct code code = { (uint64_t)mantissa };
    *out = mantissa;
    if (!value_status_has_figure(status))
        return true;
    if (passage->target->type == ITEM_QUANTITY)
        return rescale(passage, mantissa, out);
    return passage->target->type != ITEM_CODE ||
           code_list_ordinal(&passage->to->lists[passage->target->list], code) >= 0;
}

static void carry_cells(const struct submission *submission, const struct catalogue *from,
                        const struct catalogue *to, const struct form *form, struct arena *arena,
                        struct submission *out)
{
    struct cell *cells = arena_take(arena, submission->cell_count, sizeof *cells);
    out->cells = cells;
    out->cell_count = 0;
    for (size_t i = 0; i < submission->cell_count; i++) {
        struct cell cell = submission->cells[i];
        struct passage passage;
        if (passage_of(from, to, form, cell.item, &passage) &&
            carry_value(&passage, cell.value.mantissa, cell.value.status, &cell.value.mantissa))
            cells[out->cell_count++] = cell;
    }
}

/* In a column one figure that cannot be carried is missing: the others stand beside it. */
static void carry_column(const struct passage *passage, size_t row_count, struct arena *arena,
                         struct roster_column *column)
{
    if (!column->mantissas || !column->statuses)
        return;
    int64_t *mantissas = arena_take(arena, row_count, sizeof *mantissas);
    uint8_t *statuses = arena_take(arena, row_count, sizeof *statuses);
    for (size_t row = 0; row < row_count; row++) {
        bool carried =
            carry_value(passage, column->mantissas[row], column->statuses[row], &mantissas[row]);
        statuses[row] = carried ? column->statuses[row] : VALUE_MISSING;
        mantissas[row] = carried ? mantissas[row] : 0;
    }
    column->mantissas = mantissas;
    column->statuses = statuses;
}

static void carry_columns(const struct submission *submission, const struct catalogue *from,
                          const struct catalogue *to, const struct form *form, struct arena *arena,
                          struct submission *out)
{
    struct roster_column *columns = arena_take(arena, submission->column_count, sizeof *columns);
    out->columns = columns;
    out->column_count = 0;
    for (size_t i = 0; i < submission->column_count; i++) {
        struct roster_column column = submission->columns[i];
        struct passage passage;
        if (!passage_of(from, to, form, column.item, &passage))
            continue;
        if (passage.target->type != ITEM_TEXT)
            carry_column(&passage, submission->row_count, arena, &column);
        columns[out->column_count++] = column;
    }
}

bool submission_carry(const struct submission *submission, const struct catalogue *from,
                      const struct catalogue *to, struct arena *arena, struct submission *out)
{
    *out = *submission;
    size_t source = catalogue_form(from, submission->form);
    size_t target = catalogue_form(to, submission->form);
    if (source == CATALOGUE_NONE || target == CATALOGUE_NONE)
        return false;
    const struct form *before = &from->forms[source], *form = &to->forms[target];
    if (before->roster != form->roster || before->frequency != form->frequency)
        return false;
    if (digest_equal(&from->digest, &to->digest))
        return true;
    carry_cells(submission, from, to, form, arena, out);
    carry_columns(submission, from, to, form, arena, out);
    return true;
}
