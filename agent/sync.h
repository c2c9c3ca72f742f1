#ifndef AGENT_SYNC_H
#define AGENT_SYNC_H

/*
 * Delivers what waits, and keeps the province's answers.
 *
 *     outbox -> SYNC -> aggregator -> SYNC -> receipts
 *
 * A receipt is stored only after it was verified and belongs to our very statement. Whatever
 * else happens (no answer, a cut line, a crash) the same statements are sent again: the
 * province answers a repeat with the same receipt.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/catalogue_offer.h"
#include "agent/notices.h"
#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"

struct agent;
struct error;
struct progress;

/* The line to the province. Errors of kind UNAVAILABLE mean: try again later. */
struct sync_channel {
    bool (*open)(struct sync_channel *channel, struct error *err);
    bool (*send)(struct sync_channel *channel, struct bytes payload, int timeout_ms,
                 struct error *err);
    /* The payload is valid until the next receive. */
    bool (*receive)(struct sync_channel *channel, int timeout_ms, struct bytes *out,
                    struct error *err);
    void (*close)(struct sync_channel *channel);
    void (*wait)(struct sync_channel *channel, int64_t ms);
};

struct sync_options {
    int64_t timeout_ms;        /* gives up when nothing was receipted for so long */
    struct progress *progress; /* of receipts; NULL: none */
};

struct sync_report {
    uint64_t receipted; /* in this run; the sum of the next two */
    uint64_t accepted;
    uint64_t rejected;
    int64_t clock_ahead_ms;           /* ours, of the province's; negative: behind */
    uint64_t waiting;                 /* still */
    struct notice_counts notices;     /* of the province's decisions, new ones */
    uint32_t generation;              /* of the province's log, when it is new to us; else 0 */
    uint64_t receipts_lost;           /* with the one before: those statements were sent again */
    bool behind;                      /* another machine reports for the zone: recover */
    bool zone_learnt;                 /* the province's record of the zone came, and is new */
    struct catalogue_offer catalogue; /* that came, and what became of the drafts */
    struct error catalogue_trouble;   /* the province offers one that cannot be taken */
};

/* Everything that waits. The report is filled also when it fails: UNAVAILABLE (nobody there in
 * time), REFUSED (the province declines, or what it says does not hold), CORRUPT, SYSTEM. */
NODISCARD bool sync_run(struct agent *agent, struct sync_channel *channel,
                        const struct sync_options *options, struct sync_report *out,
                        struct error *err);

#endif
