#ifndef COMMON_WIRE_GROUNDS_H
#define COMMON_WIRE_GROUNDS_H

/*
 * What the findings of a return rest on, besides its figures and the catalogue: the zone's record
 * in the register, and the other returns of the zone that are in force. The zone says so with
 * each return, in eight bytes; the province reckons the same from what it knows. Where both agree
 * the same rules were run on the same, and findings that differ are a fault or a lie.
 */

#include <stddef.h>
#include <stdint.h>

#include "common/model/submission.h"

struct zone;

/* A return that is in force: the statement it is from. */
struct ground {
    struct code form;
    struct period period;
    uint32_t version;
    uint64_t sequence;
    struct device_id device;
    uint32_t epoch;
};

/* Sorts the returns. NULL: the register's record is not known. Never zeros. */
struct grounds grounds_of(const struct zone *zone, struct ground *items, size_t count);

#endif
