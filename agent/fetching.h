#ifndef AGENT_FETCHING_H
#define AGENT_FETCHING_H

/*
 * Fetches something from the province that may be larger than a message, and goes on where it
 * stood.
 *
 *     sync, recovery -> FETCHING -> parts
 */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"

struct arena;
struct error;
struct exchange;
struct message;

/* The whole, in the arena: what its hash says, and nothing more is known of it. Fails with
 * UNAVAILABLE: try again later, or REFUSED: the province does not have it. */
NODISCARD bool fetching_run(struct exchange *exchange, const struct message *question,
                            struct arena *arena, struct bytes *out, struct error *err);

#endif
