#ifndef AGENT_WIRE_LINE_H
#define AGENT_WIRE_LINE_H

/* The real line to the province: ZeroMQ under CURVE, one connection for each session. */

#include <stdbool.h>

#include "agent/sync.h"
#include "common/base/attributes.h"
#include "common/wire/channel.h"
#include "common/wire/keys.h"

struct wire_line {
    struct sync_channel channel; /* first, so that a pointer to it is a pointer to the whole */
    struct channel_context *context;
    struct client_channel *client;
    const char *endpoint;
    const unsigned char *server_key;
    const struct key_pair *pair;
};

/* Borrows endpoint, key and pair. Fails with SYSTEM. */
NODISCARD bool wire_line_create(const char *endpoint, const unsigned char server_key[KEY_SIZE],
                                const struct key_pair *pair, struct wire_line *out,
                                struct error *err);
void wire_line_destroy(struct wire_line *line); /* for CLEANUP too */

#endif
