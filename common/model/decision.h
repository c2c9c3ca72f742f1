#ifndef COMMON_MODEL_DECISION_H
#define COMMON_MODEL_DECISION_H

/*
 * What a person at the province decides about a return, as the journal says it; and a notice:
 * such an entry on its way to the zone, with the proof that it stands in the journal.
 *
 * A decision never changes a figure. It says which statement counts, or asks for a better one.
 */

#include <stddef.h>
#include <stdint.h>

#include "common/base/bytes.h"
#include "common/base/digest.h"
#include "common/model/code.h"
#include "common/model/period.h"
#include "common/model/receipt.h"
#include "common/model/zone.h"

/* The numbers travel: never reuse one. */
enum decision_kind {
    DECISION_SEND_BACK = 1, /* the zone is asked for a new version; until then this one counts */
    DECISION_COUNTS = 2     /* of several statements this one counts, and no other */
};

struct decision {
    struct zone_id zone;
    struct code form;
    struct period period;
    uint32_t version;
    enum decision_kind kind;
    const char *reason;
    const char *by;          /* who decided; "" when it is not said */
    uint64_t position;       /* in the journal, of the statement it is about */
    struct digest statement; /* its hash */
};

const char *decision_kind_name(enum decision_kind kind);  /* "send_back" */
const char *decision_kind_words(enum decision_kind kind); /* "退回" */

#define DECISION_NAME_SIZE_MAX 128

#define NOTICES_MAX 64 /* told at once */

struct notice {
    struct bytes entry; /* the encoded decision: the leaf's bytes */
    struct decision decision;
    int64_t utc_ms;
    uint64_t position; /* leaf index in the journal's tree */
    size_t path_count;
    struct digest path[PROOF_PATH_MAX];
};

struct notices {
    struct bytes checkpoint; /* signed text that all paths lead to */
    const struct notice *items;
    size_t count;
    uint64_t until; /* what was decided before this position is told */
};

#endif
