#ifndef COMMON_WIRE_TRIAL_H
#define COMMON_WIRE_TRIAL_H

/*
 * The server tries its own door before it serves: a key nobody enrolled must be turned
 * away, and the same key, enrolled for a moment, must get in. Without the second half a
 * door that is nailed shut, or a trial that never arrived, would look like a guarded one.
 */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/wire/keys.h"

struct channel_context;
struct error;
struct gatekeeper;
struct random;

/* Fails with REFUSED (the stranger got in) or UNAVAILABLE (no answer in `timeout_ms`). */
NODISCARD bool trial_of_gate(struct channel_context *context, struct gatekeeper *gatekeeper,
                             const char *endpoint, const unsigned char server_key[KEY_SIZE],
                             struct random *random, int timeout_ms, struct error *err);

#endif
