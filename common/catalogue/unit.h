#ifndef COMMON_CATALOGUE_UNIT_H
#define COMMON_CATALOGUE_UNIT_H

/* Units: dimension and power of ten. % is 10^-2, 百分点 (percentage points) is built in too. */

#include <stdbool.h>

#include "common/catalogue/quantity.h"
#include "common/catalogue/syntax.h"

#define UNIT_PERCENTAGE_POINTS "百分点"
#define UNIT_TEXT_SIZE 160

struct catalogue;
struct compiler;

/* The quantity (KIND_PURE) of a unit as written. False after a report. */
bool unit_resolve(struct compiler *compiler, const struct unit_syntax *unit, struct quantity *out);
/* "万元/公顷", as it is shown to a person. */
const char *unit_syntax_text(struct compiler *compiler, const struct unit_syntax *unit);

/* The name of a declared unit of this dimension and power, or its dimensions and a power of
 * ten: "万元", "%", "10^4 money/area". Returns `buffer`. */
const char *unit_text(const struct catalogue *catalogue, const struct quantity *quantity,
                      char buffer[UNIT_TEXT_SIZE]);
/* "money", "money/area", "1". Returns `buffer`. */
const char *dimension_text(const struct catalogue *catalogue, const struct quantity *quantity,
                           char buffer[UNIT_TEXT_SIZE]);

/* left * right^exponent in dimension and power; false when it leaves the range of the types. */
bool unit_combine(struct quantity *left, const struct quantity *right, int exponent);

#endif
