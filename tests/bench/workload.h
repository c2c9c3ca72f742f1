#ifndef TESTS_BENCH_WORKLOAD_H
#define TESTS_BENCH_WORKLOAD_H

/*
 * What the load sends: annual returns (JKQ301, a figure in each of its cells) of as many
 * devices as asked for, one stream each, sealed by our own statement_seal(). Everything comes from
 * a fixed seed, so that two runs of the program have the same devices.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/digest.h"
#include "common/model/submission.h"
#include "common/wire/keys.h"

#define WORKLOAD_DEVICES_MAX 9999 /* four digits of a zone's code */

struct arena;
struct error;
struct workload;

NODISCARD struct workload *workload_create(size_t devices, struct error *err);
void workload_destroy(struct workload **workload);

size_t workload_devices(const struct workload *workload);
size_t workload_cells(const struct workload *workload); /* of one statement */
struct digest workload_catalogue(const struct workload *workload);
const struct key_pair *workload_keys(const struct workload *workload, size_t device);
const struct stream_id *workload_stream(const struct workload *workload, size_t device);
struct stream_head workload_head(const struct workload *workload, size_t device);

/* One statement, ready to be sent in either form. Lives in the arena it was sealed into. */
struct parcel {
    struct bytes sealed; /* encoded SealedStatement */
    struct bytes submit; /* the same in a Submit message */
    struct digest hash;
    uint64_t sequence;
    unsigned char signature[SIGNATURE_SIZE];
};

/* The device's next statement: its chain goes on from call to call. */
NODISCARD bool workload_seal(struct workload *workload, size_t device, struct arena *arena,
                             struct parcel *out, struct error *err);

/* Writes registry.csv: a zone for each device. */
NODISCARD bool workload_write_registry(const struct workload *workload, const char *folder,
                                       struct error *err);
/* Writes the same, requests/ZONE.txt for the aggregator, and keys.txt (device, signing key,
 * CURVE key) for the bare loop. */
NODISCARD bool workload_write_enrolment(const struct workload *workload, const char *folder,
                                        struct error *err);

#endif
