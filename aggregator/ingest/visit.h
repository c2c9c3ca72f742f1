#ifndef AGGREGATOR_INGEST_VISIT_H
#define AGGREGATOR_INGEST_VISIT_H

/*
 * What somebody brought at once, by wire or by file, and what became of it.
 *
 *     gate, bundles -> VISIT -> intake -> ledger;  visit -> answers
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aggregator/ingest/doubts.h"
#include "common/base/attributes.h"
#include "common/wire/channel.h"
#include "common/wire/message.h"
#include "common/wire/token.h"

struct arena;
struct error;
struct inspected;
struct province;

struct visit {
    struct peer peer;
    struct message message;
    const struct sealed_statement *statements; /* that it brought */
    size_t statement_count;
    const struct inspected *inspected; /* one for each; NULL: not looked at so far */
    uint64_t *positions;               /* of those that are in the journal, the first ones */
    size_t position_count;
    bool gap;
    struct stream_head head;
    enum refusal refusal; /* 0: none */
    uint64_t refused_sequence;
    bool busy;
    bool kept_aside;         /* the statement behind these is in quarantine */
    uint32_t retry_after_ms; /* 0: as usual */
    uint64_t chunk_size;     /* CHUNK: what is here of it */
    struct token token;      /* HELLO: the one to hand out */
    bool challenged;         /* HELLO: its token is doubted */
    struct doubt doubt;
};

/* What it asks for, unless that was refused. */
static inline bool visit_is_hello(const struct visit *visit)
{
    return visit->message.kind == MESSAGE_HELLO && !visit->refusal && !visit->busy;
}
static inline bool visit_is_application(const struct visit *visit)
{
    return visit->message.kind == MESSAGE_APPLICATION && !visit->refusal;
}

struct visit_tally {
    uint64_t appended, duplicates, refused;
    bool wrote; /* something that must be committed */
};

/* Looks at its statements, which needs no store and may go on beside other visits, as long as
 * nobody changes the devices. When they change later, visit_take() looks again. The arena must last
 * as long as that one's. */
void visit_inspect(struct visit *visit, const struct province *province, struct arena *arena);

/* Its statements in order, until one of them does not go in; adds to the tally. Inside an open
 * batch of the ledger; the arena must last until that is committed. Fails when the store does. */
NODISCARD bool visit_take(struct visit *visit, const struct province *province, int64_t utc_ms,
                          struct arena *arena, struct visit_tally *tally, struct error *err);

#endif
