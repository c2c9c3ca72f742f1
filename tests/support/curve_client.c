#include "tests/support/curve_client.h"

#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define GREETING_SIZE 64
#define FRAME_SIZE_MAX 4096
#define BODY_SIZE_MAX 2048
#define COOKIE_SIZE 96
#define FLAG_LONG 0x02
#define FLAG_COMMAND 0x04

struct frame {
    unsigned char body[FRAME_SIZE_MAX];
    size_t size;
};

int plain_connection(const char *endpoint)
{
    const char *colon = strrchr(endpoint, ':');
    struct sockaddr_in address = { .sin_family = AF_INET };
    address.sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    int file = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (file >= 0 && connect(file, (struct sockaddr *)&address, sizeof address) != 0) {
        close(file);
        return -1;
    }
    return file;
}

static bool write_all(int file, const void *data, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t written = send(file, (const char *)data + done, size - done, MSG_NOSIGNAL);
        if (written <= 0)
            return false;
        done += (size_t)written;
    }
    return true;
}

/* 1: read, 0: the time is over, -1: the connection is gone. */
static int read_all(int file, void *data, size_t size, int timeout_ms)
{
    for (size_t done = 0; done < size;) {
        struct pollfd waiting = { .fd = file, .events = POLLIN };
        if (poll(&waiting, 1, timeout_ms) <= 0)
            return 0;
        ssize_t got = recv(file, (char *)data + done, size - done, 0);
        if (got <= 0)
            return -1;
        done += (size_t)got;
    }
    return 1;
}

static bool send_frame(int file, unsigned flags, const unsigned char *body, size_t size)
{
    unsigned char head[9] = { (unsigned char)(flags | FLAG_LONG) };
    bytes_put_u64(head + 1, size);
    return write_all(file, head, sizeof head) && write_all(file, body, size);
}

static int read_frame(int file, struct frame *frame, int timeout_ms)
{
    unsigned char head[9];
    int outcome = read_all(file, head, 2, timeout_ms);
    if (outcome != 1)
        return outcome;
    frame->size = head[1];
    if (head[0] & FLAG_LONG) {
        outcome = read_all(file, head + 2, 7, timeout_ms);
        if (outcome != 1)
            return outcome;
        frame->size = (size_t)bytes_get_u64(head + 1);
    }
    if (frame->size > FRAME_SIZE_MAX)
        return -1;
    return read_all(file, frame->body, frame->size, timeout_ms);
}

static void short_nonce(unsigned char out[24], const char *prefix, uint64_t number)
{
    memcpy(out, prefix, 16);
    bytes_put_u64(out + 16, number);
}

static bool exchange_greetings(int file, int timeout_ms)
{
    unsigned char ours[GREETING_SIZE] = { 0xff, [9] = 0x7f, [10] = 3, [11] = 1 };
    unsigned char theirs[GREETING_SIZE];
    memcpy(ours + 12, "CURVE", 5);
    return write_all(file, ours, sizeof ours) &&
           read_all(file, theirs, sizeof theirs, timeout_ms) == 1;
}

static bool send_hello(struct curve_client *client, const unsigned char *transient,
                       const unsigned char *server_key)
{
    unsigned char body[200] = "\5HELLO\1";
    unsigned char nonce[24];
    static const unsigned char zeros[64];

    memcpy(body + 80, transient, CURVE_KEY_SIZE);
    bytes_put_u64(body + 112, client->nonce);
    short_nonce(nonce, "CurveZMQHELLO---", client->nonce++);
    if (crypto_box_easy(body + 120, zeros, sizeof zeros, nonce, server_key,
                        client->our_transient_secret) != 0)
        return false;
    return send_frame(client->file, FLAG_COMMAND, body, sizeof body);
}

static int read_welcome(struct curve_client *client, const unsigned char *server_key,
                        unsigned char cookie[COOKIE_SIZE], int timeout_ms)
{
    struct frame frame;
    unsigned char nonce[24] = "WELCOME-";
    unsigned char plain[CURVE_KEY_SIZE + COOKIE_SIZE];

    int outcome = read_frame(client->file, &frame, timeout_ms);
    if (outcome != 1)
        return outcome;
    if (frame.size != 168 || memcmp(frame.body, "\7WELCOME", 8) != 0)
        return -1;
    memcpy(nonce + 8, frame.body + 8, 16);
    if (crypto_box_open_easy(plain, frame.body + 24, 144, nonce, server_key,
                             client->our_transient_secret) != 0)
        return -1;
    memcpy(client->their_transient, plain, CURVE_KEY_SIZE);
    memcpy(cookie, plain + CURVE_KEY_SIZE, COOKIE_SIZE);
    return 1;
}

