#ifndef TESTS_SUPPORT_CURVE_CLIENT_H
#define TESTS_SUPPORT_CURVE_CLIENT_H

/*
 * A CURVE client of our own over a plain socket (ZMTP 3.1, ZeroMQ RFC 26), for attacks
 * that libzmq's client will not make: metadata of the attacker's choice, keys that do
 * not fit, handshakes that stop half-way.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/bytes.h"

#define CURVE_KEY_SIZE 32

struct curve_attack {
    const char *endpoint; /* "tcp://127.0.0.1:40123" */
    const unsigned char *server_key;
    const unsigned char *public_key; /* what the client claims to be */
    const unsigned char *secret_key; /* what it holds */
    /* Extra metadata of the INITIATE command: name, value, name, value, …, NULL. */
    const char *const *metadata;
};

enum curve_outcome {
    CURVE_ADMITTED, /* READY came: we are in */
    CURVE_REFUSED,  /* ERROR came, or the connection was closed */
    CURVE_NO_ANSWER /* neither within the time */
};

struct curve_client {
    int file;
    unsigned char their_transient[CURVE_KEY_SIZE];
    unsigned char our_transient_secret[CURVE_KEY_SIZE];
    uint64_t nonce;
};

/* Shakes hands. The client is to be closed whatever the outcome. */
enum curve_outcome curve_client_open(struct curve_client *client, const struct curve_attack *attack,
                                     int timeout_ms);
void curve_client_close(struct curve_client *client);

/* Sends one encrypted message frame. False when the connection is gone. */
bool curve_client_send(struct curve_client *client, struct bytes payload);
/* Whether anything at all comes back (a message frame) within the time. */
bool curve_client_hears(struct curve_client *client, int timeout_ms);

/* A plain connection to the endpoint, or -1. */
int plain_connection(const char *endpoint);

#endif
