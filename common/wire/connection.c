#include "common/wire/connection.h"

#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <zmq.h>

#include "common/base/error.h"
#include "common/base/memory.h"
#include "common/base/messages.h"
#include "common/wire/channel.h"
#include "common/wire/message.h"

/* libzmq 4.3.4 has the option, but its header shows it to users of the draft API only. */
#ifndef ZMQ_ZAP_ENFORCE_DOMAIN
#define ZMQ_ZAP_ENFORCE_DOMAIN 93
#endif

#define CURVE_OVERHEAD 33 /* of one message: command name, nonce, code, flags */
#define MONITOR_NAME_SIZE 64
#define MONITOR_EVENTS                                                                             \
    (ZMQ_EVENT_CONNECTED | ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_HANDSHAKE_SUCCEEDED |                \
     ZMQ_EVENT_HANDSHAKE_FAILED_AUTH | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |                       \
     ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL)

struct channel_context {
    void *zmq;
    unsigned monitors; /* made so far: each needs a name of its own */
};

struct option {
    int name;
    int value;
};

/* clang-format off */
static const struct option both_ends[] = {
    { ZMQ_LINGER,            0 },     /* what must survive is in a store, not in a queue */
    { ZMQ_SNDHWM,            8 },     /* messages: the window is the protocol's */
    { ZMQ_RCVHWM,            8 },
    { ZMQ_HANDSHAKE_IVL,     3000 },  /* ms: strangers do not linger */
    { ZMQ_HEARTBEAT_IVL,     15000 },
    { ZMQ_HEARTBEAT_TIMEOUT, 45000 },
    { ZMQ_HEARTBEAT_TTL,     60000 },
    { ZMQ_TCP_MAXRT,         60000 },
};

static const struct option server_end[] = {
    { ZMQ_CURVE_SERVER,       1 },
    { ZMQ_ZAP_ENFORCE_DOMAIN, 1 },
    { ZMQ_ROUTER_MANDATORY,   1 },   /* a full queue is reported, not dropped */
    { ZMQ_BACKLOG,            4096 },
};

static const struct option client_end[] = {
    { ZMQ_IMMEDIATE,         1 },      /* nothing is queued for nobody */
    { ZMQ_RECONNECT_IVL,     1000 },   /* ms; libzmq adds up to as much again at random */
    { ZMQ_RECONNECT_IVL_MAX, 300000 },
};
/* clang-format on */

static bool system_error(struct error *err)
{
    return error_set(err, ERROR_SYSTEM, MESSAGE_CHANNEL_SYSTEM, zmq_strerror(errno));
}

struct channel_context *channel_context_create(struct error *err)
{
    void *zmq = zmq_ctx_new();
    if (!zmq) {
        system_error(err);
        return NULL;
    }
    zmq_ctx_set(zmq, ZMQ_BLOCKY, 0);
    struct channel_context *context = memory_zeroed(1, sizeof *context);
    context->zmq = zmq;
    return context;
}

void channel_context_destroy(struct channel_context **context)
{
    if (!*context)
        return;
    while (zmq_ctx_term((*context)->zmq) != 0 && errno == EINTR)
        continue;
    memory_free(context);
}

void *channel_context_zmq(const struct channel_context *context)
{
    return context->zmq;
}

static bool set_options(void *socket, const struct option *options, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (zmq_setsockopt(socket, options[i].name, &options[i].value, sizeof(int)) != 0)
            return false;
    return true;
}

static bool set_both_ends(void *socket, const struct key_pair *pair)
{
    const int64_t size_max = MESSAGE_SIZE_MAX + CURVE_OVERHEAD;
    return set_options(socket, both_ends, COUNT_OF(both_ends)) &&
           zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &size_max, sizeof size_max) == 0 &&
           zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, pair->curve_secret, KEY_SIZE) == 0;
}

/* The four that must never be apart: server, domain, enforcement, limit of size. */
static bool set_server_end(void *socket, const struct key_pair *pair)
{
    static_assert(sizeof CONNECTION_DOMAIN > 1, "an empty domain lets everybody in");
    return set_both_ends(socket, pair) && set_options(socket, server_end, COUNT_OF(server_end)) &&
           zmq_setsockopt(socket, ZMQ_ZAP_DOMAIN, CONNECTION_DOMAIN,
                          sizeof CONNECTION_DOMAIN - 1) == 0;
}

