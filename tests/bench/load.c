/*
 * One closed-loop client for both servers: as many devices as statements are in flight, each
 * sends its next statement when the one before is acknowledged.
 *
 *     load enrol FOLDER                                  what the servers need to know the devices
 *     load run ROUNDS FLIGHTS PERCENT CONTENDER...
 *
 * FLIGHTS is "1,16,64,256"; PERCENT scales how many statements a run has; a CONTENDER is
 * bare=READY (see bare_loop.c) or aggregator=READY,CARD. In each round and flight the same
 * statements, sealed beforehand, go to every contender, in rotating order. Prints a JSON line
 * for each run. A run is measured until the first device has nothing left, so that the
 * number in flight is what it says; then rate x mean latency has to be that number (Little).
 */

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include <zmq.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/memory.h"
#include "common/wire/card.h"
#include "common/wire/message.h"
#include "tests/bench/workload.h"

#define CONTENDERS_MAX 4
#define DEVICES_MAX 256
#define FLIGHTS_MAX 8
#define ANSWER_TIMEOUT_MS 30000
#define FILE_SIZE_MAX (64 * 1024)
#define LITTLE_TOLERANCE 0.1
#define KEY_HEX_SIZE (2 * KEY_SIZE)

struct contender {
    const char *name;
    bool is_bare;
    char endpoint[256];
    unsigned char server_key[KEY_SIZE];
    void *sockets[DEVICES_MAX];
    uint64_t accepted, rejected, busy; /* of the run in hand */
    uint64_t glanced;                  /* answers, so that one in sixteen is read in full */
};

struct load {
    struct workload *workload;
    void *context;
    struct contender contenders[CONTENDERS_MAX];
    size_t contender_count;
    size_t flights[FLIGHTS_MAX];
    size_t flight_count;
    double scale;
};

struct run {
    const struct parcel *parcels; /* `each` for a device, device after device */
    size_t flight;
    size_t each;
    size_t next[DEVICES_MAX]; /* of each device: the one in flight */
    double sent_at[DEVICES_MAX];
    double *latencies;
    size_t latency_count;
    size_t done;
    double begin, end; /* end 0: all have something in flight */
};

static double now(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void must(bool holds, const struct contender *contender, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "load: %s: %s (%s)\n", contender->name, what, zmq_strerror(errno));
    exit(1);
}

static void *connect_device(struct load *load, const struct contender *contender, size_t device)
{
    const struct key_pair *pair = workload_keys(load->workload, device);
    int linger = 0;
    void *socket = zmq_socket(load->context, ZMQ_DEALER);
    must(socket, contender, "socket");
    must(zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof linger) == 0 &&
             zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, contender->server_key, KEY_SIZE) == 0 &&
             zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, pair->public.curve, KEY_SIZE) == 0 &&
             zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, pair->curve_secret, KEY_SIZE) == 0 &&
             zmq_connect(socket, contender->endpoint) == 0,
         contender, "connect");
    return socket;
}

static void send_to(const struct contender *contender, size_t device, struct bytes payload)
{
    must(zmq_send(contender->sockets[device], payload.data, payload.size, 0) >= 0, contender,
         "send");
}

/* Waits; the caller closes the message. */
static void receive_from(const struct contender *contender, size_t device, zmq_msg_t *message)
{
    zmq_pollitem_t item = { .socket = contender->sockets[device], .events = ZMQ_POLLIN };
    must(zmq_poll(&item, 1, ANSWER_TIMEOUT_MS) == 1, contender, "no answer in time");
    zmq_msg_init(message);
    must(zmq_msg_recv(message, contender->sockets[device], 0) >= 0, contender, "receive");
}

static struct bytes bytes_of_message(zmq_msg_t *message)
{
    return (struct bytes){ zmq_msg_data(message), zmq_msg_size(message) };
}

