#ifndef AGGREGATOR_DOCTOR_H
#define AGGREGATOR_DOCTOR_H

/*
 * Looks at everything that is stored, as a stranger would: checksums, the chain of each stream,
 * each signature against the key enrolled at that time, each checkpoint against a tree grown
 * anew from the bytes. Changes nothing.
 */

#include <stdbool.h>
#include <stdint.h>

#include "aggregator/audit.h"
#include "common/base/attributes.h"

struct error;
struct province;

struct doctor_report {
    uint64_t entries, statements, streams, checkpoints, evidence, vouched, problems;
};

/* Fails when reading cannot go on: CORRUPT. */
NODISCARD bool doctor_examine(const struct province *province, audit_tell_fn *tell, void *owner,
                              struct doctor_report *out, struct error *err);

#endif
