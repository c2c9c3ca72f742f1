/*
 * The yardstick: what a loop must do that durably acknowledges signed statements over
 * CURVE, and nothing else. Drain what has arrived; unpack each into an arena and check its one
 * Ed25519 signature; append to LMDB; one commit; acknowledge all. Straight on the libraries,
 * none of our wire or storage code: no strict scan, no chain, no rules, no tree, no receipt.
 *
 *     bare_loop FOLDER KEYS READY
 *
 * FOLDER holds the store; KEYS has "device signing-key curve-key" in hexadecimal per line;
 * READY gets "endpoint server-key" when it serves. The acknowledgement of a statement is its
 * signature. Ends on SIGTERM.
 */

#include <assert.h>
#include <errno.h>
#include <lmdb.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <sodium.h>
#include <zmq.h>

#include "proto/statement.pb-c.h"

#define DEVICES_MAX 4096
#define BATCH_MAX 1024
#define ARENA_SIZE (4u * 1024 * 1024)
#define MAP_SIZE ((size_t)64 * 1024 * 1024 * 1024)
#define MESSAGE_SIZE_MAX (1024 * 1024)
#define PEER_SIZE_MAX 256

/* In libzmq since 4.3; its header shows it only with the draft interface. */
#ifndef ZMQ_ZAP_ENFORCE_DOMAIN
#define ZMQ_ZAP_ENFORCE_DOMAIN 93
#endif

static const char signed_prefix[] = "zonetally statement v1"; /* with its NUL */

struct device {
    unsigned char id[16];
    unsigned char signing[crypto_sign_PUBLICKEYBYTES];
    unsigned char curve[crypto_box_PUBLICKEYBYTES];
};

struct acknowledgement {
    unsigned char peer[PEER_SIZE_MAX];
    size_t peer_size;
    unsigned char signature[crypto_sign_BYTES];
};

struct server {
    struct device devices[DEVICES_MAX]; /* ascending by id */
    size_t device_count;
    MDB_env *env;
    MDB_dbi table;
    MDB_txn *txn;
    uint64_t sequence;
    void *context, *router, *gate;
    int signals;
    struct acknowledgement acknowledgements[BATCH_MAX];
    size_t acknowledgement_count;
    unsigned char arena[ARENA_SIZE];
    size_t arena_used;
    unsigned char scratch[MESSAGE_SIZE_MAX + sizeof signed_prefix];
};

static void must(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "bare_loop: %s: %s\n", what, errno ? zmq_strerror(errno) : "no");
    exit(1);
}

static void must_store(int code, const char *what)
{
    if (code == 0)
        return;
    fprintf(stderr, "bare_loop: %s: %s\n", what, mdb_strerror(code));
    exit(1);
}

static int compare_devices(const void *left, const void *right)
{
    return memcmp(left, right, sizeof((struct device *)0)->id);
}

static void read_devices(struct server *server, const char *path)
{
    char id[33], signing[65], curve[65];
    FILE *file = fopen(path, "r");
    must(file, path);
    while (fscanf(file, "%32s %64s %64s", id, signing, curve) == 3) {
        must(server->device_count < DEVICES_MAX, "too many devices");
        struct device *device = &server->devices[server->device_count++];
        must(sodium_hex2bin(device->id, sizeof device->id, id, 32, NULL, NULL, NULL) == 0 &&
                 sodium_hex2bin(device->signing, sizeof device->signing, signing, 64, NULL, NULL,
                                NULL) == 0 &&
                 sodium_hex2bin(device->curve, sizeof device->curve, curve, 64, NULL, NULL, NULL) ==
                     0,
             "a line of keys");
    }
    fclose(file);
    qsort(server->devices, server->device_count, sizeof *server->devices, compare_devices);
}

static void open_store(struct server *server, const char *folder)
{
    MDB_txn *txn;
    must_store(mdb_env_create(&server->env), "environment");
    must_store(mdb_env_set_mapsize(server->env, MAP_SIZE), "map size");
    must_store(mdb_env_set_maxdbs(server->env, 1), "tables");
    must_store(mdb_env_open(server->env, folder, 0, 0600), folder);
    must_store(mdb_txn_begin(server->env, NULL, 0, &txn), "begin");
    must_store(mdb_dbi_open(txn, "statements", MDB_CREATE, &server->table), "table");
    must_store(mdb_txn_commit(txn), "commit");
}

static void set_number(void *socket, int option, int value)
{
    must(zmq_setsockopt(socket, option, &value, sizeof value) == 0, "socket option");
}

