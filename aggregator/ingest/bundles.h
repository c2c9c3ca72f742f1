#ifndef AGGREGATOR_INGEST_BUNDLES_H
#define AGGREGATOR_INGEST_BUNDLES_H

/*
 * What came in a file goes the way of what came by wire, and what goes back is put in a file.
 *
 *     bundle -> BUNDLES -> guard, visit -> intake -> ledger -> BUNDLES -> bundle
 *
 * All of a file is verified before any of it is taken; of each statement the same is decided
 * and answered as if it had come by wire.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/wire/bundle.h"
#include "common/wire/message.h"

struct error;
struct guard;
struct progress;
struct province;

/* What became of a file. */
struct bundle_arrival {
    enum bundle_refusal why; /* when it was refused for what it is */
    enum bundle_kind kind;   /* from here on: when it could be verified */
    struct stream_id stream;
    int64_t made_utc_ms;           /* by the sender's clock */
    bool no_room;                  /* the disk is full: another time */
    uint64_t statements;           /* that it carried */
    uint64_t appended, duplicates; /* of those */
    bool known;                    /* the device is enrolled, so that it can be answered */
    enum refusal refusal;          /* of the first that did not go in; 0: none */
    uint64_t refused_sequence;     /* 0: all of it */
    bool gap;                      /* something before it is missing */
    struct stream_head head;       /* then: where the stream stands */
    char fingerprint[FINGERPRINT_TEXT_SIZE]; /* ENROL */
    struct ask ask;                          /* RECOVER: from where on */
};

enum bundles_outcome {
    BUNDLES_DONE,    /* of one that came: each of its statements was decided */
    BUNDLES_REFUSED, /* nothing of the file was taken, or none was made; the error says why */
    BUNDLES_FAILED   /* the store did: the outcome is unknown, the process ends */
};

/* SUBMIT, ENROL or RECOVER. `guard`: for whoever can die of it and is started again; NULL: none. */
NODISCARD enum bundles_outcome bundles_import(struct province *province, struct guard *guard,
                                              const char *path, struct progress *progress,
                                              struct bundle_arrival *out, struct error *err);

/* What the device has not been told, as far as is known: receipts, checkpoint and what proves it,
 * the zone's record, the next token, what was decided; or its zone's history when it asked for
 * that; or why it is refused. `arrival`: what it answers, or NULL. */
struct bundle_answer {
    uint64_t receipts;
    uint64_t size; /* bytes of the file */
};
NODISCARD enum bundles_outcome bundles_answer(struct province *province,
                                              const struct stream_id *stream,
                                              const struct bundle_arrival *arrival,
                                              const char *path, struct progress *progress,
                                              struct bundle_answer *out, struct error *err);

/* What to call it: one name for each device. */
const char *bundles_answer_name(const struct province *province, const struct stream_id *stream,
                                char buffer[BUNDLE_NAME_SIZE]);

#endif
