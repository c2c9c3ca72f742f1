#ifndef AGENT_RECOVERY_H
#define AGENT_RECOVERY_H

/*
 * Gives a machine the history of its zone back: on a new computer, or on one that was restored
 * from an older copy. Every statement of every device comes with its receipt and the entry that
 * enrolled its device, and is believed only as far as it proves.
 *
 *     aggregator -> fetching or bundle -> RECOVERY -> recovered, history, catalogues
 *
 * Page by page, each on disk before the next is asked for; an interrupted recovery goes on, a
 * repeated one changes nothing.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/redrafting.h"
#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/digest.h"

struct agent;
struct arena;
struct error;
struct store;
struct transaction;

struct recovery_state {
    uint64_t next;           /* from which entry of the journal to ask */
    struct digest catalogue; /* the last that was adopted before it; zero: none yet */
};
struct recovery_state recovery_state(const struct store *store, struct transaction *txn);

struct recovery_page {
    uint64_t statements; /* that were new */
    uint64_t lost;       /* that other machines said they had, and nobody sent: in the last page */
    uint64_t next, size; /* where it goes on, and the journal's end: equal when it is whole */
};

/* Whether the province has statements of the zone behind everything we know: another machine
 * reports for it. `history`: what it said in its greeting. */
NODISCARD bool recovery_is_behind(const struct agent *agent, uint64_t history, bool *out,
                                  struct error *err);

/* A page by wire or by file (aggregator/excerpts.h). Signatures, links, receipts and inclusion
 * are verified; all of it is stored or nothing. Fails with REFUSED: does not hold, or the page
 * before it is missing. */
NODISCARD bool recovery_accept(struct agent *agent, struct bytes page, struct arena *arena,
                               struct recovery_page *out, struct error *err);

struct recovery_end {
    uint64_t statements; /* given back, of all streams */
    size_t streams;
    uint32_t epoch;    /* a new one of ours that begins now; 0: none */
    uint64_t stranded; /* statements of ours that the province never had: drafts again */
    unsigned version;  /* of a newer catalogue that came; 0: none */
    struct redrafting drafts;
};

/* After the last page: begins the epoch that the registrar gave us, takes the newest catalogue
 * into use. Fails with REFUSED: the province is ahead of us and we were not enrolled anew, or with
 * other keys than ours. */
NODISCARD bool recovery_finish(struct agent *agent, struct arena *arena, struct recovery_end *out,
                               struct error *err);

#endif
