#include "common/wire/channel.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <zmq.h>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/memory.h"
#include "common/base/messages.h"
#include "common/wire/connection.h"
#include "common/wire/gatekeeper.h"
#include "common/wire/message.h"
#include "common/wire/trial.h"

#define TRIAL_TIMEOUT_MS 5000

/* Names that libzmq gives: a zero byte and a number. A peer cannot choose such a one. */
#define ROUTING_SIZE 5

struct server_channel {
    struct gatekeeper *gatekeeper;
    void *socket;
    char endpoint[CHANNEL_ENDPOINT_SIZE];
    zmq_msg_t payload;
    struct gatekeeper_counts trial; /* connections of the trial: not counted */
    struct server_channel_counts counts;
};

static bool bind_server(struct server_channel *server, const char *endpoint, struct error *err)
{
    size_t size = sizeof server->endpoint;
    if (zmq_bind(server->socket, endpoint) != 0)
        return error_set(err, ERROR_UNAVAILABLE, MESSAGE_CHANNEL_BIND, endpoint,
                         zmq_strerror(errno));
    return zmq_getsockopt(server->socket, ZMQ_LAST_ENDPOINT, server->endpoint, &size) == 0 ||
           error_set(err, ERROR_SYSTEM, MESSAGE_CHANNEL_SYSTEM, zmq_strerror(errno));
}

struct server_channel *server_channel_open(struct channel_context *context,
                                           const struct server_options *options, struct error *err)
{
    CLEANUP(server_channel_close) struct server_channel *server = memory_zeroed(1, sizeof *server);
    zmq_msg_init(&server->payload);

    server->gatekeeper = gatekeeper_open(context, options->random, err);
    if (!server->gatekeeper)
        return NULL;
    server->socket = connection_listener(context, options->pair, err);
    if (!server->socket ||
        (options->heartbeat_ms > 0 &&
         !connection_beat(server->socket, options->heartbeat_ms, err)) ||
        !bind_server(server, options->endpoint, err) ||
        !trial_of_gate(context, server->gatekeeper, server->endpoint, options->pair->public.curve,
                       options->random, TRIAL_TIMEOUT_MS, err))
        return NULL;
    server->trial = gatekeeper_count(server->gatekeeper);

    struct server_channel *opened = server;
    server = NULL; /* now the caller's */
    return opened;
}

void server_channel_close(struct server_channel **server)
{
    if (!*server)
        return;
    zmq_msg_close(&(*server)->payload);
    if ((*server)->socket)
        zmq_close((*server)->socket);
    gatekeeper_close(&(*server)->gatekeeper);
    memory_free(server);
}

const char *server_channel_endpoint(const struct server_channel *server)
{
    return server->endpoint;
}

void server_channel_admit(struct server_channel *server, const unsigned char curve_key[KEY_SIZE])
{
    gatekeeper_admit(server->gatekeeper, curve_key);
}

void server_channel_dismiss(struct server_channel *server, const unsigned char curve_key[KEY_SIZE])
{
    gatekeeper_dismiss(server->gatekeeper, curve_key);
}

void *server_channel_socket(const struct server_channel *server)
{
    return server->socket;
}

void *server_channel_gatekeeper(const struct server_channel *server)
{
    return gatekeeper_socket(server->gatekeeper);
}

void server_channel_answer_gate(struct server_channel *server)
{
    gatekeeper_answer(server->gatekeeper);
}

static bool has_more(void *socket)
{
    int more = 0;
    size_t size = sizeof more;
    return zmq_getsockopt(socket, ZMQ_RCVMORE, &more, &size) == 0 && more;
}

/* A message comes whole: once its first frame is there, so are the others. */
static bool receive_frame(void *socket, zmq_msg_t *out)
{
    int size;
    do
        size = zmq_msg_recv(out, socket, ZMQ_DONTWAIT);
    while (size < 0 && errno == EINTR);
    return size >= 0;
}

static bool take_routing(struct peer *peer, zmq_msg_t *frame)
{
    peer->routing_size = zmq_msg_size(frame);
    if (peer->routing_size != ROUTING_SIZE || *(unsigned char *)zmq_msg_data(frame) != 0)
        return false;
    memcpy(peer->routing, zmq_msg_data(frame), peer->routing_size);
    return true;
}