/* The province has of the stream what we have. */
static void greet(struct load *load, const struct contender *contender, size_t device)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct stream_head head = workload_head(load->workload, device);
    struct message hello = { .kind = MESSAGE_HELLO,
                             .hello = { .protocol_min = MESSAGE_PROTOCOL,
                                        .protocol_max = MESSAGE_PROTOCOL,
                                        .province = "jilin",
                                        .stream = *workload_stream(load->workload, device),
                                        .sequence = head.sequence,
                                        .catalogue = workload_catalogue(load->workload),
                                        .agent_utc_ms = 1,
                                        .nonce = bytes_of_text("nonce of a round") } };
    struct message answer;
    struct error err;
    zmq_msg_t raw;
    send_to(contender, device, message_encode(&hello, arena));
    receive_from(contender, device, &raw);
    must(message_decode(bytes_of_message(&raw), arena, &answer, &err), contender,
         "the answer to Hello does not decode");
    if (answer.kind == MESSAGE_REFUSAL)
        fprintf(stderr, "load: refused: %s\n", refusal_words(answer.refusal));
    must(answer.kind == MESSAGE_WELCOME && answer.welcome.head.sequence == head.sequence, contender,
         "no Welcome with our head");
    zmq_msg_close(&raw);
}

static void connect_all(struct load *load, struct contender *contender, size_t devices)
{
    for (size_t device = 0; device < devices; device++)
        contender->sockets[device] = connect_device(load, contender, device);
    for (size_t device = 0; device < devices && !contender->is_bare; device++)
        greet(load, contender, device);
}

/* What an arrival of the statement says before its findings: hash and verdict. */
static int verdict_at(const unsigned char *at, const unsigned char *end, const struct digest *hash)
{
    enum { HASH_TAG = 0x2a, VERDICT_TAG = 0x30 };
    if (end - at < DIGEST_SIZE + 4 || at[0] != HASH_TAG || at[1] != DIGEST_SIZE ||
        memcmp(at + 2, hash->bytes, DIGEST_SIZE) != 0 || at[2 + DIGEST_SIZE] != VERDICT_TAG)
        return 0;
    return at[3 + DIGEST_SIZE];
}

/* Most answers are only searched for the statement's hash and the verdict behind it: a client
 * that decoded every one would take the processors from what is measured. One in sixteen,
 * and whatever is not found so, is read in full. */
static bool counts_at_a_glance(struct contender *contender, struct bytes answer,
                               const struct parcel *parcel)
{
    const unsigned char *at = answer.data, *end = at + answer.size;
    int verdict = 0;
    if (contender->glanced++ % 16 == 0)
        return false;
    for (; at < end && verdict == 0; at++)
        verdict = verdict_at(at, end, &parcel->hash);
    contender->accepted += verdict == VERDICT_ACCEPTED;
    contender->rejected += verdict == VERDICT_REJECTED;
    return verdict == VERDICT_ACCEPTED || verdict == VERDICT_REJECTED;
}

/* True when it acknowledges exactly this statement; false when it is to be sent again. */
static bool is_acknowledged(struct contender *contender, struct bytes answer,
                            const struct parcel *parcel, struct arena *arena)
{
    struct error err;
    struct message message;
    if (contender->is_bare) {
        must(bytes_equal(answer, (struct bytes){ parcel->signature, SIGNATURE_SIZE }), contender,
             "an acknowledgement of another statement");
        contender->accepted++;
        return true;
    }
    if (counts_at_a_glance(contender, answer, parcel))
        return true;
    arena_reset(arena);
    must(message_decode(answer, arena, &message, &err), contender, "an answer does not decode");
    if (message.kind == MESSAGE_BUSY) {
        contender->busy++;
        return false;
    }
    if (message.kind == MESSAGE_REFUSAL)
        fprintf(stderr, "load: refused: %s\n", refusal_words(message.refusal));
    must(message.kind == MESSAGE_RECEIPTS && message.receipt_count == 1, contender,
         "an answer that is not one receipt");
    const struct arrival *arrival = &message.receipts[0].arrival;
    must(arrival->sequence == parcel->sequence &&
             digest_equal(&arrival->statement_hash, &parcel->hash),
         contender, "a receipt of another statement");
    contender->accepted += arrival->verdict == VERDICT_ACCEPTED;
    contender->rejected += arrival->verdict != VERDICT_ACCEPTED;
    return true;
}

static const struct parcel *parcel_in_flight(const struct run *run, size_t device)
{
    return &run->parcels[device * run->each + run->next[device]];
}

static void send_next(const struct contender *contender, struct run *run, size_t device)
{
    const struct parcel *parcel = parcel_in_flight(run, device);
    run->sent_at[device] = now(CLOCK_MONOTONIC);
    send_to(contender, device, contender->is_bare ? parcel->sealed : parcel->submit);
}

