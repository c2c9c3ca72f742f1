#include "tests/support/test.h"

#include "tests/support/channels.h"

#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "common/base/clock.h"
#include "common/wire/connection.h"

#define STEP_MS 10

int channels_set_up(void **state)
{
    struct channels *channels = calloc(1, sizeof *channels);
    channels->random = seeded_random_of(11);
    channels->context = channel_context_create(&channels->err);
    assert_non_null(channels->context);
    channels->server_pair = channels_pair(channels);
    channels->server =
        server_channel_open(channels->context,
                            &(struct server_options){ "tcp://127.0.0.1:*", &channels->server_pair,
                                                      &channels->random.random, 0 },
                            &channels->err);
    if (!channels->server)
        fail_msg("%s", channels->err.text);
    *state = channels;
    return 0;
}

int channels_tear_down(void **state)
{
    struct channels *channels = *state;
    for (size_t i = 0; i < CHANNELS_CLIENTS_MAX; i++) {
        client_channel_close(&channels->clients[i]);
        if (channels->sockets[i])
            zmq_close(channels->sockets[i]);
    }
    server_channel_close(&channels->server);
    channel_context_destroy(&channels->context);
    free(channels);
    return 0;
}

struct key_pair channels_pair(struct channels *channels)
{
    return key_pair_create(&channels->random.random);
}

struct client_channel *channels_client_of(struct channels *channels, const char *endpoint,
                                          const unsigned char server_key[KEY_SIZE],
                                          const struct key_pair *pair)
{
    size_t at = 0;
    while (at < CHANNELS_CLIENTS_MAX && channels->clients[at])
        at++;
    assert_in_range(at, 0, CHANNELS_CLIENTS_MAX - 1);
    channels->clients[at] =
        client_channel_open(channels->context, endpoint, server_key, pair, &channels->err);
    assert_non_null(channels->clients[at]);
    return channels->clients[at];
}

struct client_channel *channels_client(struct channels *channels, const struct key_pair *pair)
{
    return channels_client_of(channels, server_channel_endpoint(channels->server),
                              channels->server_pair.public.curve, pair);
}

void channels_close_client(struct channels *channels, struct client_channel *client)
{
    for (size_t i = 0; i < CHANNELS_CLIENTS_MAX; i++)
        if (channels->clients[i] == client)
            client_channel_close(&channels->clients[i]);
}

int64_t channels_deadline(int after_ms)
{
    return clock_system.monotonic_ms(&clock_system) + after_ms;
}

bool channels_in_time(int64_t deadline)
{
    return clock_system.monotonic_ms(&clock_system) < deadline;
}

void channels_answer(struct channels *channels, int ms)
{
    zmq_pollitem_t gate = { server_channel_gatekeeper(channels->server), 0, ZMQ_POLLIN, 0 };
    zmq_poll(&gate, 1, ms);
    server_channel_answer_gate(channels->server);
}

bool channels_send(struct channels *channels, struct client_channel *client, const char *text)
{
    int64_t deadline = channels_deadline(CHANNELS_PATIENCE_MS);
    do {
        if (client_channel_send(client, bytes_of_text(text), STEP_MS, &channels->err))
            return true;
        channels_answer(channels, STEP_MS);
    } while (channels->err.kind == ERROR_UNAVAILABLE && channels_in_time(deadline));
    return false;
}

enum receive_outcome channels_receive(struct channels *channels, int ms, struct peer *out_peer,
                                      struct bytes *out_payload)
{
    int64_t deadline = channels_deadline(ms);
    do {
        enum receive_outcome outcome =
            server_channel_receive(channels->server, out_peer, out_payload);
        if (outcome != RECEIVE_NOTHING)
            return outcome;
        zmq_pollitem_t items[] = { { server_channel_gatekeeper(channels->server), 0, ZMQ_POLLIN,
                                     0 },
                                   { server_channel_socket(channels->server), 0, ZMQ_POLLIN, 0 } };
        zmq_poll(items, 2, STEP_MS);
        server_channel_answer_gate(channels->server);
    } while (channels_in_time(deadline));
    return RECEIVE_NOTHING;
}

void *channels_bare_dealer(struct channels *channels)
{
    size_t at = 0;
    while (at < CHANNELS_CLIENTS_MAX && channels->sockets[at])
        at++;
    assert_in_range(at, 0, CHANNELS_CLIENTS_MAX - 1);
    channels->sockets[at] = zmq_socket(channel_context_zmq(channels->context), ZMQ_DEALER);
    zmq_setsockopt(channels->sockets[at], ZMQ_LINGER, &(int){ 0 }, sizeof(int));
    return channels->sockets[at];
}

void *channels_raw_dealer(struct channels *channels, const struct key_pair *pair)
{
    void *dealer = channels_bare_dealer(channels);
    zmq_setsockopt(dealer, ZMQ_CURVE_SERVERKEY, channels->server_pair.public.curve, KEY_SIZE);
    zmq_setsockopt(dealer, ZMQ_CURVE_PUBLICKEY, pair->public.curve, KEY_SIZE);
    zmq_setsockopt(dealer, ZMQ_CURVE_SECRETKEY, pair->curve_secret, KEY_SIZE);
    return dealer;
}
