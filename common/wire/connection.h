#ifndef COMMON_WIRE_CONNECTION_H
#define COMMON_WIRE_CONNECTION_H

/*
 * The sockets under a channel: the only place where one is made and every option that
 * matters is set. Everything about a connection's progress is read from its monitor.
 */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/wire/keys.h"

#define CONNECTION_DOMAIN "zonetally" /* never empty: libzmq would not ask the gatekeeper */

struct channel_context;
struct error;

/* libzmq's own context. */
void *channel_context_zmq(const struct channel_context *context);

/* A ROUTER under CURVE with an enforced ZAP domain, not bound yet. To be closed with zmq_close().
 */
NODISCARD void *connection_listener(struct channel_context *context, const struct key_pair *pair,
                                    struct error *err);

/* Before it is bound: how often it asks whether its peers are still there. */
NODISCARD bool connection_beat(void *socket, int heartbeat_ms, struct error *err);

enum handshake {
    HANDSHAKE_NONE,    /* nobody there so far */
    HANDSHAKE_REACHED, /* somebody listens */
    HANDSHAKE_BROKEN,  /* somebody listens, but it is not the server with that key */
    HANDSHAKE_DENIED,  /* the server does not admit our key */
    HANDSHAKE_DONE
};

/* A DEALER that dials, with its monitor. */
struct connection {
    void *socket;
    void *monitor;
    enum handshake handshake;
    bool over; /* libzmq has given up and will not dial again */
};

/* Starts dialling and returns at once. Fails with MALFORMED for what is no endpoint. */
NODISCARD bool connection_open(struct connection *out, struct channel_context *context,
                               const char *endpoint, const unsigned char server_key[KEY_SIZE],
                               const struct key_pair *pair, struct error *err);
void connection_close(struct connection *connection); /* for CLEANUP */

/* Reads what the monitor has seen. Never blocks. */
void connection_look(struct connection *connection);

#endif