static size_t add_property(unsigned char *target, const char *name, const char *value)
{
    size_t name_size = strlen(name), value_size = strlen(value);
    target[0] = (unsigned char)name_size;
    memcpy(target + 1, name, name_size);
    bytes_put_u32(target + 1 + name_size, (unsigned)value_size);
    memcpy(target + 5 + name_size, value, value_size);
    return 5 + name_size + value_size;
}

static size_t write_metadata(unsigned char *target, const char *const *metadata)
{
    size_t size = add_property(target, "Socket-Type", "DEALER");
    for (size_t i = 0; metadata && metadata[i]; i += 2)
        size += add_property(target + size, metadata[i], metadata[i + 1]);
    return size;
}

static bool send_initiate(struct curve_client *client, const struct curve_attack *attack,
                          const unsigned char *transient, const unsigned char *cookie)
{
    unsigned char plain[BODY_SIZE_MAX], body[BODY_SIZE_MAX + 256] = "\10INITIATE";
    unsigned char vouched[2 * CURVE_KEY_SIZE], nonce[24] = "VOUCH---";

    memcpy(vouched, transient, CURVE_KEY_SIZE);
    memcpy(vouched + CURVE_KEY_SIZE, attack->server_key, CURVE_KEY_SIZE);
    memcpy(plain, attack->public_key, CURVE_KEY_SIZE);
    randombytes_buf(nonce + 8, 16);
    memcpy(plain + 32, nonce + 8, 16);
    if (crypto_box_easy(plain + 48, vouched, sizeof vouched, nonce, client->their_transient,
                        attack->secret_key) != 0)
        return false;
    size_t size = 128 + write_metadata(plain + 128, attack->metadata);

    memcpy(body + 9, cookie, COOKIE_SIZE);
    bytes_put_u64(body + 105, client->nonce);
    short_nonce(nonce, "CurveZMQINITIATE", client->nonce++);
    if (crypto_box_easy(body + 113, plain, size, nonce, client->their_transient,
                        client->our_transient_secret) != 0)
        return false;
    return send_frame(client->file, FLAG_COMMAND, body, 113 + size + crypto_box_MACBYTES);
}

static enum curve_outcome read_ready(struct curve_client *client, int timeout_ms)
{
    struct frame frame;
    int outcome = read_frame(client->file, &frame, timeout_ms);
    if (outcome == 0)
        return CURVE_NO_ANSWER;
    if (outcome == 1 && frame.size > 6 && memcmp(frame.body, "\5READY", 6) == 0)
        return CURVE_ADMITTED;
    return CURVE_REFUSED;
}

enum curve_outcome curve_client_open(struct curve_client *client, const struct curve_attack *attack,
                                     int timeout_ms)
{
    unsigned char transient[CURVE_KEY_SIZE], cookie[COOKIE_SIZE];
    *client = (struct curve_client){ .file = plain_connection(attack->endpoint), .nonce = 1 };
    crypto_box_keypair(transient, client->our_transient_secret);

    if (client->file < 0 || !exchange_greetings(client->file, timeout_ms) ||
        !send_hello(client, transient, attack->server_key))
        return CURVE_REFUSED;
    int outcome = read_welcome(client, attack->server_key, cookie, timeout_ms);
    if (outcome == 0)
        return CURVE_NO_ANSWER;
    if (outcome < 0 || !send_initiate(client, attack, transient, cookie))
        return CURVE_REFUSED;
    return read_ready(client, timeout_ms);
}

void curve_client_close(struct curve_client *client)
{
    if (client->file >= 0)
        close(client->file);
    client->file = -1;
}

bool curve_client_send(struct curve_client *client, struct bytes payload)
{
    unsigned char plain[BODY_SIZE_MAX], body[BODY_SIZE_MAX + 64] = "\7MESSAGE";
    unsigned char nonce[24];

    assert(payload.size < BODY_SIZE_MAX);
    plain[0] = 0;
    memcpy(plain + 1, payload.data, payload.size);
    bytes_put_u64(body + 8, client->nonce);
    short_nonce(nonce, "CurveZMQMESSAGEC", client->nonce++);
    if (crypto_box_easy(body + 16, plain, payload.size + 1, nonce, client->their_transient,
                        client->our_transient_secret) != 0)
        return false;
    return send_frame(client->file, 0, body, 16 + payload.size + 1 + crypto_box_MACBYTES);
}

bool curve_client_hears(struct curve_client *client, int timeout_ms)
{
    struct frame frame;
    return read_frame(client->file, &frame, timeout_ms) == 1;
}
