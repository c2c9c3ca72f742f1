#ifndef AGENT_RECOVERING_H
#define AGENT_RECOVERING_H

/* Recovery over the wire: page after page, then the end. */

#include <stdbool.h>
#include <stdint.h>

#include "agent/recovery.h"
#include "common/base/attributes.h"

struct agent;
struct error;
struct progress;
struct sync_channel;

struct recovering_options {
    int64_t timeout_ms;        /* gives up when nothing came for so long */
    struct progress *progress; /* of entries of the journal; NULL: none */
};

struct recovering_report {
    uint64_t fetched; /* statements that were new in this run */
    uint64_t lost;    /* only other machines had them */
    struct recovery_end end;
};

/* What came before a failure stays, and the next run goes on behind it. */
NODISCARD bool recovering_run(struct agent *agent, struct sync_channel *channel,
                              const struct recovering_options *options,
                              struct recovering_report *out, struct error *err);

#endif