void *connection_listener(struct channel_context *context, const struct key_pair *pair,
                          struct error *err)
{
    void *socket = zmq_socket(context->zmq, ZMQ_ROUTER);
    if (socket && set_server_end(socket, pair))
        return socket;
    system_error(err);
    if (socket)
        zmq_close(socket);
    return NULL;
}

/* In the same proportions as always. */
bool connection_beat(void *socket, int heartbeat_ms, struct error *err)
{
    const struct option beats[] = { { ZMQ_HEARTBEAT_IVL, heartbeat_ms },
                                    { ZMQ_HEARTBEAT_TIMEOUT, 3 * heartbeat_ms },
                                    { ZMQ_HEARTBEAT_TTL, 4 * heartbeat_ms } };
    return set_options(socket, beats, COUNT_OF(beats)) || system_error(err);
}

static bool set_client_end(void *socket, const unsigned char server_key[KEY_SIZE],
                           const struct key_pair *pair)
{
    return set_both_ends(socket, pair) && set_options(socket, client_end, COUNT_OF(client_end)) &&
           zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, pair->public.curve, KEY_SIZE) == 0 &&
           zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, server_key, KEY_SIZE) == 0;
}

/* Its queue has no limit: at a full one libzmq's own thread would stop. */
static bool open_monitor(struct connection *connection, struct channel_context *context)
{
    char name[MONITOR_NAME_SIZE];
    snprintf(name, sizeof name, "inproc://channel-monitor-%u", ++context->monitors);
    const int none = 0;
    if (zmq_socket_monitor(connection->socket, name, MONITOR_EVENTS) != 0)
        return false;
    connection->monitor = zmq_socket(context->zmq, ZMQ_PAIR);
    return connection->monitor &&
           zmq_setsockopt(connection->monitor, ZMQ_LINGER, &none, sizeof none) == 0 &&
           zmq_setsockopt(connection->monitor, ZMQ_RCVHWM, &none, sizeof none) == 0 &&
           zmq_connect(connection->monitor, name) == 0;
}

bool connection_open(struct connection *out, struct channel_context *context, const char *endpoint,
                     const unsigned char server_key[KEY_SIZE], const struct key_pair *pair,
                     struct error *err)
{
    struct connection opened = { .socket = zmq_socket(context->zmq, ZMQ_DEALER) };
    if (!opened.socket || !set_client_end(opened.socket, server_key, pair) ||
        !open_monitor(&opened, context)) {
        system_error(err);
        connection_close(&opened);
        return false;
    }
    if (zmq_connect(opened.socket, endpoint) != 0) {
        connection_close(&opened);
        return error_set(err, ERROR_MALFORMED, MESSAGE_CHANNEL_ENDPOINT, endpoint);
    }
    *out = opened;
    return true;
}

void connection_close(struct connection *connection)
{
    if (connection->monitor) {
        zmq_socket_monitor(connection->socket, NULL, 0);
        zmq_close(connection->monitor);
    }
    if (connection->socket)
        zmq_close(connection->socket);
    *connection = (struct connection){ 0 };
}

/* One event: its number is the first two bytes of the first of two frames. */
static bool next_event(void *monitor, uint16_t *out)
{
    unsigned char head[6], endpoint[256];
    int size;
    do
        size = zmq_recv(monitor, head, sizeof head, ZMQ_DONTWAIT);
    while (size < 0 && errno == EINTR);
    if (size != (int)sizeof head)
        return false;
    while (zmq_recv(monitor, endpoint, sizeof endpoint, ZMQ_DONTWAIT) < 0 && errno == EINTR)
        continue;
    memcpy(out, head, sizeof *out);
    return true;
}

void connection_look(struct connection *connection)
{
    for (uint16_t event; next_event(connection->monitor, &event);) {
        switch (event) {
        case ZMQ_EVENT_CONNECTED:
            connection->handshake = HANDSHAKE_REACHED;
            break;
        case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
            connection->handshake = HANDSHAKE_DONE;
            break;
        case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
            connection->handshake = HANDSHAKE_DENIED;
            connection->over = true; /* 4.3.4 ends the session for good */
            break;
        case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
            connection->handshake = HANDSHAKE_BROKEN;
            connection->over = true;
            break;
        case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
            connection->handshake = HANDSHAKE_BROKEN;
            break;
        case ZMQ_EVENT_DISCONNECTED:
            if (connection->handshake == HANDSHAKE_DONE)
                connection->handshake = HANDSHAKE_NONE;
            break;
        default:
            break;
        }
    }
}
