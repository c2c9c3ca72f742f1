#include "tests/support/test.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zmq.h>

#include "common/base/clock.h"
#include "common/wire/connection.h"
#include "common/wire/message.h"
#include "tests/support/channels.h"
#include "tests/support/curve_client.h"

#define HEARTBEAT_MS 100
#define HANDSHAKE_MS 3000

/* A server of its own with quick heartbeats, at work in a thread, and one enrolled key. */
struct fixture {
    struct channels *channels;
    struct server_channel *server;
    struct key_pair enrolled;
    atomic_bool over;
    pthread_t thread;
    struct error err;
};

static void *serve(void *owner)
{
    struct fixture *f = owner;
    struct peer peer;
    struct bytes payload;
    while (!atomic_load(&f->over)) {
        zmq_pollitem_t items[] = { { server_channel_gatekeeper(f->server), 0, ZMQ_POLLIN, 0 },
                                   { server_channel_socket(f->server), 0, ZMQ_POLLIN, 0 } };
        zmq_poll(items, 2, 10);
        server_channel_answer_gate(f->server);
        while (server_channel_receive(f->server, &peer, &payload) != RECEIVE_NOTHING)
            continue; /* and no answer, ever */
    }
    return NULL;
}

/* The fixture's own server holds the one gatekeeper of a context: it is closed first. */
static int set_up(void **state)
{
    struct fixture *f = test_calloc(1, sizeof *f);
    channels_set_up((void **)&f->channels);
    server_channel_close(&f->channels->server);
    struct server_options options = { "tcp://127.0.0.1:*", &f->channels->server_pair,
                                      &f->channels->random.random, HEARTBEAT_MS };
    f->server = server_channel_open(f->channels->context, &options, &f->err);
    if (!f->server)
        fail_msg("%s", f->err.text);
    f->enrolled = channels_pair(f->channels);
    server_channel_admit(f->server, f->enrolled.public.curve);
    assert_int_equal(pthread_create(&f->thread, NULL, serve, f), 0);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    atomic_store(&f->over, true);
    pthread_join(f->thread, NULL);
    server_channel_close(&f->server);
    channels_tear_down((void **)&f->channels);
    test_free(f);
    return 0;
}

/* How long until the other end closes; whatever comes before is left unanswered. */
static int64_t closed_after_ms(int file, int most_ms)
{
    char buffer[4096];
    int64_t begin = clock_system.monotonic_ms(&clock_system);
    for (;;) {
        struct pollfd waiting = { .fd = file, .events = POLLIN };
        int64_t passed = clock_system.monotonic_ms(&clock_system) - begin;
        if (passed >= most_ms)
            return INT64_MAX;
        poll(&waiting, 1, (int)(most_ms - passed));
        if (waiting.revents && recv(file, buffer, sizeof buffer, 0) <= 0)
            return clock_system.monotonic_ms(&clock_system) - begin;
    }
}

static void a_peer_that_goes_silent_after_the_handshake_is_dropped(void **state)
{
    struct fixture *f = *state;
    struct curve_client client;
    struct curve_attack hands = { .endpoint = server_channel_endpoint(f->server),
                                  .server_key = f->channels->server_pair.public.curve,
                                  .public_key = f->enrolled.public.curve,
                                  .secret_key = f->enrolled.curve_secret };
    assert_int_equal(curve_client_open(&client, &hands, CHANNELS_PATIENCE_MS), CURVE_ADMITTED);

    int64_t after = closed_after_ms(client.file, CHANNELS_PATIENCE_MS);

    print_message("silent peer dropped after %lld ms, heartbeat %d ms\n", (long long)after,
                  HEARTBEAT_MS);
    curve_client_close(&client);
    assert_true(after < CHANNELS_PATIENCE_MS);
    assert_true(after >= 3 * HEARTBEAT_MS / 2);
}

