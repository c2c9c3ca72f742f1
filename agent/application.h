#ifndef AGENT_APPLICATION_H
#define AGENT_APPLICATION_H

/*
 * Hands the enrolment request in over the wire with a one-time code, in the place of carrying
 * the file. The registrar still compares the fingerprint by telephone before the device gets in.
 *
 *     setup -> APPLICATION -> aggregator -> enrol approve
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"

struct agent;
struct error;
struct sync_channel;

/* The line is one that was opened with the code's keys. Repeated until it is answered or the time
 * is over: the province takes a repeat of the same request. Fails with REFUSED for a code that
 * was used for another request or is over. */
NODISCARD bool application_hand_in(struct agent *agent, struct sync_channel *channel,
                                   int64_t timeout_ms, struct error *err);

#endif