/* Reads all frames, whatever they are. False unless they are a routing and one payload. */
static bool take_frames(struct server_channel *server, struct peer *out_peer)
{
    bool right = take_routing(out_peer, &server->payload) && has_more(server->socket);
    for (int frames = 0; has_more(server->socket); frames++)
        right = receive_frame(server->socket, &server->payload) && frames == 0 && right;
    return right;
}

enum receive_outcome server_channel_receive(struct server_channel *server, struct peer *out_peer,
                                            struct bytes *out_payload)
{
    if (!receive_frame(server->socket, &server->payload))
        return RECEIVE_NOTHING;
    *out_peer = (struct peer){ .routing_size = 0 };
    if (!take_frames(server, out_peer) ||
        !gatekeeper_vouches(server->gatekeeper, &server->payload, out_peer->curve_key)) {
        server->counts.dropped++;
        return RECEIVE_DROPPED;
    }
    server->counts.received++;
    *out_payload = (struct bytes){ zmq_msg_data(&server->payload), zmq_msg_size(&server->payload) };
    return RECEIVE_MESSAGE;
}

static bool send_frame(void *socket, struct bytes frame, int flags)
{
    int sent;
    do
        sent = zmq_send(socket, frame.data, frame.size, flags | ZMQ_DONTWAIT);
    while (sent < 0 && errno == EINTR);
    return sent >= 0;
}

static bool send_body(void *socket, zmq_msg_t *body)
{
    int sent;
    do
        sent = zmq_msg_send(body, socket, ZMQ_DONTWAIT);
    while (sent < 0 && errno == EINTR);
    return sent >= 0;
}

/* Memory for the body comes first: behind an address without one the next answer would go astray.
 */
static bool send_to(void *socket, const struct peer *peer, struct bytes payload)
{
    zmq_msg_t body;
    if (zmq_msg_init_size(&body, payload.size) != 0)
        return false;
    if (payload.size > 0)
        memcpy(zmq_msg_data(&body), payload.data, payload.size);
    bool sent =
        send_frame(socket, (struct bytes){ peer->routing, peer->routing_size }, ZMQ_SNDMORE) &&
        send_body(socket, &body);
    zmq_msg_close(&body);
    return sent;
}

bool server_channel_send(struct server_channel *server, const struct peer *peer,
                         struct bytes payload)
{
    assert(payload.size <= MESSAGE_SIZE_MAX);
    bool sent = gatekeeper_admits(server->gatekeeper, peer->curve_key) &&
                send_to(server->socket, peer, payload);
    server->counts.sent += sent ? 1 : 0;
    server->counts.unsent += sent ? 0 : 1;
    return sent;
}

struct server_channel_counts server_channel_count(const struct server_channel *server)
{
    struct server_channel_counts counts = server->counts;
    struct gatekeeper_counts gate = gatekeeper_count(server->gatekeeper);
    counts.admitted = gate.admitted - server->trial.admitted;
    counts.denied = gate.denied - server->trial.denied;
    return counts;
}

struct client_channel {
    struct channel_context *context;
    struct connection connection;
    char endpoint[CHANNEL_ENDPOINT_SIZE];
    unsigned char server_key[KEY_SIZE];
    struct key_pair pair;
    zmq_msg_t payload;
};

struct client_channel *client_channel_open(struct channel_context *context, const char *endpoint,
                                           const unsigned char server_key[KEY_SIZE],
                                           const struct key_pair *pair, struct error *err)
{
    CLEANUP(client_channel_close) struct client_channel *client = memory_zeroed(1, sizeof *client);
    zmq_msg_init(&client->payload);
    client->context = context;
    client->pair = *pair;
    memcpy(client->server_key, server_key, KEY_SIZE);
    if (strlen(endpoint) >= sizeof client->endpoint) {
        error_set(err, ERROR_MALFORMED, MESSAGE_CHANNEL_ENDPOINT, endpoint);
        return NULL;
    }
    memcpy(client->endpoint, endpoint, strlen(endpoint) + 1);
    if (!connection_open(&client->connection, context, endpoint, server_key, pair, err))
        return NULL;

    struct client_channel *opened = client;
    client = NULL; /* now the caller's */
    return opened;
}

