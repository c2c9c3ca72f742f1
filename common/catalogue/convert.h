#ifndef COMMON_CATALOGUE_CONVERT_H
#define COMMON_CATALOGUE_CONVERT_H

/* Whether two numbers fit together, and the conversion that brings them to one unit. */

#include "common/catalogue/check.h"

enum fit {
    FIT_SUM,     /* dimension, price, kind, time basis */
    FIT_COMPARE, /* dimension, price */
};

/* False after a report that names both sides. Afterwards both are in one unit. */
bool convert_pair(const struct checker *checker, const struct syntax *syntax, enum fit fit,
                  const struct expression **left, const struct expression **right);
/* A bare 0 and a count of rows take the unit of what they stand beside, if it is a counted thing.
 */
const struct expression *convert_counted(const struct checker *checker,
                                         const struct expression *expression,
                                         const struct quantity *quantity);
/* The number in units of another power of ten. */
const struct expression *convert_scale(const struct checker *checker,
                                       const struct expression *expression, int8_t power);
/* False after a report; the quantity of a product or quotient. */
bool convert_product(const struct checker *checker, const struct syntax *syntax,
                     const struct expression *left, const struct expression *right,
                     struct quantity *out);

#endif
