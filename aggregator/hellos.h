#ifndef AGGREGATOR_HELLOS_H
#define AGGREGATOR_HELLOS_H

/*
 * What each device said of itself in the last bundle that came from it: where it stood and which
 * checkpoint it had seen. An answer that travels by file begins there, whenever it is made.
 * Beside the journal; without it an answer proves less and carries more.
 */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/model/submission.h"
#include "common/storage/database.h"

#define HELLOS_TABLE "hellos"

struct arena;
struct transaction;

/* `hello`: the encoded message. Takes the place of an earlier one. */
void hellos_put(struct transaction *txn, struct table table, const struct device_id *device,
                struct bytes hello);
/* In the arena; false when there is none. */
bool hellos_get(struct transaction *txn, struct table table, const struct device_id *device,
                struct arena *arena, struct bytes *out);

#endif
