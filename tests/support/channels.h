#ifndef TESTS_SUPPORT_CHANNELS_H
#define TESTS_SUPPORT_CHANNELS_H

/*
 * A server and its clients on loopback, in one thread: whoever waits for a client lets the
 * server answer meanwhile. All sockets belong to the fixture: a test that fails half-way must
 * not leave the context waiting for them. Include tests/support/test.h first.
 */

#include <stdbool.h>

#include "common/base/error.h"
#include "common/base/random.h"
#include "common/wire/channel.h"

#define CHANNELS_PATIENCE_MS 20000 /* for what must happen */
#define CHANNELS_DOUBT_MS 400      /* for what must not */
#define CHANNELS_CLIENTS_MAX 4

struct channels {
    struct seeded_random random;
    struct channel_context *context;
    struct key_pair server_pair;
    struct server_channel *server;
    struct client_channel *clients[CHANNELS_CLIENTS_MAX];
    void *sockets[CHANNELS_CLIENTS_MAX];
    struct error err;
};

int channels_set_up(void **state);
int channels_tear_down(void **state);

struct key_pair channels_pair(struct channels *channels);
struct client_channel *channels_client(struct channels *channels, const struct key_pair *pair);
struct client_channel *channels_client_of(struct channels *channels, const char *endpoint,
                                          const unsigned char server_key[KEY_SIZE],
                                          const struct key_pair *pair);
void channels_close_client(struct channels *channels, struct client_channel *client);
int64_t channels_deadline(int after_ms);
bool channels_in_time(int64_t deadline);

/* Lets the server answer at its gate for at most `ms`. */
void channels_answer(struct channels *channels, int ms);
/* Until it is sent, refused, or patience ends; the reason is in channels->err. */
bool channels_send(struct channels *channels, struct client_channel *client, const char *text);
/* What the server takes next within `ms`. */
enum receive_outcome channels_receive(struct channels *channels, int ms, struct peer *out_peer,
                                      struct bytes *out_payload);
/* A DEALER under CURVE made by hand, for what no client of ours would do. */
void *channels_bare_dealer(struct channels *channels);
void *channels_raw_dealer(struct channels *channels, const struct key_pair *pair);

#endif
