#ifndef AGGREGATOR_INGEST_ADMISSION_H
#define AGGREGATOR_INGEST_ADMISSION_H

/*
 * The decision about one statement that arrived, by wire or by file: a pure function of
 * what is known about it. Whether its figures are right is not asked here: a statement
 * that breaks rules is appended all the same, with a verdict that says so.
 */

#include <stdbool.h>
#include <stdint.h>

#include "aggregator/devices.h"
#include "common/base/digest.h"
#include "common/model/submission.h"
#include "common/wire/message.h"

enum admission_outcome {
    ADMISSION_NEXT,      /* append it */
    ADMISSION_DUPLICATE, /* the stored receipt again */
    ADMISSION_GAP,       /* something before it is missing */
    ADMISSION_REFUSED,
    ADMISSION_OUTCOME_COUNT
};

/* What was found out, so far as the one before allowed to look. */
struct admission_facts {
    const struct statement *statement; /* NULL: its bytes do not decode */
    const char *province;              /* ours */
    const struct device *device;       /* NULL: never enrolled */
    int64_t utc_ms;                    /* now */
    bool signature_valid;              /* by the key of its place in the stream */
    bool rotation_valid;               /* a change of keys: signed by the new one, nobody else's */
    bool catalogue_known;
    struct digest hash;             /* of the sealed statement */
    struct stream_head head;        /* of its stream */
    bool frozen;                    /* the stream forked before */
    struct digest hash_at_sequence; /* of ours with the same sequence; when <= head */
};

struct admission {
    enum admission_outcome outcome;
    enum refusal refusal; /* when REFUSED */
    bool keep_evidence;   /* a fork or a fenced one: kept aside for the registrar */
};

/* What a device of this standing is told; 0 when nothing speaks against it. */
int admission_refusal(enum device_standing standing);

struct admission admission_decide(const struct admission_facts *facts);

#endif
