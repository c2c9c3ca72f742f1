#ifndef AGGREGATOR_INGEST_INTAKE_H
#define AGGREGATOR_INGEST_INTAKE_H

/*
 * Takes in one statement, from wherever it came: finds out what admission wants to know, asks
 * it, runs the rules, and appends. Inside an open batch of the ledger; nothing is answered
 * before that is committed.
 *
 *     gate -> inspection -> INTAKE -> admission, check_submission() -> ledger
 */

#include <stdbool.h>
#include <stdint.h>

#include "aggregator/ingest/admission.h"
#include "common/base/attributes.h"

struct arena;
struct error;
struct inspected;
struct province;
struct sealed_statement;
struct transaction;

struct intake_answer {
    struct admission admission;
    uint64_t position;       /* NEXT, DUPLICATE: of its entry */
    uint64_t sequence;       /* of the statement; 0: it does not decode */
    struct stream_head head; /* GAP: where the stream stands */
};

/* What is decoded lives in the arena, which must last until the batch is committed, as must the
 * sealed bytes. Fails when the store does. */
NODISCARD bool intake_take_inspected(const struct province *province, int64_t utc_ms,
                                     const struct sealed_statement *sealed,
                                     const struct inspected *inspected, struct arena *arena,
                                     struct intake_answer *out, struct error *err);
/* The same for one that nobody has looked at. */
NODISCARD bool intake_take(const struct province *province, int64_t utc_ms,
                           const struct sealed_statement *sealed, struct arena *arena,
                           struct intake_answer *out, struct error *err);

/* Head of a stream with its hash. */
NODISCARD bool intake_head(const struct province *province, struct transaction *txn,
                           const struct stream_id *id, struct stream_head *out, struct error *err);

#endif