void client_channel_close(struct client_channel **client)
{
    if (!*client)
        return;
    zmq_msg_close(&(*client)->payload);
    connection_close(&(*client)->connection);
    key_pair_wipe(&(*client)->pair);
    memory_free(client);
}

void *client_channel_socket(const struct client_channel *client)
{
    return client->connection.socket;
}

/* After a refused handshake libzmq never dials again with this socket: take a new one, or a
 * device that is admitted later stays locked out. */
static bool dial_again(struct client_channel *client, struct error *err)
{
    struct connection again;
    if (!connection_open(&again, client->context, client->endpoint, client->server_key,
                         &client->pair, err))
        return false;
    connection_close(&client->connection);
    client->connection = again;
    return true;
}

static bool denied(const struct client_channel *client, struct error *err)
{
    if (client->connection.handshake == HANDSHAKE_DENIED)
        return error_set(err, ERROR_REFUSED, MESSAGE_CHANNEL_DENIED, client->endpoint);
    return error_set(err, ERROR_UNAVAILABLE, MESSAGE_CHANNEL_STRANGER, client->endpoint);
}

static bool timed_out(const struct client_channel *client, struct error *err)
{
    switch (client->connection.handshake) {
    case HANDSHAKE_DONE:
        return error_set(err, ERROR_UNAVAILABLE, MESSAGE_CHANNEL_SILENT, client->endpoint);
    case HANDSHAKE_REACHED:
    case HANDSHAKE_BROKEN:
    case HANDSHAKE_DENIED:
        return error_set(err, ERROR_UNAVAILABLE, MESSAGE_CHANNEL_STRANGER, client->endpoint);
    case HANDSHAKE_NONE:
        break;
    }
    return error_set(err, ERROR_UNAVAILABLE, MESSAGE_CHANNEL_NOBODY, client->endpoint);
}

/* Until the socket is ready for `events`, the handshake is over, or the time is up. */
static bool wait_for(struct client_channel *client, short events, int64_t deadline,
                     struct error *err)
{
    struct connection *connection = &client->connection;
    for (;;) {
        int64_t left = deadline - clock_system.monotonic_ms(&clock_system);
        connection_look(connection);
        zmq_pollitem_t items[] = { { connection->socket, 0, events, 0 },
                                   { connection->monitor, 0, ZMQ_POLLIN, 0 } };
        zmq_poll(items, (int)COUNT_OF(items), connection->over || left < 0 ? 0 : (long)left);
        if (items[0].revents & events)
            return true;
        if (connection->over)
            return denied(client, err);
        if (left <= 0)
            return timed_out(client, err);
    }
}

bool client_channel_send(struct client_channel *client, struct bytes payload, int timeout_ms,
                         struct error *err)
{
    assert(payload.size <= MESSAGE_SIZE_MAX);
    int64_t deadline = clock_system.monotonic_ms(&clock_system) + timeout_ms;
    if (client->connection.over && !dial_again(client, err))
        return false;
    while (!send_frame(client->connection.socket, payload, 0)) {
        if (errno != EAGAIN)
            return error_set(err, ERROR_SYSTEM, MESSAGE_CHANNEL_SYSTEM, zmq_strerror(errno));
        if (!wait_for(client, ZMQ_POLLOUT, deadline, err))
            return false;
    }
    return true;
}

/* Answers have one frame: others are passed over. */
static bool take_answer(struct client_channel *client)
{
    void *socket = client->connection.socket;
    if (!receive_frame(socket, &client->payload))
        return false;
    bool single = !has_more(socket);
    while (has_more(socket) && receive_frame(socket, &client->payload))
        continue;
    return single;
}

bool client_channel_receive(struct client_channel *client, int timeout_ms,
                            struct bytes *out_payload, struct error *err)
{
    int64_t deadline = clock_system.monotonic_ms(&clock_system) + timeout_ms;
    while (!take_answer(client))
        if (!wait_for(client, ZMQ_POLLIN, deadline, err))
            return false;
    *out_payload = (struct bytes){ zmq_msg_data(&client->payload), zmq_msg_size(&client->payload) };
    return true;
}
