#ifndef COMMON_CUBE_FIGURE_H
#define COMMON_CUBE_FIGURE_H

/* Every number a person reads is written here: "1,234.50 万元". */

#include "common/base/number.h"
#include "common/catalogue/catalogue.h"

struct arena;

/* Rounded half up; thousands apart; the unit behind a space. Lives in the arena. */
const char *figure_text(struct number number, int decimals, const char *unit, struct arena *arena);

/* The fewest decimals that show the number exactly, `most` when even they do not. */
int figure_decimals(struct number number, int most);

/* What a number of the quantity is counted in, "" when the catalogue has no word for it. */
const char *figure_unit(const struct catalogue *catalogue, const struct quantity *quantity);

#endif