/* Binds and says where, with which key. */
static void open_sockets(struct server *server, const char *ready)
{
    char endpoint[256], partial[512], text[2 * crypto_box_PUBLICKEYBYTES + 1];
    unsigned char public[crypto_box_PUBLICKEYBYTES], secret[crypto_box_SECRETKEYBYTES];
    size_t endpoint_size = sizeof endpoint;
    crypto_box_keypair(public, secret);
    server->context = zmq_ctx_new();
    server->gate = zmq_socket(server->context, ZMQ_REP);
    must(zmq_bind(server->gate, "inproc://zeromq.zap.01") == 0, "gate");
    server->router = zmq_socket(server->context, ZMQ_ROUTER);
    set_number(server->router, ZMQ_CURVE_SERVER, 1);
    set_number(server->router, ZMQ_ZAP_ENFORCE_DOMAIN, 1);
    set_number(server->router, ZMQ_ROUTER_MANDATORY, 1);
    set_number(server->router, ZMQ_LINGER, 0);
    must(zmq_setsockopt(server->router, ZMQ_CURVE_SECRETKEY, secret, sizeof secret) == 0, "key");
    must(zmq_setsockopt(server->router, ZMQ_ZAP_DOMAIN, "bench", 5) == 0, "domain");
    must(zmq_bind(server->router, "tcp://127.0.0.1:*") == 0, "bind");
    must(zmq_getsockopt(server->router, ZMQ_LAST_ENDPOINT, endpoint, &endpoint_size) == 0, "port");
    snprintf(partial, sizeof partial, "%s.part", ready);
    FILE *file = fopen(partial, "w");
    must(file, partial);
    fprintf(file, "%s %s\n", endpoint, sodium_bin2hex(text, sizeof text, public, sizeof public));
    must(fclose(file) == 0 && rename(partial, ready) == 0, ready);
}

static bool is_admitted(const struct server *server, const unsigned char *curve)
{
    for (size_t i = 0; i < server->device_count; i++)
        if (memcmp(server->devices[i].curve, curve, sizeof server->devices[i].curve) == 0)
            return true;
    return false;
}

static void send_frame(void *socket, const void *data, size_t size, int flags)
{
    must(zmq_send(socket, data, size, flags) >= 0, "send");
}

/* RFC 27: version, request, domain, address, identity, mechanism, key. */
static void answer_gate(struct server *server)
{
    enum { REQUEST = 1, KEY = 6, FRAMES = 7 };
    unsigned char frames[FRAMES][256];
    int sizes[FRAMES] = { 0 };
    int more = 1;
    for (int i = 0; more; i++) {
        size_t size = sizeof more;
        must(i < FRAMES, "gate: frames");
        sizes[i] = zmq_recv(server->gate, frames[i], sizeof frames[i], 0);
        must(sizes[i] >= 0 && zmq_getsockopt(server->gate, ZMQ_RCVMORE, &more, &size) == 0, "gate");
    }
    bool in = sizes[KEY] == crypto_box_PUBLICKEYBYTES && is_admitted(server, frames[KEY]);
    send_frame(server->gate, "1.0", 3, ZMQ_SNDMORE);
    send_frame(server->gate, frames[REQUEST], (size_t)sizes[REQUEST], ZMQ_SNDMORE);
    send_frame(server->gate, in ? "200" : "400", 3, ZMQ_SNDMORE);
    send_frame(server->gate, "", 0, ZMQ_SNDMORE);
    send_frame(server->gate, "", 0, ZMQ_SNDMORE);
    send_frame(server->gate, "", 0, 0);
}

static void *arena_alloc(void *owner, size_t size)
{
    struct server *server = owner;
    size_t needed = (size + 15) & ~(size_t)15;
    if (needed > ARENA_SIZE - server->arena_used)
        return NULL;
    void *taken = server->arena + server->arena_used;
    server->arena_used += needed;
    return taken;
}

static void arena_free(void *owner, void *pointer)
{
    (void)owner;
    (void)pointer;
}

static bool is_signed(struct server *server, const Zonetally__SealedStatement *sealed,
                      const Zonetally__Statement *statement)
{
    if (statement->device.len != sizeof server->devices->id ||
        sealed->signature.len != crypto_sign_BYTES)
        return false;
    const struct device *device =
        bsearch(statement->device.data, server->devices, server->device_count,
                sizeof *server->devices, compare_devices);
    memcpy(server->scratch, signed_prefix, sizeof signed_prefix);
    memcpy(server->scratch + sizeof signed_prefix, sealed->statement.data, sealed->statement.len);
    return device && crypto_sign_verify_detached(sealed->signature.data, server->scratch,
                                                 sizeof signed_prefix + sealed->statement.len,
                                                 device->signing) == 0;
}

