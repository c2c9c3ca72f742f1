#include "tests/support/test.h"

#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "common/wire/connection.h"
#include "common/wire/gatekeeper.h"
#include "common/wire/trial.h"
#include "tests/support/channels.h"

#ifndef ZMQ_ZAP_ENFORCE_DOMAIN
#define ZMQ_ZAP_ENFORCE_DOMAIN 93 /* in the library, but hidden in its header */
#endif

/* A gate of its own, without the server that would try it. */
struct fixture {
    struct seeded_random random;
    struct channel_context *context;
    struct gatekeeper *gatekeeper;
    struct key_pair pair;
    void *router; /* closed by the fixture, also when a test fails half-way */
    struct connection connection;
    char endpoint[256];
    struct error err;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    f->random = seeded_random_of(12);
    f->context = channel_context_create(&f->err);
    f->gatekeeper = gatekeeper_open(f->context, &f->random.random, &f->err);
    f->pair = key_pair_create(&f->random.random);
    assert_non_null(f->gatekeeper);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    connection_close(&f->connection);
    if (f->router)
        zmq_close(f->router);
    gatekeeper_close(&f->gatekeeper);
    channel_context_destroy(&f->context);
    free(f);
    return 0;
}

static void bind_somewhere(struct fixture *f, void *socket)
{
    size_t size = sizeof f->endpoint;
    f->router = socket;
    assert_int_equal(zmq_bind(socket, "tcp://127.0.0.1:*"), 0);
    assert_int_equal(zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, f->endpoint, &size), 0);
}

/* A CURVE server as its options make it: the rows of the admission matrix. */
static void a_router(struct fixture *f, const char *domain, int enforce)
{
    void *router = zmq_socket(channel_context_zmq(f->context), ZMQ_ROUTER);
    zmq_setsockopt(router, ZMQ_CURVE_SERVER, &(int){ 1 }, sizeof(int));
    zmq_setsockopt(router, ZMQ_CURVE_SECRETKEY, f->pair.curve_secret, KEY_SIZE);
    zmq_setsockopt(router, ZMQ_LINGER, &(int){ 0 }, sizeof(int));
    zmq_setsockopt(router, ZMQ_ZAP_DOMAIN, domain, strlen(domain));
    assert_int_equal(zmq_setsockopt(router, ZMQ_ZAP_ENFORCE_DOMAIN, &enforce, sizeof enforce), 0);
    bind_somewhere(f, router);
}

static bool try_gate(struct fixture *f, int timeout_ms)
{
    return trial_of_gate(f->context, f->gatekeeper, f->endpoint, f->pair.public.curve,
                         &f->random.random, timeout_ms, &f->err);
}

static void a_guarded_gate_passes(void **state)
{
    struct fixture *f = *state;
    bind_somewhere(f, connection_listener(f->context, &f->pair, &f->err));

    assert_true(try_gate(f, CHANNELS_PATIENCE_MS));

    assert_int_equal(gatekeeper_count(f->gatekeeper).admitted, 1);
    assert_int_equal(gatekeeper_count(f->gatekeeper).denied, 1);
}

static void an_enforced_empty_domain_is_found_out(void **state)
{
    struct fixture *f = *state;
    a_router(f, "", 1);

    assert_false(try_gate(f, CHANNELS_PATIENCE_MS));

    assert_int_equal(f->err.kind, ERROR_REFUSED);
}

static void a_gate_without_a_handler_is_found_out(void **state)
{
    struct fixture *f = *state;
    gatekeeper_close(&f->gatekeeper);
    f->gatekeeper = NULL;
    a_router(f, "", 0);
    struct channel_context *elsewhere = channel_context_create(&f->err);
    struct gatekeeper *unasked = gatekeeper_open(elsewhere, &f->random.random, &f->err);

    bool passed = trial_of_gate(f->context, unasked, f->endpoint, f->pair.public.curve,
                                &f->random.random, CHANNELS_PATIENCE_MS, &f->err);

    assert_false(passed);
    assert_int_equal(f->err.kind, ERROR_REFUSED);
    gatekeeper_close(&unasked);
    channel_context_destroy(&elsewhere);
}

static void a_gate_that_answers_nobody_proves_nothing(void **state)
{
    struct fixture *f = *state;
    void *elsewhere = zmq_socket(channel_context_zmq(f->context), ZMQ_ROUTER);
    bind_somewhere(f, elsewhere);

    assert_false(try_gate(f, CHANNELS_DOUBT_MS));

    assert_int_equal(f->err.kind, ERROR_UNAVAILABLE);
}

static void a_gate_that_turns_everybody_away_proves_nothing(void **state)
{
    struct fixture *f = *state;
    a_router(f, "elsewhere", 1);

    assert_false(try_gate(f, CHANNELS_PATIENCE_MS));

    assert_int_equal(f->err.kind, ERROR_UNAVAILABLE);
    assert_int_equal(gatekeeper_count(f->gatekeeper).denied, 2);
}