static void take_answer(struct contender *contender, struct run *run, size_t device,
                        struct arena *arena)
{
    zmq_msg_t raw;
    zmq_msg_init(&raw);
    must(zmq_msg_recv(&raw, contender->sockets[device], 0) >= 0, contender, "receive");
    double at = now(CLOCK_MONOTONIC);
    bool done =
        is_acknowledged(contender, bytes_of_message(&raw), parcel_in_flight(run, device), arena);
    zmq_msg_close(&raw);
    if (!done) {
        struct bytes again = parcel_in_flight(run, device)->submit;
        send_to(contender, device, again);
        return;
    }
    if (run->end == 0)
        run->latencies[run->latency_count++] = at - run->sent_at[device];
    run->done++;
    if (++run->next[device] < run->each)
        send_next(contender, run, device);
    else if (run->end == 0)
        run->end = at;
}

static void drive(struct contender *contender, struct run *run)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    zmq_pollitem_t items[DEVICES_MAX];
    run->begin = now(CLOCK_MONOTONIC);
    for (size_t device = 0; device < run->flight; device++) {
        items[device] =
            (zmq_pollitem_t){ .socket = contender->sockets[device], .events = ZMQ_POLLIN };
        send_next(contender, run, device);
    }
    while (run->done < run->flight * run->each) {
        must(zmq_poll(items, (int)run->flight, ANSWER_TIMEOUT_MS) > 0, contender,
             "no answer in time");
        for (size_t device = 0; device < run->flight; device++)
            if (items[device].revents)
                take_answer(contender, run, device, arena);
    }
}

static int compare_doubles(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return a < b ? -1 : a > b;
}

static double mean_of(const double *values, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += values[i];
    return sum / (double)count;
}

static void print_run(const struct contender *contender, struct run *run, int round, double begin,
                      size_t cells)
{
    size_t count = run->latency_count;
    double seconds = run->end - run->begin;
    double rate = (double)count / seconds;
    double mean = mean_of(run->latencies, count);
    double little = rate * mean / (double)run->flight;
    qsort(run->latencies, count, sizeof *run->latencies, compare_doubles);
    printf("{\"bench\":\"ingest\",\"round\":%d,\"in_flight\":%zu,\"contender\":\"%s\","
           "\"acknowledged\":%zu,\"measured\":%zu,\"cells\":%zu,\"statement_bytes\":%zu,"
           "\"seconds\":%.6f,\"rate\":%.1f,\"p50_us\":%.1f,\"p99_us\":%.1f,\"mean_us\":%.1f,"
           "\"little\":%.3f,\"accepted\":%llu,\"rejected\":%llu,\"busy\":%llu,"
           "\"begin\":%.6f,\"end\":%.6f}\n",
           round, run->flight, contender->name, run->done, count, cells,
           run->parcels[0].sealed.size, seconds, rate, 1e6 * run->latencies[count / 2],
           1e6 * run->latencies[count * 99 / 100], 1e6 * mean, little,
           (unsigned long long)contender->accepted, (unsigned long long)contender->rejected,
           (unsigned long long)contender->busy, begin, now(CLOCK_REALTIME));
    fflush(stdout);
    if (round > 0 && fabs(little - 1) > LITTLE_TOLERANCE)
        fprintf(stderr,
                "load: %s, %zu in flight: rate x latency is %.2f of what is in flight: "
                "do not trust this run\n",
                contender->name, run->flight, little);
}

/* At few in flight a commit is a few hundred microseconds, at many the machine is full. */
static size_t parcels_each(const struct load *load, size_t flight)
{
    double each = flight < 8 ? 1000 : flight < 32 ? 300 : flight < 128 ? 200 : 100;
    return 1 + (size_t)(each * load->scale);
}

static void run_flight(struct load *load, int round, size_t flight)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    size_t each = parcels_each(load, flight);
    struct parcel *parcels = arena_take(arena, flight * each, sizeof *parcels);
    double *latencies = arena_take(arena, flight * each, sizeof *latencies);
    struct error err;
    for (size_t i = 0; i < flight * each; i++)
        if (!workload_seal(load->workload, i / each, arena, &parcels[i], &err)) {
            fprintf(stderr, "load: %s\n", err.text);
            exit(1);
        }
    for (size_t i = 0; i < load->contender_count; i++) {
        struct contender *contender =
            &load->contenders[(i + (size_t)round) % load->contender_count];
        struct run run = {
            .parcels = parcels, .flight = flight, .each = each, .latencies = latencies
        };
        contender->accepted = contender->rejected = contender->busy = 0;
        double begin = now(CLOCK_REALTIME);
        drive(contender, &run);
        print_run(contender, &run, round, begin, workload_cells(load->workload));
    }
}

