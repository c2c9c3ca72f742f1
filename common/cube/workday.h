#ifndef COMMON_CUBE_WORKDAY_H
#define COMMON_CUBE_WORKDAY_H

/* Days and years as deadlines count them. */

#include <stddef.h>
#include <stdint.h>

/* Monday to Friday but for `holidays` (ascending), after `from` up to `to`; negative when
 * `to` is before `from`. */
int64_t workdays_between(int64_t from, int64_t to, const int64_t *holidays, size_t count);

/* The same day `years` later; 29 February becomes the 28th where there is none. */
int64_t day_years_later(int64_t day, int years);

#endif
