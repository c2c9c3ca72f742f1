#ifndef AGGREGATOR_DEVICES_H
#define AGGREGATOR_DEVICES_H

/*
 * The devices that were ever let in: what the journal's enrolments, key rotations, suspensions
 * and revocations amount to. A projection in memory; the gate's table of who gets in is read
 * from it, and which key a statement must be signed with, however old it is.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/wire/entry.h"

struct devices;
struct journal_record;

enum device_standing {
    DEVICE_ADMITTED,
    DEVICE_EXPIRED,
    DEVICE_SUSPENDED, /* by the province itself: a new enrolment is demanded */
    DEVICE_REVOKED,   /* by the registrar */
    DEVICE_STANDING_COUNT
};

/* From this statement of this epoch on its signatures are made with this key. */
struct device_signing_key {
    uint32_t epoch;
    uint64_t sequence;
    unsigned char key[KEY_SIZE];
};

struct device {
    struct enrolment enrolment; /* the latest: its epoch is the current one, its keys in force */
    uint64_t position;          /* of that enrolment in the journal */
    int64_t enrolled_utc_ms;
    bool suspended;
    int64_t suspended_utc_ms;
    enum suspension_cause cause;
    bool revoked;
    int64_t revoked_utc_ms;
    const char *reason;                /* of the revocation, "" none */
    unsigned char old_curve[KEY_SIZE]; /* after a rotation, until the new one is in use */
    bool old_curve_holds;
    uint64_t rotated_at; /* sequence of that rotation */
    struct device_signing_key *signing_keys;
    size_t signing_key_count;
    size_t signing_key_capacity;
};

NODISCARD struct devices *devices_create(void);
void devices_destroy(struct devices **devices);

/* Takes in an entry of any kind; most leave it as it is. Copies. */
void devices_apply(struct devices *devices, const struct journal_record *record);

/* NULL when it was never enrolled. Valid until the next devices_apply(). */
const struct device *devices_find(const struct devices *devices, const struct device_id *id);
/* In the order in which they were first enrolled. */
size_t devices_count(const struct devices *devices);
const struct device *devices_at(const struct devices *devices, size_t number);
size_t devices_number(const struct devices *devices, const struct device *device);

enum device_standing device_standing(const struct device *device, int64_t utc_ms);
const char *device_standing_words(enum device_standing standing);
/* Whether it may deliver at that moment. */
bool device_is_admitted(const struct device *device, int64_t utc_ms);

/* With which this statement of this epoch must be signed; NULL for an epoch it never had. */
const unsigned char *device_signing_key(const struct device *device, uint32_t epoch,
                                        uint64_t sequence);
/* The CURVE key before the last rotation, which a device whose receipt was lost still has; NULL
 * once a statement was signed with the new keys. */
const unsigned char *device_old_curve(const struct device *device);
/* Whether the device may connect with it. */
bool device_connects_with(const struct device *device, const unsigned char curve_key[KEY_SIZE]);
/* Whether a device other than this one has it, or had it. */
bool devices_know_curve(const struct devices *devices, const struct device *except,
                        const unsigned char curve_key[KEY_SIZE]);

#endif
