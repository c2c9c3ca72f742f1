#ifndef AGENT_GREETING_H
#define AGENT_GREETING_H

/*
 * HELLO and WELCOME: where both sides stand. The province's head must be a point of our own
 * stream, and its journal must continue the one it showed us before; else something was
 * restored, copied or rewritten, and nothing is sent.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/continuity.h"
#include "common/base/attributes.h"
#include "common/wire/message.h"

struct agent;
struct arena;
struct error;

struct greeting {
    uint64_t head; /* ours */
    uint64_t next; /* the first statement to send */
    size_t window_statements, window_bytes;
    int64_t clock_ahead_ms; /* of the province's; negative: behind */
    uint64_t notices;       /* position behind the newest decision about us; 0: none */
    bool stale; /* carried: answers an earlier question, so the checkpoint stays as it is */
    bool zone_learnt;
    uint64_t history;        /* position behind the zone's newest statement */
    struct digest catalogue; /* the province's; zero: it says none */
    bool other_catalogue;
    struct continuity continuity;
};

/* `challenge`: empty, or that of a CHALLENGE which this answers. On disk when it returns: how
 * the session token is shown. */
NODISCARD bool greeting_say(struct agent *agent, struct bytes challenge, struct arena *arena,
                            struct hello *out, struct error *err);

/* Stores token, checkpoint and the zone's record. Fails with REFUSED; both checkpoints of a
 * history that is broken are kept as evidence. */
NODISCARD bool greeting_accept(struct agent *agent, const struct welcome *welcome,
                               struct arena *arena, struct greeting *out, struct error *err);

/* For an answer that was carried; `asked` is the HELLO it answers. What it proves begins at the
 * checkpoint which that named: if we have seen another one since, nothing is concluded. */
NODISCARD bool greeting_accept_carried(struct agent *agent, const struct hello *asked,
                                       const struct welcome *welcome, struct arena *arena,
                                       struct greeting *out, struct error *err);

/* Whether the province stands at a point of our stream. Fails with REFUSED. */
NODISCARD bool greeting_head_is_ours(const struct agent *agent, const struct stream_head *head,
                                     struct arena *arena, struct error *err);

#endif
