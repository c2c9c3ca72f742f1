#ifndef AGGREGATOR_STREAMS_H
#define AGGREGATOR_STREAMS_H

/*
 * Where each stream (zone, device, epoch) stands, and where in the journal each of its
 * statements is. A projection in memory: eight bytes for each statement.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/model/submission.h"

struct streams;

struct stream {
    struct stream_id id;
    uint64_t sequence;         /* of its newest statement; 0: none */
    bool frozen;               /* it forked: the registrar decides */
    const uint64_t *positions; /* of statement 1, 2, … */
    bool hash_known;
    struct digest hash; /* of the newest statement, once somebody worked it out */
};

NODISCARD struct streams *streams_create(void);
void streams_destroy(struct streams **streams);

/* The next statement of the stream was appended; sequences come without a gap, asserted. */
void streams_add(struct streams *streams, const struct stream_id *id, uint64_t sequence,
                 uint64_t position);
/* The hash of its newest statement, to be asked for again. The stream is there. */
void streams_note_hash(struct streams *streams, const struct stream_id *id,
                       const struct digest *hash);
void streams_freeze(struct streams *streams, const struct stream_id *id);

/* NULL when nothing ever came. Valid until the next change. */
const struct stream *streams_find(const struct streams *streams, const struct stream_id *id);
size_t streams_count(const struct streams *streams);
const struct stream *streams_at(const struct streams *streams, size_t number);

#endif