static struct bytes read_file(const char *path, struct arena *arena)
{
    char *text = arena_take(arena, FILE_SIZE_MAX + 1, 1);
    FILE *file = fopen(path, "r");
    if (!file) {
        fprintf(stderr, "load: %s: %s\n", path, strerror(errno));
        exit(1);
    }
    size_t size = fread(text, 1, FILE_SIZE_MAX, file);
    fclose(file);
    return (struct bytes){ text, size };
}

static bool read_hex(const char *text, unsigned char *out, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        unsigned byte;
        if (sscanf(text + 2 * i, "%2x", &byte) != 1)
            return false;
        out[i] = (unsigned char)byte;
    }
    return true;
}

static bool read_contender(char *text, struct contender *out)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct error err;
    char key[KEY_HEX_SIZE + 1];
    char *ready = strchr(text, '=');
    if (!ready)
        return false;
    *ready++ = '\0';
    out->name = text;
    out->is_bare = strcmp(text, "bare") == 0;
    char *card = strchr(ready, ',');
    if (out->is_bare)
        return sscanf(read_file(ready, arena).data, "%255s %64s", out->endpoint, key) == 2 &&
               read_hex(key, out->server_key, KEY_SIZE);
    if (!card)
        return false;
    *card++ = '\0';
    struct province_card province;
    if (sscanf(read_file(ready, arena).data, "%255s", out->endpoint) != 1 ||
        !province_card_read(read_file(card, arena), arena, &province, &err))
        return false;
    memcpy(out->server_key, province.keys.curve, KEY_SIZE);
    return true;
}

static bool read_flights(const char *text, struct load *load)
{
    for (char *at = (char *)text; load->flight_count < FLIGHTS_MAX; at++) {
        size_t flight = strtoul(at, &at, 10);
        if (flight < 1 || flight > DEVICES_MAX)
            return false;
        load->flights[load->flight_count++] = flight;
        if (*at != ',')
            return *at == '\0';
    }
    return false;
}

/* Two sockets for each device, and each of them takes two files. */
static void allow_many_files(void)
{
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
}

static int run_all(struct load *load, int rounds)
{
    size_t devices = 0;
    allow_many_files();
    load->context = zmq_ctx_new();
    zmq_ctx_set(load->context, ZMQ_MAX_SOCKETS, CONTENDERS_MAX * DEVICES_MAX);
    for (size_t i = 0; i < load->flight_count; i++)
        devices = load->flights[i] > devices ? load->flights[i] : devices;
    for (size_t i = 0; i < load->contender_count; i++)
        connect_all(load, &load->contenders[i], devices);
    for (int round = 0; round <= rounds; round++) /* round 0 touches the memory */
        for (size_t i = 0; i < load->flight_count; i++)
            run_flight(load, round, load->flights[i]);
    for (size_t i = 0; i < load->contender_count; i++)
        for (size_t device = 0; device < devices; device++)
            zmq_close(load->contenders[i].sockets[device]);
    zmq_ctx_term(load->context);
    return 0;
}

static int usage(void)
{
    fprintf(stderr, "load enrol FOLDER\nload run ROUNDS FLIGHTS PERCENT CONTENDER...\n");
    return 2;
}

int main(int argc, char **argv)
{
    struct error err = { 0 };
    CLEANUP(workload_destroy) struct workload *workload = workload_create(DEVICES_MAX, &err);
    if (!workload) {
        fprintf(stderr, "load: %s\n", err.text);
        return 1;
    }
    if (argc == 3 && strcmp(argv[1], "enrol") == 0) {
        if (workload_write_enrolment(workload, argv[2], &err))
            return 0;
        fprintf(stderr, "load: %s\n", err.text);
        return 1;
    }
    if (argc < 6 || argc > 5 + CONTENDERS_MAX || strcmp(argv[1], "run") != 0)
        return usage();
    CLEANUP(memory_free) struct load *load = memory_zeroed(1, sizeof *load);
    load->workload = workload;
    load->scale = atof(argv[4]) / 100;
    if (!read_flights(argv[3], load))
        return usage();
    for (int i = 5; i < argc; i++)
        if (!read_contender(argv[i], &load->contenders[load->contender_count++]))
            return usage();
    return run_all(load, atoi(argv[2]));
}
