#ifndef COMMON_CUBE_PLANS_H
#define COMMON_CUBE_PLANS_H

/* Plans that were made before, for one cube: the returns that arrive in a day are of a few forms
 * and periods. */

#include <stddef.h>

#include "common/base/attributes.h"
#include "common/cube/cube.h"
#include "common/model/period.h"

struct plan;
struct plans;

/* Borrows the cube. */
NODISCARD struct plans *plans_create(const struct cube *cube);
void plans_destroy(struct plans **plans);

/* Of a table form; lent until the next call. */
const struct plan *plans_get(struct plans *plans, size_t form, struct period period);

#endif
