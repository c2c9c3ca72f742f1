#ifndef AGGREGATOR_DEVICES_H
#define AGGREGATOR_DEVICES_H

/*
 * The devices that were ever let in: what the journal's enrolments and revocations amount
 * to. A projection in memory; the gate's table of who gets in is read from it.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/wire/entry.h"

struct devices;

struct device {
    struct enrolment enrolment; /* the latest: its epoch is the current one */
    uint64_t position;          /* of that enrolment in the journal */
    int64_t enrolled_utc_ms;
    bool revoked;
    int64_t revoked_utc_ms;
    const char *reason; /* of the revocation, "" none */
};

NODISCARD struct devices *devices_create(void);
void devices_destroy(struct devices **devices);

/* Takes in an entry of any kind; most leave it as it is. Copies. */
void devices_apply(struct devices *devices, const struct entry *entry, uint64_t position);

/* NULL when it was never enrolled. Valid until the next devices_apply(). */
const struct device *devices_find(const struct devices *devices, const struct device_id *id);
/* In the order in which they were first enrolled. */
size_t devices_count(const struct devices *devices);
const struct device *devices_at(const struct devices *devices, size_t number);

/* Whether it may deliver at that moment: not revoked, not run out. */
bool device_is_admitted(const struct device *device, int64_t utc_ms);

#endif
