#ifndef AGENT_DEVICE_H
#define AGENT_DEVICE_H

/* Who this installation is: its zone, its device and the epoch of its stream. */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/model/submission.h"

struct arena;
struct error;
struct store;
struct transaction;

struct device {
    struct stream_id stream;
    const char *label; /* what the zone calls the machine, "" nothing */
};

void device_put(const struct store *store, struct transaction *txn, const struct device *device,
                struct arena *arena);
/* The label lives in the arena. Fails with UNAVAILABLE when there is none. */
NODISCARD bool device_get(const struct store *store, struct transaction *txn, struct arena *arena,
                          struct device *out, struct error *err);

#endif