static void append(struct server *server, void *data, size_t size)
{
    unsigned char key[8];
    for (int i = 0; i < 8; i++)
        key[i] = (unsigned char)(server->sequence >> (56 - 8 * i));
    server->sequence++;
    MDB_val its_key = { sizeof key, key };
    MDB_val its_value = { size, data };
    if (!server->txn)
        must_store(mdb_txn_begin(server->env, NULL, 0, &server->txn), "begin");
    must_store(mdb_put(server->txn, server->table, &its_key, &its_value, MDB_APPEND), "append");
}

/* True when it is to be acknowledged: unpacked, signed by its device, appended. */
static bool take(struct server *server, zmq_msg_t *payload, unsigned char *out_signature)
{
    ProtobufCAllocator allocator = { arena_alloc, arena_free, server };
    size_t size = zmq_msg_size(payload);
    server->arena_used = 0;
    if (size > MESSAGE_SIZE_MAX)
        return false;
    const Zonetally__SealedStatement *sealed =
        zonetally__sealed_statement__unpack(&allocator, size, zmq_msg_data(payload));
    if (!sealed)
        return false;
    const Zonetally__Statement *statement =
        zonetally__statement__unpack(&allocator, sealed->statement.len, sealed->statement.data);
    if (!statement || !is_signed(server, sealed, statement))
        return false;
    memcpy(out_signature, sealed->signature.data, crypto_sign_BYTES);
    append(server, zmq_msg_data(payload), size);
    return true;
}

/* False when nothing more has arrived. */
static bool receive(struct server *server)
{
    struct acknowledgement *next = &server->acknowledgements[server->acknowledgement_count];
    int size = zmq_recv(server->router, next->peer, sizeof next->peer, ZMQ_DONTWAIT);
    if (size < 0)
        return false;
    next->peer_size = (size_t)size;
    zmq_msg_t payload;
    zmq_msg_init(&payload);
    must(zmq_msg_recv(&payload, server->router, 0) >= 0 && !zmq_msg_more(&payload), "two frames");
    if (take(server, &payload, next->signature))
        server->acknowledgement_count++;
    zmq_msg_close(&payload);
    return true;
}

static void run_batch(struct server *server)
{
    server->acknowledgement_count = 0;
    while (server->acknowledgement_count < BATCH_MAX && receive(server)) {
    }
    if (!server->txn)
        return;
    must_store(mdb_txn_commit(server->txn), "commit");
    server->txn = NULL;
    for (size_t i = 0; i < server->acknowledgement_count; i++) {
        const struct acknowledgement *done = &server->acknowledgements[i];
        if (zmq_send(server->router, done->peer, done->peer_size, ZMQ_SNDMORE | ZMQ_DONTWAIT) >= 0)
            send_frame(server->router, done->signature, sizeof done->signature, 0);
    }
}

static void serve(struct server *server)
{
    zmq_pollitem_t items[] = {
        { .socket = server->router, .events = ZMQ_POLLIN },
        { .socket = server->gate, .events = ZMQ_POLLIN },
        { .fd = server->signals, .events = ZMQ_POLLIN },
    };
    while (!items[2].revents) {
        must(zmq_poll(items, 3, -1) >= 0 || errno == EINTR, "poll");
        if (items[1].revents)
            answer_gate(server);
        if (items[0].revents)
            run_batch(server);
    }
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "bare_loop FOLDER KEYS READY\n");
        return 2;
    }
    must(sodium_init() >= 0, "libsodium");
    sigset_t ending;
    sigemptyset(&ending);
    sigaddset(&ending, SIGTERM);
    must(sigprocmask(SIG_BLOCK, &ending, NULL) == 0, "signals"); /* before libzmq's threads */
    struct server *server = calloc(1, sizeof *server);
    must(server, "memory");
    server->signals = signalfd(-1, &ending, SFD_CLOEXEC);
    read_devices(server, argv[2]);
    open_store(server, argv[1]);
    open_sockets(server, argv[3]);
    serve(server);
    zmq_close(server->router);
    zmq_close(server->gate);
    zmq_ctx_term(server->context);
    close(server->signals);
    mdb_env_close(server->env);
    free(server);
    return 0;
}
