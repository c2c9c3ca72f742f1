#ifndef AGGREGATOR_INGEST_SESSION_H
#define AGGREGATOR_INGEST_SESSION_H

/*
 * A session begins: HELLO is refused, doubted, or given its next token. Inside an open batch of
 * the ledger; nothing is answered before that is committed.
 *
 *     gate -> SESSION -> sessions, devices -> ledger
 *
 * A device whose old token is shown again by somebody who can answer for it has two holders:
 * it is suspended by an entry of the journal, and both are cut off until it is enrolled anew.
 */

#include <stdint.h>

struct doubts;
struct province;
struct visit;

/* Sets refusal, challenge or token of the visit. Takes at most one entry. */
void session_begin(struct province *province, struct doubts *doubts, int64_t utc_ms,
                   struct visit *visit);

#endif
