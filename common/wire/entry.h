#ifndef COMMON_WIRE_ENTRY_H
#define COMMON_WIRE_ENTRY_H

/* Journal entry ⇄ bytes. The encoding is deterministic: the same entry has the same leaf. */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/model/receipt.h"
#include "common/model/zone.h"
#include "common/wire/keys.h"

struct arena;
struct error;

enum entry_kind {
    ENTRY_ARRIVAL = 2, /* the field numbers of proto/journal.proto */
    ENTRY_ENROLMENT = 3,
    ENTRY_REVOCATION = 4,
    ENTRY_ZONE = 5,
    ENTRY_CATALOGUE = 6
};

struct enrolment {
    struct zone_id zone;
    struct device_id device;
    uint32_t epoch;
    struct public_keys keys;
    const char *label;
    int64_t valid_until_utc_ms; /* 0: without end */
};

struct revocation {
    struct zone_id zone;
    struct device_id device;
    const char *reason;
};

struct entry {
    int64_t utc_ms;
    enum entry_kind kind;
    struct arrival arrival; /* received_utc_ms is utc_ms */
    struct enrolment enrolment;
    struct revocation revocation;
    struct zone zone;
    struct bytes catalogue; /* packed sources */
};

struct bytes entry_encode(const struct entry *entry, struct arena *arena);
/* Strict scan, then unpack. Lives in the arena or borrows. Fails with MALFORMED. */
NODISCARD bool entry_decode(struct bytes bytes, struct arena *arena, struct entry *out,
                            struct error *err);

/* An enrolment request and the province's card, as signed text files that people carry:
 * key = value lines and a signature line. */
struct enrolment_request {
    struct zone_id zone;
    struct device_id device;
    struct public_keys keys;
    const char *label;
    int64_t utc_ms;
};
struct bytes enrolment_request_write(const struct enrolment_request *request,
                                     const struct key_pair *pair, struct arena *arena);
NODISCARD bool enrolment_request_read(struct bytes text, struct arena *arena,
                                      struct enrolment_request *out, struct error *err);

struct province_card {
    const char *province;     /* "jilin" */
    const char *origin;       /* of the checkpoints: "zonetally/jilin" */
    const char *endpoint;     /* "tcp://10.0.0.7:7700", "" unknown */
    struct public_keys keys;
    struct digest catalogue;
};
struct bytes province_card_write(const struct province_card *card, const struct key_pair *pair,
                                 struct arena *arena);
NODISCARD bool province_card_read(struct bytes text, struct arena *arena,
                                  struct province_card *out, struct error *err);

#endif
