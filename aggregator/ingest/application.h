#ifndef AGGREGATOR_INGEST_APPLICATION_H
#define AGGREGATOR_INGEST_APPLICATION_H

/*
 * An enrolment request handed in over the wire by somebody who has a one-time code and nothing
 * else. It waits for the registrar like one that came as a file. Inside an open batch of the
 * ledger; nothing is answered before that is committed.
 *
 *     gate -> APPLICATION -> invitations, requests -> enrol approve
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/wire/keys.h"

struct arena;
struct province;
struct visit;

/* Sets a refusal, or writes the request down and marks the code as used. */
void application_take(const struct province *province, int64_t utc_ms, struct visit *visit,
                      struct arena *arena);

#endif
