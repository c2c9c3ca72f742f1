#ifndef COMMON_CUBE_READING_H
#define COMMON_CUBE_READING_H

/*
 * A shifted item is a signed sum of cells: IB06@period of 2021-M05 is M05 less M04. Every
 * way of evaluating (a zone, a group, a whole column) reads through it, so that none differs.
 *
 * A form says which periods are not reported alone (its exempt mask: January). The first
 * period after them carries them too: its own part is the cumulative itself, it has no previous
 * period, and it is no previous period to be compared with the next: M02 and M03 have no
 * month-on-month. A cumulative flow has no previous period across the turn of the year.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/cube/cube.h"
#include "common/cube/evaluate.h"

struct column;

#define READING_TERMS_MAX 12

struct reading {
    enum absence absence; /* already known from the calendar */
    size_t item;
    size_t base; /* item that is read first, a year later: the comparable base */
    size_t count;
    struct period periods[READING_TERMS_MAX];
    int8_t signs[READING_TERMS_MAX];
};

struct reading reading_of(const struct cube *cube, size_t item, const struct shift *shift,
                          struct period period);

/* The number of the terms together, in the item's unit. */
struct result reading_take(const struct cube *cube, const struct reading *reading, size_t zone);

/* The column in which most zones have the reading's one term, or NULL: the comparable base comes
 * first. A zone that has a figure there has it from reading_take() too; for all others ask that. */
const struct column *reading_column(const struct cube *cube, const struct reading *reading);

/* Where the shift leads, its basis aside; false outside the calendar. */
NODISCARD bool reading_shift(const struct shift *shift, struct period period, struct period *out);

/* Why a cell that is not reported is not: its period is exempt, or the form did not arrive. */
enum absence reading_unreported(const struct cube *cube, size_t item, struct period period);

#endif
