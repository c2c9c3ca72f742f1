#ifndef TESTS_SUPPORT_MUTATION_H
#define TESTS_SUPPORT_MUTATION_H

/* Small damages of a run of bytes: every flipped bit, every byte set to 0x00 and 0xFF, every
 * byte left out, doubled, or followed by the end. */

#include <stddef.h>

#include "common/base/bytes.h"

/* `mutated` always differs from the original. */
typedef void mutation_visit_fn(struct bytes mutated, void *owner);
/* Returns how many there were. */
size_t mutation_each(struct bytes original, mutation_visit_fn *visit, void *owner);

#endif
