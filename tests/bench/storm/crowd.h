#ifndef TESTS_BENCH_STORM_CROWD_H
#define TESTS_BENCH_STORM_CROWD_H

/*
 * Many plain TCP connections at once, one poller: the clients of the servers that ours is
 * compared with. A protocol says what is told when a line is there and what is heard.
 *
 *     agents' statements -> protocol -> CROWD -> server
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"

struct consignment;
struct course;
struct crowd;
struct error;

#define CROWD_TEXT_SIZE 256

struct crowd_protocol {
    /* The line is there. */
    void (*greet)(struct crowd *crowd, size_t agent);
    /* Takes one message from the front; 0 when it is not whole. */
    size_t (*hear)(struct crowd *crowd, size_t agent, struct bytes heard);
    /* One statement. */
    void (*publish)(struct crowd *crowd, size_t agent, size_t number);
};

struct crowd_options {
    const struct crowd_protocol *protocol;
    const struct consignment *consignment;
    struct course *course;
    uint16_t port; /* on 127.0.0.1 */
    size_t window; /* statements of an agent in flight */
    bool founds;   /* makes the stream or queue; nothing is sent */
};

NODISCARD struct crowd *crowd_create(const struct crowd_options *options);
void crowd_destroy(struct crowd **crowd);
const struct crowd_options *crowd_options(const struct crowd *crowd);

/* Until the course is done. Fails with UNAVAILABLE when a line breaks or nothing moves. */
NODISCARD bool crowd_run(struct crowd *crowd, struct error *err);

/* For protocols. */
void crowd_say(struct crowd *crowd, size_t agent, struct bytes words);
void crowd_let_in(struct crowd *crowd, size_t agent);
/* The numbers count from 0. An acknowledgement of what is not in flight breaks the run. */
void crowd_acknowledged(struct crowd *crowd, size_t agent, size_t number);
void crowd_break(struct crowd *crowd, const char *why, struct bytes words);
/* Of this agent's statements: how many were sent, and which are in flight, a bit for each. */
size_t crowd_sent(const struct crowd *crowd, size_t agent);
uint64_t crowd_in_flight(const struct crowd *crowd, size_t agent);

#endif
