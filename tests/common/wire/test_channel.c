#include "tests/support/test.h"

#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "common/wire/message.h"
#include "tests/support/channels.h"

static void assert_text(struct bytes payload, const char *text)
{
    assert_true(bytes_equal(payload, bytes_of_text(text)));
}

static void an_enrolled_device_gets_in_and_is_known_by_its_key(void **state)
{
    struct channels *c = *state;
    struct key_pair pair = channels_pair(c), other = channels_pair(c);
    server_channel_admit(c->server, other.public.curve);
    server_channel_admit(c->server, pair.public.curve);
    server_channel_admit(c->server, pair.public.curve);
    struct client_channel *client = channels_client(c, &pair);
    struct peer peer;
    struct bytes payload;

    assert_true(channels_send(c, client, "hello"));

    assert_int_equal(channels_receive(c, CHANNELS_PATIENCE_MS, &peer, &payload), RECEIVE_MESSAGE);
    assert_text(payload, "hello");
    assert_memory_equal(peer.curve_key, pair.public.curve, KEY_SIZE);
    assert_int_equal(server_channel_count(c->server).admitted, 1);
    assert_int_equal(server_channel_count(c->server).denied, 0);
    assert_int_equal(server_channel_count(c->server).received, 1);
}

static void answers_go_to_the_one_who_asked(void **state)
{
    struct channels *c = *state;
    struct key_pair pairs[2] = { channels_pair(c), channels_pair(c) };
    struct client_channel *clients[2];
    struct bytes payload;
    for (int i = 0; i < 2; i++) {
        server_channel_admit(c->server, pairs[i].public.curve);
        clients[i] = channels_client(c, &pairs[i]);
        assert_true(channels_send(c, clients[i], i ? "one" : "zero"));
    }

    for (int i = 0; i < 2; i++) {
        struct peer peer;
        assert_int_equal(channels_receive(c, CHANNELS_PATIENCE_MS, &peer, &payload),
                         RECEIVE_MESSAGE);
        assert_true(server_channel_send(c->server, &peer, payload));
    }

    for (int i = 0; i < 2; i++) {
        assert_true(client_channel_receive(clients[i], CHANNELS_PATIENCE_MS, &payload, &c->err));
        assert_text(payload, i ? "one" : "zero");
        channels_close_client(c, clients[i]);
    }
    assert_int_equal(server_channel_count(c->server).sent, 2);
}

static void a_device_nobody_enrolled_is_refused(void **state)
{
    struct channels *c = *state;
    struct key_pair pair = channels_pair(c);
    struct client_channel *client = channels_client(c, &pair);

    assert_false(channels_send(c, client, "hello"));

    assert_int_equal(c->err.kind, ERROR_REFUSED);
    assert_int_equal(server_channel_count(c->server).denied, 1);
    assert_int_equal(server_channel_count(c->server).admitted, 0);
}

static void a_device_admitted_later_gets_in_on_the_same_channel(void **state)
{
    struct channels *c = *state;
    struct key_pair pair = channels_pair(c);
    struct client_channel *client = channels_client(c, &pair);
    struct peer peer;
    struct bytes payload;
    assert_false(channels_send(c, client, "early"));
    assert_false(channels_send(c, client, "still early"));
    assert_int_equal(c->err.kind, ERROR_REFUSED);

    server_channel_admit(c->server, pair.public.curve);

    assert_true(channels_send(c, client, "now"));
    assert_int_equal(channels_receive(c, CHANNELS_PATIENCE_MS, &peer, &payload), RECEIVE_MESSAGE);
    assert_text(payload, "now");
}

static void a_dismissed_device_is_not_heard_on_its_open_connection(void **state)
{
    struct channels *c = *state;
    struct key_pair pair = channels_pair(c);
    server_channel_admit(c->server, pair.public.curve);
    struct client_channel *client = channels_client(c, &pair);
    struct peer peer, again;
    struct bytes payload;
    assert_true(channels_send(c, client, "before"));
    assert_int_equal(channels_receive(c, CHANNELS_PATIENCE_MS, &peer, &payload), RECEIVE_MESSAGE);

    server_channel_dismiss(c->server, pair.public.curve);

    assert_true(channels_send(c, client, "after"));
    assert_int_equal(channels_receive(c, CHANNELS_PATIENCE_MS, &again, &payload), RECEIVE_DROPPED);
    assert_false(server_channel_send(c->server, &peer, bytes_of_text("answer")));
    assert_int_equal(server_channel_count(c->server).dropped, 1);
    assert_int_equal(server_channel_count(c->server).unsent, 1);
}

