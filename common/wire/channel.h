#ifndef COMMON_WIRE_CHANNEL_H
#define COMMON_WIRE_CHANNEL_H

/*
 * The connection: ZeroMQ DEALER to ROUTER under CURVE. Every option that matters is set
 * in one place; a server socket cannot exist without an enforced ZAP domain.
 *
 * Only admitted CURVE keys get in; a message counts only if it carries the server's
 * secret token of this start, which the ZAP handler hands out (libzmq's User-Id alone can
 * be forged). Whose figure it is, the statement's signature decides, never the connection.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/wire/keys.h"

#define CHANNEL_ENDPOINT_SIZE 256

struct error;
struct random;
struct channel_context; /* one per process */
struct server_channel;
struct client_channel;

NODISCARD struct channel_context *channel_context_create(struct error *err);
void channel_context_destroy(struct channel_context **context);

struct server_options {
    const char *endpoint; /* "tcp://127.0.0.1:*": the kernel picks the port */
    const struct key_pair *pair;
    struct random *random; /* for the token of this start */
    int heartbeat_ms;      /* 0: as usual; shorter for tests */
};

/* Binds the ZAP handler, then the socket, then tries itself with a key nobody enrolled and
 * refuses to serve (REFUSED) if that key gets in. */
NODISCARD struct server_channel *server_channel_open(struct channel_context *context,
                                                     const struct server_options *options,
                                                     struct error *err);
void server_channel_close(struct server_channel **server);

/* What was bound: "tcp://127.0.0.1:40123". Lives as long as the server. */
const char *server_channel_endpoint(const struct server_channel *server);

/* The table of who gets in. Dismissing takes effect at once, on open connections too. */
void server_channel_admit(struct server_channel *server, const unsigned char curve_key[KEY_SIZE]);
void server_channel_dismiss(struct server_channel *server, const unsigned char curve_key[KEY_SIZE]);

/* For a loop: both are to be watched for reading. */
void *server_channel_socket(const struct server_channel *server);
void *server_channel_gatekeeper(const struct server_channel *server);
/* Answers what waits at the gate. To be called when the gatekeeper is readable. */
void server_channel_answer_gate(struct server_channel *server);

/* Who sent it: to be given back to send. */
struct peer {
    unsigned char routing[256];
    size_t routing_size;
    unsigned char curve_key[KEY_SIZE];
};

enum receive_outcome { RECEIVE_NOTHING, RECEIVE_MESSAGE, RECEIVE_DROPPED };

/* Never blocks. The payload is valid until the next receive. DROPPED: something came that
 * may not be looked at (no token, dismissed key, wrong number of frames): ask again. */
enum receive_outcome server_channel_receive(struct server_channel *server, struct peer *out_peer,
                                            struct bytes *out_payload);
/* Never blocks; false when the peer is gone or its queue is full: it will ask again. */
bool server_channel_send(struct server_channel *server, const struct peer *peer,
                         struct bytes payload);

struct server_channel_counts {
    uint64_t admitted, denied, dropped, received, sent, unsent;
};
struct server_channel_counts server_channel_count(const struct server_channel *server);

/* The agent's end. Never sets a routing id. */
NODISCARD struct client_channel *client_channel_open(struct channel_context *context,
                                                     const char *endpoint,
                                                     const unsigned char server_key[KEY_SIZE],
                                                     const struct key_pair *pair,
                                                     struct error *err);
void client_channel_close(struct client_channel **client);
/* Valid until the next send, which takes a new socket once the server refused the last one. */
void *client_channel_socket(const struct client_channel *client);

/* Waits at most `timeout_ms`. Fails with UNAVAILABLE (nobody there, in time) or REFUSED (the
 * province does not admit this device's key). */
NODISCARD bool client_channel_send(struct client_channel *client, struct bytes payload,
                                   int timeout_ms, struct error *err);
/* The payload is valid until the next receive. */
NODISCARD bool client_channel_receive(struct client_channel *client, int timeout_ms,
                                      struct bytes *out_payload, struct error *err);

#endif