static void a_stranger_that_never_shakes_hands_is_dropped(void **state)
{
    struct fixture *f = *state;
    int file = plain_connection(server_channel_endpoint(f->server));
    assert_true(file >= 0);

    int64_t after = closed_after_ms(file, CHANNELS_PATIENCE_MS);

    print_message("stranger dropped after %lld ms\n", (long long)after);
    close(file);
    assert_true(after < CHANNELS_PATIENCE_MS);
    assert_true(after >= HANDSHAKE_MS / 2);
}

static void an_agent_whose_province_goes_silent_gives_up_in_time(void **state)
{
    struct fixture *f = *state;
    struct bytes answer;
    struct client_channel *client =
        channels_client_of(f->channels, server_channel_endpoint(f->server),
                           f->channels->server_pair.public.curve, &f->enrolled);
    assert_true(client_channel_send(client, bytes_of_text("hello"), CHANNELS_PATIENCE_MS, &f->err));
    int64_t begin = clock_system.monotonic_ms(&clock_system);

    assert_false(client_channel_receive(client, CHANNELS_DOUBT_MS, &answer, &f->err));

    assert_int_equal(f->err.kind, ERROR_UNAVAILABLE);
    assert_true(clock_system.monotonic_ms(&clock_system) - begin < CHANNELS_PATIENCE_MS);
}

struct expected {
    int option, value;
};

static void assert_options(void *socket, const struct expected *expected, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int value = -1;
        size_t size = sizeof value;
        assert_int_equal(zmq_getsockopt(socket, expected[i].option, &value, &size), 0);
        if (value != expected[i].value)
            fail_msg("option %d is %d", expected[i].option, value);
    }
    int64_t most = 0;
    size_t size = sizeof most;
    assert_int_equal(zmq_getsockopt(socket, ZMQ_MAXMSGSIZE, &most, &size), 0);
    assert_in_range(most, MESSAGE_SIZE_MAX, MESSAGE_SIZE_MAX + 64);
}

/* What libzmq would do by default lets strangers stay, queues without end and waits for ever. */
static void every_limit_of_both_ends_is_set(void **state)
{
    struct fixture *f = *state;
    static const struct expected both[] = {
        { ZMQ_LINGER, 0 },
        { ZMQ_SNDHWM, 8 },
        { ZMQ_RCVHWM, 8 },
        { ZMQ_HANDSHAKE_IVL, 3000 },
        { ZMQ_HEARTBEAT_IVL, 15000 },
        { ZMQ_HEARTBEAT_TIMEOUT, 45000 },
        { ZMQ_HEARTBEAT_TTL, 60000 },
        { ZMQ_TCP_MAXRT, 60000 },
    };
    static const struct expected server_only[] = { { ZMQ_CURVE_SERVER, 1 }, { ZMQ_BACKLOG, 4096 } };
    static const struct expected client_only[] = {
        { ZMQ_IMMEDIATE, 1 },
        { ZMQ_RECONNECT_IVL, 1000 },
        { ZMQ_RECONNECT_IVL_MAX, 300000 },
    };
    void *listener = connection_listener(f->channels->context, &f->channels->server_pair, &f->err);
    struct client_channel *client =
        channels_client_of(f->channels, server_channel_endpoint(f->server),
                           f->channels->server_pair.public.curve, &f->enrolled);

    assert_non_null(listener);
    assert_options(listener, both, COUNT_OF(both));
    assert_options(listener, server_only, COUNT_OF(server_only));
    assert_options(client_channel_socket(client), both, COUNT_OF(both));
    assert_options(client_channel_socket(client), client_only, COUNT_OF(client_only));
    zmq_close(listener);
}

int main(void)
{
#define A_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        A_TEST(a_peer_that_goes_silent_after_the_handshake_is_dropped),
        A_TEST(a_stranger_that_never_shakes_hands_is_dropped),
        A_TEST(an_agent_whose_province_goes_silent_gives_up_in_time),
        A_TEST(every_limit_of_both_ends_is_set),
    };
    return cmocka_run_group_tests_name("half_open", tests, NULL, NULL);
}