static void a_dismissed_device_does_not_come_back(void **state)
{
    struct channels *c = *state;
    struct key_pair pair = channels_pair(c);
    server_channel_admit(c->server, pair.public.curve);
    struct client_channel *client = channels_client(c, &pair);
    assert_true(channels_send(c, client, "before"));
    channels_close_client(c, client);

    server_channel_dismiss(c->server, pair.public.curve);

    client = channels_client(c, &pair);
    assert_false(channels_send(c, client, "after"));
    assert_int_equal(c->err.kind, ERROR_REFUSED);
    channels_close_client(c, client);
}

static void a_server_with_another_key_gets_nothing(void **state)
{
    struct channels *c = *state;
    struct key_pair pair = channels_pair(c), impostor = channels_pair(c);
    server_channel_admit(c->server, pair.public.curve);
    struct client_channel *client =
        channels_client_of(c, server_channel_endpoint(c->server), impostor.public.curve, &pair);
    struct peer peer;
    struct bytes payload;

    int64_t deadline = channels_deadline(CHANNELS_DOUBT_MS);
    while (channels_in_time(deadline)) {
        assert_false(client_channel_send(client, bytes_of_text("secret"), 10, &c->err));
        assert_int_equal(c->err.kind, ERROR_UNAVAILABLE);
        channels_answer(c, 10);
    }

    assert_non_null(strstr(c->err.text, "未能建立加密连接"));
    assert_int_equal(channels_receive(c, 0, &peer, &payload), RECEIVE_NOTHING);
    assert_int_equal(server_channel_count(c->server).admitted, 0);
}

static void without_curve_nobody_gets_in(void **state)
{
    struct channels *c = *state;
    void *plain = channels_bare_dealer(c);
    void *bare = channels_bare_dealer(c);
    struct peer peer;
    struct bytes payload;
    zmq_setsockopt(plain, ZMQ_PLAIN_USERNAME, "jilin", 5);
    zmq_setsockopt(plain, ZMQ_PLAIN_PASSWORD, "jilin", 5);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(zmq_connect(i ? plain : bare, server_channel_endpoint(c->server)), 0);
        assert_true(zmq_send(i ? plain : bare, "hello", 5, ZMQ_DONTWAIT) > 0);
    }

    assert_int_equal(channels_receive(c, CHANNELS_DOUBT_MS, &peer, &payload), RECEIVE_NOTHING);

    assert_int_equal(server_channel_count(c->server).admitted, 0);
}

static void nobody_there_is_said_in_time(void **state)
{
    struct channels *c = *state;
    struct key_pair pair = channels_pair(c);
    struct client_channel *client =
        channels_client_of(c, "tcp://127.0.0.1:1", c->server_pair.public.curve, &pair);
    struct bytes payload;

    int64_t deadline = channels_deadline(CHANNELS_PATIENCE_MS);
    assert_false(client_channel_send(client, bytes_of_text("hello"), 100, &c->err));
    assert_int_equal(c->err.kind, ERROR_UNAVAILABLE);
    assert_non_null(strstr(c->err.text, "没有应答"));
    assert_false(client_channel_receive(client, 50, &payload, &c->err));
    assert_int_equal(c->err.kind, ERROR_UNAVAILABLE);

    assert_true(channels_in_time(deadline));
}

static void a_silent_server_is_unavailable(void **state)
{
    struct channels *c = *state;
    struct key_pair pair = channels_pair(c);
    server_channel_admit(c->server, pair.public.curve);
    struct client_channel *client = channels_client(c, &pair);
    struct bytes payload;
    assert_true(channels_send(c, client, "hello"));

    assert_false(client_channel_receive(client, 50, &payload, &c->err));

    assert_int_equal(c->err.kind, ERROR_UNAVAILABLE);
    assert_non_null(strstr(c->err.text, "没有答复"));
}

static void a_message_of_several_frames_is_dropped_whole(void **state)
{
    struct channels *c = *state;
    struct key_pair pair = channels_pair(c);
    server_channel_admit(c->server, pair.public.curve);
    void *dealer = channels_raw_dealer(c, &pair);
    struct peer peer;
    struct bytes payload;
    assert_int_equal(zmq_connect(dealer, server_channel_endpoint(c->server)), 0);

    zmq_send(dealer, "", 0, ZMQ_SNDMORE);
    zmq_send(dealer, "two", 3, ZMQ_SNDMORE);
    zmq_send(dealer, "three", 5, 0);
    zmq_send(dealer, "one", 3, 0);

    assert_int_equal(channels_receive(c, CHANNELS_PATIENCE_MS, &peer, &payload), RECEIVE_DROPPED);
    assert_int_equal(channels_receive(c, CHANNELS_PATIENCE_MS, &peer, &payload), RECEIVE_MESSAGE);
    assert_text(payload, "one");
}

