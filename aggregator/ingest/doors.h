#ifndef AGGREGATOR_INGEST_DOORS_H
#define AGGREGATOR_INGEST_DOORS_H

/*
 * Which CURVE keys get in at this moment: what the journal says of each device, and the keys of
 * open one-time codes. After a change of keys both get in until the new one was heard, so that a
 * device whose receipt was lost is not locked out.
 *
 *     devices, invitations -> DOORS -> the gatekeeper's table
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/wire/keys.h"

struct device;
struct devices;
struct doors;

typedef void door_fn(void *owner, const unsigned char curve_key[KEY_SIZE]);

/* Calls `admit` and `dismiss` for every change. */
NODISCARD struct doors *doors_create(door_fn *admit, door_fn *dismiss, void *owner);
void doors_destroy(struct doors **doors);

/* To be called when the devices or the time moved on. */
void doors_settle(struct doors *doors, const struct devices *devices, int64_t utc_ms);

/* The device spoke over a connection with this key: once that is its new one, the old one is
 * dismissed when the doors are settled next. */
void doors_heard(struct doors *doors, const struct devices *devices, const struct device *device,
                 const unsigned char curve_key[KEY_SIZE]);

/* Whoever holds a one-time code, in ascending order: they get in for handing in a request. */
void doors_settle_guests(struct doors *doors, const unsigned char (*keys)[KEY_SIZE], size_t count);
bool doors_is_guest(const struct doors *doors, const unsigned char curve_key[KEY_SIZE]);

#endif