static void a_listener_is_never_without_its_guard(void **state)
{
    struct fixture *f = *state;
    void *router = f->router = connection_listener(f->context, &f->pair, &f->err);
    char domain[32] = "";
    int server = 0, enforce = 0;
    int64_t size_max = -1;
    size_t domain_size = sizeof domain, int_size = sizeof(int), size_size = sizeof size_max;

    assert_int_equal(zmq_getsockopt(router, ZMQ_ZAP_DOMAIN, domain, &domain_size), 0);
    assert_int_equal(zmq_getsockopt(router, ZMQ_CURVE_SERVER, &server, &int_size), 0);
    assert_int_equal(zmq_getsockopt(router, ZMQ_ZAP_ENFORCE_DOMAIN, &enforce, &int_size), 0);
    assert_int_equal(zmq_getsockopt(router, ZMQ_MAXMSGSIZE, &size_max, &size_size), 0);

    assert_string_equal(domain, CONNECTION_DOMAIN);
    assert_int_equal(server, 1);
    assert_int_equal(enforce, 1);
    assert_in_range(size_max, 256 * 1024, 257 * 1024);
}

/* Receives the payload's frame of the next message, answering the gate meanwhile. */
static bool receive(struct fixture *f, void *router, zmq_msg_t *out)
{
    int64_t deadline = channels_deadline(CHANNELS_PATIENCE_MS);
    while (channels_in_time(deadline)) {
        zmq_pollitem_t items[] = { { router, 0, ZMQ_POLLIN, 0 },
                                   { gatekeeper_socket(f->gatekeeper), 0, ZMQ_POLLIN, 0 } };
        zmq_poll(items, 2, 10);
        gatekeeper_answer(f->gatekeeper);
        if (items[0].revents & ZMQ_POLLIN)
            return zmq_msg_recv(out, router, 0) >= 0 && zmq_msg_recv(out, router, 0) >= 0;
    }
    return false;
}

static void a_token_is_worth_nothing_after_the_next_start(void **state)
{
    struct fixture *f = *state;
    void *router = connection_listener(f->context, &f->pair, &f->err);
    bind_somewhere(f, router);
    struct key_pair device = key_pair_create(&f->random.random);
    unsigned char key[KEY_SIZE];
    zmq_msg_t message;
    zmq_msg_init(&message);
    gatekeeper_admit(f->gatekeeper, device.public.curve);
    assert_true(connection_open(&f->connection, f->context, f->endpoint, f->pair.public.curve,
                                &device, &f->err));
    int64_t deadline = channels_deadline(CHANNELS_PATIENCE_MS);
    while (zmq_send(f->connection.socket, "hello", 5, ZMQ_DONTWAIT) < 0 &&
           channels_in_time(deadline)) {
        zmq_pollitem_t gate = { gatekeeper_socket(f->gatekeeper), 0, ZMQ_POLLIN, 0 };
        zmq_poll(&gate, 1, 10);
        gatekeeper_answer(f->gatekeeper);
    }
    assert_true(receive(f, router, &message));
    assert_true(gatekeeper_vouches(f->gatekeeper, &message, key));
    assert_memory_equal(key, device.public.curve, KEY_SIZE);

    gatekeeper_close(&f->gatekeeper);
    f->gatekeeper = gatekeeper_open(f->context, &f->random.random, &f->err);
    assert_non_null(f->gatekeeper);
    gatekeeper_admit(f->gatekeeper, device.public.curve);

    assert_false(gatekeeper_vouches(f->gatekeeper, &message, key));
    zmq_msg_close(&message);
}

static void a_message_from_nowhere_is_not_vouched_for(void **state)
{
    struct fixture *f = *state;
    unsigned char key[KEY_SIZE];
    zmq_msg_t message;
    zmq_msg_init_size(&message, 10);

    assert_false(gatekeeper_vouches(f->gatekeeper, &message, key));

    zmq_msg_close(&message);
}

static void the_table_keeps_each_key_once(void **state)
{
    struct fixture *f = *state;
    enum { KEYS = 500 };
    static unsigned char keys[KEYS][KEY_SIZE];
    for (int i = 0; i < KEYS; i++) {
        f->random.random.fill(&f->random.random, keys[i], KEY_SIZE);
        gatekeeper_admit(f->gatekeeper, keys[i]);
        gatekeeper_admit(f->gatekeeper, keys[i / 2]);
    }

    for (int i = 0; i < KEYS; i += 2)
        gatekeeper_dismiss(f->gatekeeper, keys[i]);

    for (int i = 0; i < KEYS; i++)
        assert_int_equal(gatekeeper_admits(f->gatekeeper, keys[i]), i % 2);
    gatekeeper_dismiss(f->gatekeeper, keys[0]);
}

#define GATE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        GATE_TEST(a_guarded_gate_passes),
        GATE_TEST(an_enforced_empty_domain_is_found_out),
        GATE_TEST(a_gate_without_a_handler_is_found_out),
        GATE_TEST(a_gate_that_answers_nobody_proves_nothing),
        GATE_TEST(a_gate_that_turns_everybody_away_proves_nothing),
        GATE_TEST(a_listener_is_never_without_its_guard),
        GATE_TEST(a_token_is_worth_nothing_after_the_next_start),
        GATE_TEST(a_message_from_nowhere_is_not_vouched_for),
        GATE_TEST(the_table_keeps_each_key_once),
    };
    return cmocka_run_group_tests_name("trial", tests, NULL, NULL);
}
