#ifndef AGGREGATOR_INGEST_GUARD_H
#define AGGREGATOR_INGEST_GUARD_H

/*
 * Keeps a statement that makes the program die from stopping the line: what is in hand is
 * written down, after a death statements are taken one by one, and the culprit goes into
 * quarantine and is answered. All functions but open take NULL for "no guard".
 */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/attributes.h"

struct error;
struct guard;
struct province;
struct visit;

/* Looks at what the last run left in the file of that name: one for each program that may run
 * beside another, see in_hand.h. Borrows the province. Fails with SYSTEM, CORRUPT. */
NODISCARD struct guard *guard_open(struct province *province, const char *name, struct error *err);
void guard_close(struct guard **guard);

/* Whether batches have one statement each: after a death. */
bool guard_is_careful(const struct guard *guard);

/* Cuts off what may not be touched, and keeps its bytes; one by one, all but the first wait. Fails
 * when the store does. */
NODISCARD bool guard_screen(struct guard *guard, struct visit *visit, struct error *err);

/* Around a batch: before its statements are touched, before it is written, behind it. */
void guard_begin(struct guard *guard, const struct visit *visits, size_t count);
void guard_write(struct guard *guard);
void guard_done(struct guard *guard);

#endif
