#ifndef AGGREGATOR_VOUCHING_H
#define AGGREGATOR_VOUCHING_H

/*
 * Who stands behind a statement whose own signature does not verify. Ingest verifies the newest
 * signature of a run, which vouches for the run through the hashes; what is behind it may turn
 * out to be signed wrongly, and is no less the sender's for that. Its witness is the first later
 * one of its stream, under the same key, that is signed and whose chain of hashes reaches it.
 *
 *     audit, second look -> VOUCHING
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/digest.h"
#include "common/model/submission.h"

struct devices;
struct error;
struct journal;
struct journal_record;
struct streams;
struct transaction;

#define VOUCHING_NOBODY UINT64_MAX

/* A statement whose own signature does not verify. */
struct suspect {
    uint64_t position;
    struct stream_id stream;
    uint64_t sequence;
    struct digest hash, previous;
    bool alone;       /* a change of keys: behind it another key counts, nobody vouches for it */
    uint64_t witness; /* its position, or VOUCHING_NOBODY */
};

struct vouching_source {
    const struct journal *journal;
    struct transaction *txn;
    const struct streams *streams; /* up to the end of what is looked at */
    const struct devices *devices; /* the same */
};

/* By the key of its place in the stream; a change of keys by the new one too. */
bool vouching_is_signed(const struct devices *devices, const struct journal_record *record);

struct suspect vouching_suspect(const struct journal_record *record);

/* Finds each one's witness. Ascending by position. Fails with CORRUPT. */
NODISCARD bool vouching_settle(const struct vouching_source *source, struct suspect *suspects,
                               size_t count, struct error *err);

#endif
