#ifndef COMMON_CUBE_CARRYING_H
#define COMMON_CUBE_CARRYING_H

/*
 * What a return says in the terms of another catalogue. Items keep their codes from one
 * catalogue to the next; unit and decimals may change. A figure is carried exactly or not at
 * all, never rounded.
 */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/catalogue/catalogue.h"
#include "common/model/submission.h"

struct arena;

/* The submission fits `from`; what comes out fits `to`. Left out is what `to` does not ask, asks
 * as something else (another kind, dimension, price or time basis), or cannot hold exactly; in a
 * roster such a figure is missing. False: `to` has no such form. Lives in the arena and borrows
 * from the submission, which is not `out`. */
NODISCARD bool submission_carry(const struct submission *submission, const struct catalogue *from,
                                const struct catalogue *to, struct arena *arena,
                                struct submission *out);

#endif
