#ifndef AGGREGATOR_COMMANDS_ENROLMENT_H
#define AGGREGATOR_COMMANDS_ENROLMENT_H

/* What the commands about devices share. */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/wire/entry.h"

#define DEVICE_TEXT_SIZE 33

struct arguments;
struct error;
struct province;

const char *device_text(const struct device_id *device, char buffer[DEVICE_TEXT_SIZE]);

/* A person names a device by its zone, or by the first digits of its number. */
bool enrolment_is_meant(const char *given, const struct zone_id *zone,
                        const struct device_id *device);
/* Fails with REFUSED. */
NODISCARD bool enrolment_zone_is_known(const struct province *province, const struct zone_id *zone,
                                       struct error *err);
/* The end of the day of --until, 0 without; the day must not be over. Fails with USAGE. */
NODISCARD bool enrolment_until(const struct province *province, const struct arguments *arguments,
                               int64_t *out_utc_ms, struct error *err);

/* Lets the device in: under epoch 1, or, when it is known, under the next one, which closes the
 * one before. Its request is done with. Sets the epoch. */
NODISCARD bool enrolment_append(struct province *province, struct enrolment *enrolment,
                                uint64_t *out_position, struct error *err);

#endif
