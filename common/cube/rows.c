#include "common/cube/frame.h"

#include <assert.h>
#include <stdlib.h>

#include "common/base/decimal.h"
#include "common/base/memory.h"
#include "common/cube/reading.h"

/* The figures of the rows that count. */
struct selection {
    int64_t *mantissas;
    size_t count;
    struct result state; /* joined over the rows */
};

static void select_row(struct selection *selection, const struct expression *rows,
                       const struct frame *row)
{
    struct verdict chosen = { .truth = TRUTH_TRUE };
    if (rows->left)
        chosen = frame_truth(rows->left, row);
    if (chosen.truth == TRUTH_FALSE)
        return;
    if (chosen.truth == TRUTH_UNKNOWN)
        selection->state = result_joined(selection->state, chosen.operands);
    struct value value = { 0, VALUE_PRESENT };
    if (rows->operation != OPERATION_ROWS_COUNT)
        value = roster_cell(row->roster, row->row, rows->item, NULL);
    selection->state = result_joined(selection->state, result_of_cell(value));
    selection->mantissas[selection->count++] = value.mantissa;
}

static int descending(const void *left, const void *right)
{
    int64_t one = *(const int64_t *)left, other = *(const int64_t *)right;
    return (one < other) - (one > other);
}

static int128 sum_of(const struct selection *selection, int top)
{
    size_t count = selection->count;
    if (top > 0 && (size_t)top < count) {
        qsort(selection->mantissas, count, sizeof *selection->mantissas, descending);
        count = (size_t)top;
    }
    int128 sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += selection->mantissas[i];
    return sum;
}

static int128 extreme_of(const struct selection *selection, bool largest)
{
    int64_t extreme = selection->mantissas[0];
    for (size_t i = 1; i < selection->count; i++) {
        int64_t mantissa = selection->mantissas[i];
        if (largest ? mantissa > extreme : mantissa < extreme)
            extreme = mantissa;
    }
    return extreme;
}

static struct result result_of(const struct selection *selection, const struct expression *rows,
                               int decimals)
{
    struct result result = selection->state;
    if (result.absence != ABSENCE_NONE)
        return result;
    result.number = (struct number){ 0, decimal_power(decimals) };
    if (rows->operation == OPERATION_ROWS_COUNT)
        result.number = number_of((int64_t)selection->count);
    else if (rows->operation == OPERATION_ROWS_SUM)
        result.number.numerator = sum_of(selection, rows->top);
    else if (selection->count == 0)
        return result_absent(ABSENCE_NOT_APPLICABLE); /* the largest of nothing */
    else
        result.number.numerator = extreme_of(selection, rows->operation == OPERATION_ROWS_LARGEST);
    return result;
}

static enum absence unreported(const struct form *form, struct period period)
{
    bool exempt = period.frequency == form->frequency && !form_reports(form, period);
    return exempt ? ABSENCE_NO_PERIOD : ABSENCE_NOT_REPORTED;
}

static struct result computed(const struct expression *expression, const struct frame *frame,
                              struct period period)
{
    const struct catalogue *catalogue = cube_catalogue(frame->cube);
    struct roster roster;
    if (!cube_roster(frame->cube, frame->zone, expression->form, period, &roster))
        return result_absent(unreported(&catalogue->forms[expression->form], period));

    CLEANUP(memory_free)
    int64_t *mantissas = memory_zeroed(roster.row_count, sizeof *mantissas);
    struct selection selection = { .mantissas = mantissas };
    struct frame inside = { .cube = frame->cube,
                            .zone = frame->zone,
                            .period = period,
                            .roster = &roster,
                            .outer = frame,
                            .memory = frame->memory };
    for (inside.row = 0; inside.row < roster.row_count; inside.row++)
        select_row(&selection, expression, &inside);
    bool counted = expression->operation == OPERATION_ROWS_COUNT;
    return result_of(&selection, expression,
                     counted ? 0 : catalogue->items[expression->item].decimals);
}

/* Whether the expression reads a row other than one of `form`. */
static bool reads_outer_row(const struct catalogue *catalogue, const struct expression *expression,
                            size_t form)
{
    if (!expression)
        return false;
    if (expression->operation == OPERATION_COLUMN && expression->form != form)
        return true;
    if (expression->operation == OPERATION_INDICATOR &&
        catalogue->indicators[expression->indicator].roster != CATALOGUE_NONE &&
        catalogue->indicators[expression->indicator].roster != form)
        return true;
    return reads_outer_row(catalogue, expression->left, form) ||
           reads_outer_row(catalogue, expression->right, form) ||
           reads_outer_row(catalogue, expression->third, form);
}

void rows_memory_begin(struct rows_memory *memory)
{
    memory->count = 0;
}

struct result frame_rows(const struct expression *expression, const struct frame *frame)
{
    struct period period;
    if (!reading_shift(&expression->shift, frame->period, &period))
        return result_absent(ABSENCE_NO_PERIOD);
    struct rows_memory *memory = frame->memory;
    if (!memory)
        return computed(expression, frame, period);

    for (size_t i = 0; i < memory->count; i++)
        if (memory->entries[i].expression == expression &&
            period_equal(memory->entries[i].period, period))
            return memory->entries[i].depends ? computed(expression, frame, period)
                                              : memory->entries[i].result;
    struct result result = computed(expression, frame, period);
    if (memory->count < ROWS_MEMORY_MAX) {
        bool depends =
            reads_outer_row(cube_catalogue(frame->cube), expression->left, expression->form);
        memory->entries[memory->count].expression = expression;
        memory->entries[memory->count].period = period;
        memory->entries[memory->count].depends = depends;
        memory->entries[memory->count++].result = result;
    }
    return result;
}

struct result frame_row(const struct frame *frame, size_t form, const struct shift *shift,
                        struct roster *out_roster, size_t *out_row)
{
    while (frame && (!frame->roster || frame->roster->form != form))
        frame = frame->outer;
    if (!frame)
        return result_absent(ABSENCE_NOT_ADDITIVE);
    *out_roster = *frame->roster;
    *out_row = frame->row;
    if (shift->years == 0 && shift->steps == 0 && shift->part_number == 0)
        return (struct result){ .number = number_of(0) };

    const struct form *described = &cube_catalogue(frame->cube)->forms[form];
    struct period period;
    if (!reading_shift(shift, frame->period, &period))
        return result_absent(ABSENCE_NO_PERIOD);
    if (!cube_roster(frame->cube, frame->zone, form, period, out_roster))
        return result_absent(unreported(described, period));
    *out_row = roster_row(out_roster, frame->roster->keys[frame->row]);
    if (*out_row == CATALOGUE_NONE)
        return result_absent(ABSENCE_NOT_REPORTED);
    return (struct result){ .number = number_of(0) };
}
