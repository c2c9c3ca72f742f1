#include "common/wire/trial.h"

#include <stdint.h>
#include <zmq.h>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/wire/connection.h"
#include "common/wire/gatekeeper.h"

static bool is_decided(const struct connection *connection)
{
    return connection->over || connection->handshake == HANDSHAKE_DONE;
}

/* How far a connection with this key comes. The gate is answered meanwhile. */
static bool try_key(struct channel_context *context, struct gatekeeper *gatekeeper,
                    const char *endpoint, const unsigned char server_key[KEY_SIZE],
                    const struct key_pair *pair, int timeout_ms, enum handshake *out,
                    struct error *err)
{
    CLEANUP(connection_close) struct connection connection = { 0 };
    if (!connection_open(&connection, context, endpoint, server_key, pair, err))
        return false;

    int64_t deadline = clock_system.monotonic_ms(&clock_system) + timeout_ms;
    for (;;) {
        int64_t left = deadline - clock_system.monotonic_ms(&clock_system);
        if (is_decided(&connection) || left <= 0)
            break;
        zmq_pollitem_t items[] = { { gatekeeper_socket(gatekeeper), 0, ZMQ_POLLIN, 0 },
                                   { connection.monitor, 0, ZMQ_POLLIN, 0 } };
        zmq_poll(items, (int)COUNT_OF(items), (long)left);
        gatekeeper_answer(gatekeeper);
        connection_look(&connection);
    }
    *out = connection.handshake;
    return true;
}

bool trial_of_gate(struct channel_context *context, struct gatekeeper *gatekeeper,
                   const char *endpoint, const unsigned char server_key[KEY_SIZE],
                   struct random *random, int timeout_ms, struct error *err)
{
    CLEANUP(key_pair_wipe) struct key_pair pair = key_pair_create(random);
    enum handshake stranger = HANDSHAKE_NONE, enrolled = HANDSHAKE_NONE;

    if (!try_key(context, gatekeeper, endpoint, server_key, &pair, timeout_ms, &stranger, err))
        return false;
    if (stranger == HANDSHAKE_DONE)
        return error_set(err, ERROR_REFUSED, MESSAGE_CHANNEL_GATE_OPEN, endpoint);
    if (stranger != HANDSHAKE_DENIED)
        return error_set(err, ERROR_UNAVAILABLE, MESSAGE_CHANNEL_GATE_UNPROVEN, endpoint);

    gatekeeper_admit(gatekeeper, pair.public.curve);
    bool tried =
        try_key(context, gatekeeper, endpoint, server_key, &pair, timeout_ms, &enrolled, err);
    gatekeeper_dismiss(gatekeeper, pair.public.curve);
    if (!tried)
        return false;
    return enrolled == HANDSHAKE_DONE ||
           error_set(err, ERROR_UNAVAILABLE, MESSAGE_CHANNEL_GATE_UNPROVEN, endpoint);
}
