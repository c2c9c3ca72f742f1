#include "common/wire/gatekeeper.h"

#include <assert.h>
#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <zmq.h>

#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/base/memory.h"
#include "common/base/messages.h"
#include "common/base/random.h"
#include "common/base/seeded_bug.h"
#include "common/wire/connection.h"

#define GATE_ENDPOINT "inproc://zeromq.zap.01" /* where libzmq asks */
#define ZAP_VERSION "1.0"
#define ZAP_MECHANISM "CURVE"
#define TOKEN_SIZE 16
#define TOKEN_TEXT_SIZE (2 * TOKEN_SIZE + 1)
#define TOKEN_PROPERTY "Auth"
#define KEY_PROPERTY "User-Id"
#define METADATA_SIZE (1 + sizeof TOKEN_PROPERTY - 1 + 4 + TOKEN_TEXT_SIZE - 1)
#define ANSWERS_MAX 256 /* in one go: others want their turn */

struct gatekeeper {
    void *socket;
    char token[TOKEN_TEXT_SIZE];
    unsigned char (*keys)[KEY_SIZE]; /* ascending */
    size_t key_count;
    size_t key_capacity;
    struct gatekeeper_counts counts;
};

struct gatekeeper *gatekeeper_open(struct channel_context *context, struct random *random,
                                   struct error *err)
{
    void *socket = zmq_socket(channel_context_zmq(context), ZMQ_REP);
    const int none = 0;
    if (!socket || zmq_setsockopt(socket, ZMQ_LINGER, &none, sizeof none) != 0 ||
        zmq_bind(socket, GATE_ENDPOINT) != 0) {
        if (errno == EADDRINUSE)
            error_set(err, ERROR_UNAVAILABLE, MESSAGE_CHANNEL_SECOND_GATE);
        else
            error_set(err, ERROR_SYSTEM, MESSAGE_CHANNEL_SYSTEM, zmq_strerror(errno));
        if (socket)
            zmq_close(socket);
        return NULL;
    }

    struct gatekeeper *gatekeeper = memory_zeroed(1, sizeof *gatekeeper);
    unsigned char token[TOKEN_SIZE];
    random->fill(random, token, sizeof token);
    sodium_bin2hex(gatekeeper->token, sizeof gatekeeper->token, token, sizeof token);
    sodium_memzero(token, sizeof token);
    gatekeeper->socket = socket;
    return gatekeeper;
}

void gatekeeper_close(struct gatekeeper **gatekeeper)
{
    if (!*gatekeeper)
        return;
    /* Closing takes effect later; the address must be free at once. */
    zmq_unbind((*gatekeeper)->socket, GATE_ENDPOINT);
    zmq_close((*gatekeeper)->socket);
    memory_free(&(*gatekeeper)->keys);
    sodium_memzero(*gatekeeper, sizeof **gatekeeper);
    memory_free(gatekeeper);
}

