#ifndef AGGREGATOR_EVIDENCE_H
#define AGGREGATOR_EVIDENCE_H

/*
 * Statements that contradict what the journal holds, or come from a stream that was closed:
 * kept beside the journal for the registrar, never counted. A stream that forked is frozen as
 * long as its evidence is here.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/storage/database.h"
#include "common/wire/message.h"

#define EVIDENCE_TABLE "evidence"
#define EVIDENCE_MAX 10000 /* beyond, a sender who repeats himself leaves no more */

struct error;
struct streams;
struct transaction;

struct evidence {
    const struct statement *statement;
    const struct sealed_statement *sealed;
    struct digest hash; /* of the sealed one */
    enum refusal refusal;
    bool freezes; /* the first fork of its stream: kept in any case */
};

/* Once for each statement; a fork stays one, whatever it is refused for later. */
void evidence_keep(struct transaction *txn, struct table table, const struct evidence *evidence);

/* Of one stream. */
uint64_t evidence_count(struct transaction *txn, struct table table,
                        const struct stream_id *stream);

/* Freezes the streams of which there is a fork. Fails with CORRUPT. */
NODISCARD bool evidence_freeze(struct transaction *txn, struct table table, struct streams *streams,
                               struct error *err);

#endif
