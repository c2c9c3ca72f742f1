#ifndef COMMON_WIRE_CARD_H
#define COMMON_WIRE_CARD_H

/*
 * What people carry between a zone and the province before the first connection: the
 * device's enrolment request and the province's card. Both are text files: a line that
 * names kind and version, lines "key = value" in a fixed order, a signature line.
 *
 * The signature is by the very keys in the file: it proves possession and that nothing was
 * altered on the way, not whose keys they are. That is what the fingerprint is for.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/digest.h"
#include "common/model/submission.h"
#include "common/wire/keys.h"

#define CARD_SIZE_MAX 4096
#define CARD_LABEL_SIZE_MAX 128
#define CARD_ENDPOINT_SIZE_MAX 255
#define CARD_PROVINCE_SIZE_MAX 32
#define CARD_ORIGIN_SIZE_MAX 128

struct arena;
struct error;

struct enrolment_request {
    struct zone_id zone;
    struct device_id device;
    struct public_keys keys;
    const char *label; /* what the zone calls the machine, "" nothing */
    int64_t utc_ms;
    struct digest machine; /* what the machine can be recognised by; zero: not known */
};

/* Asserts clean texts within the limits above. The text lives in the arena. */
struct bytes enrolment_request_write(const struct enrolment_request *request,
                                     const struct key_pair *pair, struct arena *arena);
/* Fails with MALFORMED (what is wrong with the file, by line) or REFUSED (signature). The
 * texts live in the arena. */
NODISCARD bool enrolment_request_read(struct bytes text, struct arena *arena,
                                      struct enrolment_request *out, struct error *err);

struct province_card {
    const char *province; /* "jilin" */
    const char *origin;   /* of the checkpoints: "zonetally/jilin" */
    const char *endpoint; /* "tcp://10.0.0.7:7700", "" unknown */
    struct public_keys keys;
    struct digest catalogue; /* zero: none adopted yet */
};

struct bytes province_card_write(const struct province_card *card, const struct key_pair *pair,
                                 struct arena *arena);
NODISCARD bool province_card_read(struct bytes text, struct arena *arena, struct province_card *out,
                                  struct error *err);

#endif
