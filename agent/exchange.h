#ifndef AGENT_EXCHANGE_H
#define AGENT_EXCHANGE_H

/*
 * One question to the province and its answer; and the patience with which sessions are begun
 * again until one went through.
 *
 *     sync, recovery -> EXCHANGE -> wire_line
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"

struct agent;
struct arena;
struct error;
struct message;
struct sync_channel;

struct exchange {
    struct agent *agent;
    struct sync_channel *channel;
    struct arena *arena; /* of one exchange: what was said and heard */
    int64_t timeout_ms;  /* gives up when nothing moved for so long */
    int64_t deadline_ms; /* monotonic */
    int64_t pause_ms;    /* the province asked to be left alone for so long; 0: it did not */
    uint64_t moves;
};

NODISCARD bool exchange_tell(struct exchange *exchange, const struct message *message,
                             struct error *err);
NODISCARD bool exchange_hear(struct exchange *exchange, struct message *out, struct error *err);
NODISCARD bool exchange_ask(struct exchange *exchange, const struct message *question,
                            struct message *out, struct error *err);

/* What the answer says when it is not the one that was hoped for. Busy and stopping pass; the
 * other refusals are for a person. Returns false. */
bool exchange_decline(struct exchange *exchange, const struct message *answer, struct error *err);

/* Something that will not have to be done again was done: time begins anew. */
void exchange_moved(struct exchange *exchange);

/* Opens the line and runs the session, again and again while it fails with UNAVAILABLE, until the
 * time is over. */
typedef bool exchange_session_fn(void *owner, struct error *err);
NODISCARD bool exchange_persist(struct exchange *exchange, exchange_session_fn *session,
                                void *owner, struct error *err);

#endif
