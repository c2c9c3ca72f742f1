#ifndef COMMON_MODEL_RECEIPT_H
#define COMMON_MODEL_RECEIPT_H

/*
 * The aggregator's answer to one statement, verifiable by anyone who has the
 * province's public key: a journal entry (which names the statement's hash and the
 * verdict) and its inclusion in a signed checkpoint of the journal.
 */

#include <stdint.h>

#include "common/base/bytes.h"
#include "common/model/submission.h"

/* The numbers travel: never reuse one. */
enum verdict {
    VERDICT_ACCEPTED = 1,
    VERDICT_REJECTED = 2, /* appended all the same: the findings say why */
    VERDICT_SENT_BACK = 3 /* by a reviewer, later */
};

/* A finding as it travels: the words are in the catalogue on both sides. */
struct verdict_finding {
    uint8_t class; /* enum finding_class */
    struct code rule;
    const char *row_key;
};

#define RECEIPT_FINDINGS_MAX 1000

/* What the zone found itself against what the province found. The numbers travel. */
enum comparison {
    COMPARISON_SAME = 0,
    COMPARISON_UNKNOWABLE = 1, /* different, and the zone could not have known better */
    COMPARISON_DIFFERENT = 2   /* different, with the same to go by */
};

/* What the journal says of a statement; the leaf of the tree is the hash of its encoding. */
struct arrival {
    struct stream_id stream;
    uint64_t sequence;
    struct digest statement_hash;
    int64_t received_utc_ms;
    enum verdict verdict;
    const struct verdict_finding *findings; /* the first RECEIPT_FINDINGS_MAX */
    size_t finding_count;
    enum comparison comparison;
};

#define PROOF_PATH_MAX 63

struct receipt {
    struct bytes entry;     /* the encoded arrival: the leaf's bytes */
    struct arrival arrival; /* decoded from `entry` */
    uint64_t position;      /* leaf index in the journal's tree */
    size_t path_count;
    struct digest path[PROOF_PATH_MAX];
    struct bytes checkpoint; /* C2SP tlog-checkpoint text, signed */
};

/* Any entry of the log, and its path to the root of a checkpoint kept beside it. */
struct entry_proof {
    struct bytes entry; /* encoded; size 0: none */
    uint64_t position;
    size_t path_count;
    struct digest path[PROOF_PATH_MAX];
};

const char *verdict_name(enum verdict verdict);
const char *verdict_words(enum verdict verdict);
const char *comparison_name(enum comparison comparison); /* "same" */
const char *comparison_words(enum comparison comparison);

#endif