/* Where the key is, or belongs. */
static size_t find_key(const struct gatekeeper *gatekeeper, const unsigned char key[KEY_SIZE],
                       bool *out_found)
{
    size_t low = 0, high = gatekeeper->key_count;
    *out_found = false;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = memcmp(gatekeeper->keys[middle], key, KEY_SIZE);
        if (order == 0)
            *out_found = true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void gatekeeper_admit(struct gatekeeper *gatekeeper, const unsigned char curve_key[KEY_SIZE])
{
    bool found;
    size_t at = find_key(gatekeeper, curve_key, &found);
    if (found)
        return;
    gatekeeper->keys = memory_grown(gatekeeper->keys, &gatekeeper->key_capacity,
                                    gatekeeper->key_count + 1, KEY_SIZE);
    memmove(gatekeeper->keys + at + 1, gatekeeper->keys + at,
            (gatekeeper->key_count - at) * KEY_SIZE);
    memcpy(gatekeeper->keys[at], curve_key, KEY_SIZE);
    gatekeeper->key_count++;
}

void gatekeeper_dismiss(struct gatekeeper *gatekeeper, const unsigned char curve_key[KEY_SIZE])
{
    bool found;
    size_t at = find_key(gatekeeper, curve_key, &found);
    if (!found)
        return;
    gatekeeper->key_count--;
    memmove(gatekeeper->keys + at, gatekeeper->keys + at + 1,
            (gatekeeper->key_count - at) * KEY_SIZE);
}

bool gatekeeper_admits(const struct gatekeeper *gatekeeper, const unsigned char curve_key[KEY_SIZE])
{
    bool found;
    find_key(gatekeeper, curve_key, &found);
    return found;
}

void *gatekeeper_socket(const struct gatekeeper *gatekeeper)
{
    return gatekeeper->socket;
}

/* The frames of a request, in order. Those that are too long for us are not ours. */
enum {
    ASKED_VERSION,
    ASKED_NUMBER,
    ASKED_DOMAIN,
    ASKED_ADDRESS,
    ASKED_ROUTING,
    ASKED_MECHANISM,
    ASKED_KEY,
    ASKED_COUNT
};

struct request {
    unsigned char frames[ASKED_COUNT][256];
    size_t sizes[ASKED_COUNT];
    size_t count; /* also of frames beyond the last we know */
};

static bool read_request(void *socket, struct request *out)
{
    int more = 1;
    for (out->count = 0; more; out->count++) {
        unsigned char spare[256];
        bool known = out->count < ASKED_COUNT;
        int size;
        do
            size = zmq_recv(socket, known ? out->frames[out->count] : spare, sizeof spare,
                            ZMQ_DONTWAIT);
        while (size < 0 && errno == EINTR);
        if (size < 0)
            return false;
        if (known)
            out->sizes[out->count] = (size_t)size;
        size_t more_size = sizeof more;
        zmq_getsockopt(socket, ZMQ_RCVMORE, &more, &more_size);
    }
    return true;
}

static bool frame_is(const struct request *request, int frame, const char *text)
{
    return request->sizes[frame] == strlen(text) &&
           memcmp(request->frames[frame], text, strlen(text)) == 0;
}

static bool may_enter(const struct gatekeeper *gatekeeper, const struct request *request)
{
    return request->count == ASKED_COUNT && frame_is(request, ASKED_VERSION, ZAP_VERSION) &&
           frame_is(request, ASKED_DOMAIN, CONNECTION_DOMAIN) &&
           frame_is(request, ASKED_MECHANISM, ZAP_MECHANISM) &&
           request->sizes[ASKED_KEY] == KEY_SIZE &&
           gatekeeper_admits(gatekeeper, request->frames[ASKED_KEY]);
}

static void send_frame(void *socket, struct bytes frame, bool last)
{
    while (zmq_send(socket, frame.data, frame.size, last ? 0 : ZMQ_SNDMORE) < 0 && errno == EINTR)
        continue;
}

static void put_token(const struct gatekeeper *gatekeeper, unsigned char out[METADATA_SIZE])
{
    const size_t name_size = sizeof TOKEN_PROPERTY - 1;
    out[0] = (unsigned char)name_size;
    memcpy(out + 1, TOKEN_PROPERTY, name_size);
    bytes_put_u32(out + 1 + name_size, TOKEN_TEXT_SIZE - 1);
    memcpy(out + 1 + name_size + 4, gatekeeper->token, TOKEN_TEXT_SIZE - 1);
}

static void reply(const struct gatekeeper *gatekeeper, const struct request *request, bool enter)
{
    char key[2 * KEY_SIZE + 1];
    unsigned char metadata[METADATA_SIZE];
    size_t number_size = request->count > ASKED_NUMBER ? request->sizes[ASKED_NUMBER] : 0;
    if (number_size > sizeof request->frames[0])
        number_size = 0;
    sodium_bin2hex(key, sizeof key, request->frames[ASKED_KEY], KEY_SIZE);
    put_token(gatekeeper, metadata);

    send_frame(gatekeeper->socket, bytes_of_text(ZAP_VERSION), false);
    send_frame(gatekeeper->socket, (struct bytes){ request->frames[ASKED_NUMBER], number_size },
               false);
    send_frame(gatekeeper->socket, bytes_of_text(enter ? "200" : "400"), false);
    send_frame(gatekeeper->socket, bytes_of_text(enter ? "admitted" : "not admitted"), false);
    send_frame(gatekeeper->socket, bytes_of_text(enter ? key : ""), false);
    send_frame(gatekeeper->socket, (struct bytes){ metadata, enter ? sizeof metadata : 0 }, true);
}

void gatekeeper_answer(struct gatekeeper *gatekeeper)
{
    for (int i = 0; i < ANSWERS_MAX; i++) {
        struct request request = { .count = 0 };
        if (!read_request(gatekeeper->socket, &request))
            return;
        bool enter = may_enter(gatekeeper, &request);
        gatekeeper->counts.admitted += enter ? 1 : 0;
        gatekeeper->counts.denied += enter ? 0 : 1;
        reply(gatekeeper, &request, enter);
    }
}

bool gatekeeper_vouches(const struct gatekeeper *gatekeeper, struct zmq_msg_t *message,
                        unsigned char out_curve_key[KEY_SIZE])
{
    const char *token = zmq_msg_gets(message, TOKEN_PROPERTY);
    const char *key = zmq_msg_gets(message, KEY_PROPERTY);
    size_t size;
    bool ours = token && strlen(token) == TOKEN_TEXT_SIZE - 1 &&
                sodium_memcmp(token, gatekeeper->token, TOKEN_TEXT_SIZE - 1) == 0;
    return (ours || seeded_bug(BUG_TRUST_THE_USER_ID)) && key &&
           sodium_hex2bin(out_curve_key, KEY_SIZE, key, strlen(key), NULL, &size, NULL) == 0 &&
           size == KEY_SIZE && gatekeeper_admits(gatekeeper, out_curve_key);
}

struct gatekeeper_counts gatekeeper_count(const struct gatekeeper *gatekeeper)
{
    return gatekeeper->counts;
}
