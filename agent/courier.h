#ifndef AGENT_COURIER_H
#define AGENT_COURIER_H

/*
 * Delivery by a file that somebody carries: what sync does over the wire, for a zone without one.
 *
 *     outbox -> COURIER -> bundle -> aggregator -> bundle -> COURIER -> receipts
 *
 * A bundle carries everything that has no receipt yet, so the newest stick alone is enough, and
 * none that was lost is missed. What comes back is verified as it is by wire.
 */

#include <stdbool.h>
#include <stdint.h>

#include "agent/catalogue_offer.h"
#include "agent/notices.h"
#include "agent/recovery.h"
#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/wire/bundle.h"
#include "common/wire/message.h"

struct agent;
struct progress;

/* Until the province has answered for the first time a device asks to be let in. */
NODISCARD bool courier_kind(const struct agent *agent, enum bundle_kind *out, struct error *err);

struct courier_export {
    uint64_t statements; /* first to last, without a receipt so far */
    uint64_t first, last;
    uint64_t size; /* bytes of the file */
};

/* SUBMIT, ENROL or RECOVER. When it returns true the file is on the medium and reads as it was
 * written. */
NODISCARD bool courier_export(struct agent *agent, enum bundle_kind kind, const char *path,
                              struct progress *progress, struct courier_export *out,
                              struct error *err);

struct courier_import {
    enum bundle_refusal why;     /* when it fails: of the file */
    int64_t made_utc_ms;         /* by the province's clock */
    uint64_t receipts;           /* in the bundle */
    uint64_t accepted, rejected; /* of those, new here */
    uint64_t waiting;            /* statements still without one */
    bool stale;                  /* it answers an earlier bundle than the last answer we have */
    uint64_t receipts_lost;      /* by a disaster there: their statements wait again */
    bool ask_again;              /* export once more: it has more to hear, or to tell */
    bool zone_learnt;
    bool other_catalogue;             /* the province's is not ours, as it was when it answered */
    struct catalogue_offer catalogue; /* that came, and what became of the drafts */
    struct error catalogue_trouble;   /* the province offers one that cannot be taken */
    struct notice_counts notices;     /* decisions of the province that are new here */
    bool recovers;                    /* it brought the zone's history, up to its end */
    uint64_t fetched, lost;    /* statements that are new here; that only other machines had */
    struct recovery_end end;   /* then: what became of it */
    enum refusal refusal;      /* the province declined something; 0: nothing */
    uint64_t refused_sequence; /* 0: all of it */
};

/* What the province sent. All of the file is verified before any of it is taken. A refusal by
 * the province is no failure. */
NODISCARD bool courier_import(struct agent *agent, const char *path, struct progress *progress,
                              struct courier_import *out, struct error *err);

#endif
