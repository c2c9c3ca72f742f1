#include "tests/support/test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/channels.h"

/* Who reaches the port without any key: what they can do to those who have one. */

#define CROWD 200
#define GREETING_SIZE 64
#define GREED_CHUNKS 112         /* of 64 KiB: 7 MiB, so that one connection fills most of its 8 */
#define MEMORY_GROWTH_MAX_MIB 96 /* without a limit of size it is over 1 GiB */

static int dial(struct channels *c)
{
    const char *endpoint = server_channel_endpoint(c->server);
    struct sockaddr_in address = { .sin_family = AF_INET };
    address.sin_port = htons((uint16_t)atoi(strrchr(endpoint, ':') + 1));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int file = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(file >= 0);
    assert_int_equal(connect(file, (struct sockaddr *)&address, sizeof address), 0);
    return file;
}

/* Until the other side has closed. */
static bool is_closed_in_time(int file)
{
    int64_t deadline = channels_deadline(CHANNELS_PATIENCE_MS);
    while (channels_in_time(deadline)) {
        unsigned char bytes[1024];
        struct pollfd item = { .fd = file, .events = POLLIN };
        poll(&item, 1, 100);
        ssize_t size = recv(file, bytes, sizeof bytes, MSG_DONTWAIT);
        if (size == 0 || (size < 0 && errno == ECONNRESET))
            return true;
    }
    return false;
}

static void assert_an_enrolled_device_is_served(struct channels *c)
{
    struct key_pair pair = channels_pair(c);
    server_channel_admit(c->server, pair.public.curve);
    struct client_channel *client = channels_client(c, &pair);
    struct peer peer;
    struct bytes payload;
    assert_true(channels_send(c, client, "hello"));
    assert_int_equal(channels_receive(c, CHANNELS_PATIENCE_MS, &peer, &payload), RECEIVE_MESSAGE);
    assert_true(bytes_equal(payload, bytes_of_text("hello")));
}

/* ZMTP 3.0: signature, version, mechanism, as-server, filler. */
static void make_greeting(unsigned char out[GREETING_SIZE])
{
    memset(out, 0, GREETING_SIZE);
    out[0] = 0xff;
    out[9] = 0x7f;
    out[10] = 3;
    memcpy(out + 12, "CURVE", 5);
}

static void silent_strangers_are_shown_out(void **state)
{
    struct channels *c = *state;
    int file = dial(c);

    assert_an_enrolled_device_is_served(c);

    assert_true(is_closed_in_time(file));
    close(file);
}

static void garbage_closes_the_connection_and_harms_nobody(void **state)
{
    struct channels *c = *state;
    struct seeded_random random = seeded_random_of(13);
    for (int i = 0; i < 40; i++) {
        unsigned char garbage[512];
        size_t size = 1 + (size_t)random_below(&random.random, sizeof garbage);
        random.random.fill(&random.random, garbage, size);
        if (i % 2)
            make_greeting(garbage);
        int file = dial(c);
        send(file, garbage, sizeof garbage, MSG_NOSIGNAL);
        if (i % 4 == 0)
            assert_true(is_closed_in_time(file));
        close(file);
    }

    assert_an_enrolled_device_is_served(c);

    assert_int_equal(server_channel_count(c->server).received, 1);
    assert_int_equal(server_channel_count(c->server).dropped, 0);
}

static long resident_mib(void)
{
    long pages = 0, ignored = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%ld %ld", &ignored, &pages), 2);
    fclose(file);
    return pages * (sysconf(_SC_PAGESIZE) / 1024) / 1024;
}

/* Announces a command of 8 MiB and delivers as much of it as is taken, at most 7 MiB. */
static void send_greedily(int file)
{
    static unsigned char filler[64 * 1024];
    unsigned char greeting[GREETING_SIZE];
    const unsigned char announcement[9] = { 0x06, 0, 0, 0, 0, 0, 0x80, 0, 0 };
    make_greeting(greeting);
    memset(filler, 'x', sizeof filler);
    send(file, greeting, sizeof greeting, MSG_NOSIGNAL);
    send(file, announcement, sizeof announcement, MSG_NOSIGNAL);
    for (int i = 0; i < GREED_CHUNKS; i++) {
        struct pollfd item = { .fd = file, .events = POLLOUT };
        if (poll(&item, 1, 50) <= 0 ||
            send(file, filler, sizeof filler, MSG_NOSIGNAL | MSG_DONTWAIT) <= 0)
            return;
    }
}

static void a_greedy_crowd_does_not_fill_the_memory(void **state)
{
    struct channels *c = *state;
    static int files[CROWD];
    long before = resident_mib();

    for (int i = 0; i < CROWD; i++) {
        files[i] = dial(c);
        send_greedily(files[i]);
    }

    assert_in_range(resident_mib(), 0, before + MEMORY_GROWTH_MAX_MIB);
    assert_an_enrolled_device_is_served(c);
    for (int i = 0; i < CROWD; i++)
        close(files[i]);
}

#define STRANGER_TEST(name)                                                                        \
    cmocka_unit_test_setup_teardown(name, channels_set_up, channels_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STRANGER_TEST(silent_strangers_are_shown_out),
        STRANGER_TEST(garbage_closes_the_connection_and_harms_nobody),
        STRANGER_TEST(a_greedy_crowd_does_not_fill_the_memory),
    };
    return cmocka_run_group_tests_name("strangers", tests, NULL, NULL);
}
