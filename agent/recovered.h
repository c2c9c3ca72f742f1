#ifndef AGENT_RECOVERED_H
#define AGENT_RECOVERED_H

/*
 * What the province gave back: the streams of the zone that are not ours, statement by
 * statement with the receipts as they were given. Only what was verified is put here.
 *
 *     aggregator -> recovery -> RECOVERED -> history
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/model/submission.h"
#include "common/wire/keys.h"

struct arena;
struct error;
struct store;
struct transaction;

/* Where a statement is. The zone is ours. */
struct recovered_at {
    struct device_id device;
    uint32_t epoch;
    uint64_t sequence;
};

/* How far a stream is known, and with which key it goes on. */
struct recovered_stream {
    struct device_id device;
    uint32_t epoch;
    struct stream_head head;
    unsigned char first_key[KEY_SIZE]; /* of the enrolment */
    unsigned char key[KEY_SIZE];       /* after the changes that are known */
    uint64_t unvouched; /* the first that is signed wrongly and waits for one behind it; 0: none */
};

/* False: the stream is not known. */
bool recovered_find_stream(const struct store *store, struct transaction *txn,
                           const struct device_id *device, uint32_t epoch,
                           struct recovered_stream *out);
void recovered_put_stream(const struct store *store, struct transaction *txn,
                          const struct recovered_stream *stream);
/* By device and epoch. Lives in the arena. */
const struct recovered_stream *recovered_streams(const struct store *store, struct transaction *txn,
                                                 struct arena *arena, size_t *out_count);

/* The same bytes again change nothing. `receipt`: its text; size 0: none. */
void recovered_put(const struct store *store, struct transaction *txn,
                   const struct recovered_at *at, const struct sealed_statement *sealed,
                   struct bytes receipt, struct arena *arena);
bool recovered_has(const struct store *store, struct transaction *txn,
                   const struct recovered_at *at);
/* Lent by the store. Fails with UNAVAILABLE or CORRUPT. */
NODISCARD bool recovered_get(const struct store *store, struct transaction *txn,
                             const struct recovered_at *at, struct sealed_statement *out,
                             struct error *err);
bool recovered_receipt(const struct store *store, struct transaction *txn,
                       const struct recovered_at *at, struct bytes *out);

#endif
