#ifndef COMMON_WIRE_ENTRY_H
#define COMMON_WIRE_ENTRY_H

/*
 * Journal entry ⇄ bytes. The encoding is deterministic: the same entry has the same leaf,
 * and what decodes encodes to the same bytes.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/model/decision.h"
#include "common/model/generation.h"
#include "common/model/receipt.h"
#include "common/model/zone.h"
#include "common/wire/keys.h"

#define ENTRY_SIZE_MAX (5u * 1024 * 1024) /* an adopted catalogue */

struct arena;
struct error;

enum entry_kind {
    ENTRY_ARRIVAL = 2, /* the field numbers of proto/journal.proto */
    ENTRY_ENROLMENT = 3,
    ENTRY_REVOCATION = 4,
    ENTRY_ZONE = 5,
    ENTRY_CATALOGUE = 6,
    ENTRY_DECISION = 7,
    ENTRY_BACKUP = 8,
    ENTRY_GENERATION = 9,
    ENTRY_SUSPENSION = 11,
    ENTRY_CATALOGUE_CLOSURE = 15
};

struct enrolment {
    struct zone_id zone;
    struct device_id device;
    uint32_t epoch;
    struct public_keys keys;
    const char *label;
    int64_t valid_until_utc_ms; /* 0: without end */
    struct digest machine;      /* zero: not known */
};

struct revocation {
    struct zone_id zone;
    struct device_id device;
    const char *reason;
};

/* Why the province shut a device out by itself. The numbers are stored: never reuse one. */
enum suspension_cause {
    SUSPENSION_TWO_HOLDERS = 1 /* the session token was shown by two holders */
};
const char *suspension_words(enum suspension_cause cause);

struct suspension {
    struct stream_id stream;
    enum suspension_cause cause;
};

struct entry {
    int64_t utc_ms;
    enum entry_kind kind;
    struct arrival arrival; /* received_utc_ms is utc_ms */
    struct enrolment enrolment;
    struct revocation revocation;
    struct suspension suspension;
    struct zone zone;
    struct bytes catalogue; /* packed sources */
    struct backup_record backup;
    struct generation_opening generation;
    struct digest catalogue_closure; /* of the one that is closed */
    struct decision decision;
};

/* Asserts that its work reads back: texts and counts within the limits of limits.c. */
struct bytes entry_encode(const struct entry *entry, struct arena *arena);
/* For what was read from such bytes: the same ones, not read back once more. */
struct bytes entry_encode_again(const struct entry *entry, struct arena *arena);
/* Strict scan, then unpack. Lives in the arena or borrows. Fails with MALFORMED. */
NODISCARD bool entry_decode(struct bytes bytes, struct arena *arena, struct entry *out,
                            struct error *err);

#endif