static void a_device_that_chose_its_own_routing_is_dropped(void **state)
{
    struct channels *c = *state;
    struct key_pair pair = channels_pair(c);
    server_channel_admit(c->server, pair.public.curve);
    void *dealer = channels_raw_dealer(c, &pair);
    struct peer peer;
    struct bytes payload;
    zmq_setsockopt(dealer, ZMQ_ROUTING_ID, "other", 5);
    assert_int_equal(zmq_connect(dealer, server_channel_endpoint(c->server)), 0);

    zmq_send(dealer, "hello", 5, 0);

    assert_int_equal(channels_receive(c, CHANNELS_PATIENCE_MS, &peer, &payload), RECEIVE_DROPPED);
}

static void the_largest_message_passes(void **state)
{
    struct channels *c = *state;
    struct key_pair pair = channels_pair(c);
    server_channel_admit(c->server, pair.public.curve);
    struct client_channel *client = channels_client(c, &pair);
    static char large[MESSAGE_SIZE_MAX];
    struct peer peer;
    struct bytes payload;
    memset(large, 'x', sizeof large);
    assert_true(channels_send(c, client, "first"));
    assert_int_equal(channels_receive(c, CHANNELS_PATIENCE_MS, &peer, &payload), RECEIVE_MESSAGE);

    assert_true(client_channel_send(client, BYTES_OF(large), CHANNELS_PATIENCE_MS, &c->err));
    assert_int_equal(channels_receive(c, CHANNELS_PATIENCE_MS, &peer, &payload), RECEIVE_MESSAGE);
    assert_int_equal(payload.size, sizeof large);

    assert_true(server_channel_send(c->server, &peer, payload));
    assert_true(client_channel_receive(client, CHANNELS_PATIENCE_MS, &payload, &c->err));
    assert_true(bytes_equal(payload, BYTES_OF(large)));
}

static void a_larger_message_never_arrives(void **state)
{
    struct channels *c = *state;
    struct key_pair pair = channels_pair(c);
    server_channel_admit(c->server, pair.public.curve);
    void *dealer = channels_raw_dealer(c, &pair);
    static char large[MESSAGE_SIZE_MAX + 1];
    struct peer peer;
    struct bytes payload;
    assert_int_equal(zmq_connect(dealer, server_channel_endpoint(c->server)), 0);
    zmq_send(dealer, "small", 5, 0);
    assert_int_equal(channels_receive(c, CHANNELS_PATIENCE_MS, &peer, &payload), RECEIVE_MESSAGE);

    zmq_send(dealer, large, sizeof large, 0);

    assert_int_equal(channels_receive(c, CHANNELS_DOUBT_MS, &peer, &payload), RECEIVE_NOTHING);
}

static void a_peer_that_left_is_not_written_to(void **state)
{
    struct channels *c = *state;
    struct key_pair pair = channels_pair(c);
    server_channel_admit(c->server, pair.public.curve);
    struct client_channel *client = channels_client(c, &pair);
    struct peer peer, other;
    struct bytes payload;
    assert_true(channels_send(c, client, "hello"));
    assert_int_equal(channels_receive(c, CHANNELS_PATIENCE_MS, &peer, &payload), RECEIVE_MESSAGE);

    channels_close_client(c, client);

    int64_t deadline = channels_deadline(CHANNELS_PATIENCE_MS);
    while (server_channel_send(c->server, &peer, bytes_of_text("x")) && channels_in_time(deadline))
        channels_receive(c, 10, &other, &payload);
    assert_true(channels_in_time(deadline));
    assert_true(server_channel_count(c->server).unsent > 0);
}

static void a_peer_that_does_not_read_is_not_waited_for(void **state)
{
    struct channels *c = *state;
    struct key_pair pair = channels_pair(c);
    server_channel_admit(c->server, pair.public.curve);
    struct client_channel *client = channels_client(c, &pair);
    static char large[MESSAGE_SIZE_MAX];
    struct peer peer;
    struct bytes payload;
    assert_true(channels_send(c, client, "hello"));
    assert_int_equal(channels_receive(c, CHANNELS_PATIENCE_MS, &peer, &payload), RECEIVE_MESSAGE);

    int sent = 0;
    while (sent < 10000 && server_channel_send(c->server, &peer, BYTES_OF(large)))
        sent++;

    assert_in_range(sent, 1, 9999);
}

static void a_client_finds_a_server_that_came_back(void **state)
{
    struct channels *c = *state;
    struct key_pair pair = channels_pair(c);
    char endpoint[CHANNEL_ENDPOINT_SIZE];
    server_channel_admit(c->server, pair.public.curve);
    struct client_channel *client = channels_client(c, &pair);
    assert_true(channels_send(c, client, "before"));
    strcpy(endpoint, server_channel_endpoint(c->server));

    server_channel_close(&c->server);
    int64_t deadline = channels_deadline(CHANNELS_PATIENCE_MS);
    while (!c->server && channels_in_time(deadline))
        c->server = server_channel_open(
            c->context, &(struct server_options){ endpoint, &c->server_pair, &c->random.random, 0 },
            &c->err);
    assert_non_null(c->server);
    server_channel_admit(c->server, pair.public.curve);

    struct peer peer;
    struct bytes payload;
    enum receive_outcome outcome = RECEIVE_NOTHING;
    while (outcome == RECEIVE_NOTHING && channels_in_time(deadline)) {
        struct error err;
        if (!client_channel_send(client, bytes_of_text("after"), 10, &err))
            channels_answer(c, 10);
        outcome = channels_receive(c, 10, &peer, &payload);
    }
    assert_int_equal(outcome, RECEIVE_MESSAGE);
    assert_text(payload, "after");
}

static void a_second_server_in_one_program_is_refused(void **state)
{
    struct channels *c = *state;

    struct server_channel *second = server_channel_open(
        c->context,
        &(struct server_options){ "tcp://127.0.0.1:*", &c->server_pair, &c->random.random, 0 },
        &c->err);

    assert_null(second);
    assert_int_equal(c->err.kind, ERROR_UNAVAILABLE);
}

static void what_is_no_endpoint_is_refused(void **state)
{
    struct channels *c = *state;
    struct key_pair pair = channels_pair(c);
    static const char *const bad[] = { "", "10.0.0.7:7700", "tcp://", "tcp://10.0.0.7",
                                       "pigeon://10.0.0.7:7700" };

    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        assert_null(
            client_channel_open(c->context, bad[i], c->server_pair.public.curve, &pair, &c->err));
        assert_int_equal(c->err.kind, ERROR_MALFORMED);
    }
    server_channel_close(&c->server);
    assert_null(server_channel_open(
        c->context, &(struct server_options){ "tcp://no", &c->server_pair, &c->random.random, 0 },
        &c->err));
}

#define CHANNEL_TEST(name)                                                                         \
    cmocka_unit_test_setup_teardown(name, channels_set_up, channels_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CHANNEL_TEST(an_enrolled_device_gets_in_and_is_known_by_its_key),
        CHANNEL_TEST(answers_go_to_the_one_who_asked),
        CHANNEL_TEST(a_device_nobody_enrolled_is_refused),
        CHANNEL_TEST(a_device_admitted_later_gets_in_on_the_same_channel),
        CHANNEL_TEST(a_dismissed_device_is_not_heard_on_its_open_connection),
        CHANNEL_TEST(a_dismissed_device_does_not_come_back),
        CHANNEL_TEST(a_server_with_another_key_gets_nothing),
        CHANNEL_TEST(without_curve_nobody_gets_in),
        CHANNEL_TEST(nobody_there_is_said_in_time),
        CHANNEL_TEST(a_silent_server_is_unavailable),
        CHANNEL_TEST(a_message_of_several_frames_is_dropped_whole),
        CHANNEL_TEST(a_device_that_chose_its_own_routing_is_dropped),
        CHANNEL_TEST(the_largest_message_passes),
        CHANNEL_TEST(a_larger_message_never_arrives),
        CHANNEL_TEST(a_peer_that_left_is_not_written_to),
        CHANNEL_TEST(a_peer_that_does_not_read_is_not_waited_for),
        CHANNEL_TEST(a_client_finds_a_server_that_came_back),
        CHANNEL_TEST(a_second_server_in_one_program_is_refused),
        CHANNEL_TEST(what_is_no_endpoint_is_refused),
    };
    return cmocka_run_group_tests_name("channel", tests, NULL, NULL);
}
