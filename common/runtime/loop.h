#ifndef COMMON_RUNTIME_LOOP_H
#define COMMON_RUNTIME_LOOP_H

/*
 * One thread, one zmq_poll: waits for sockets, files, signals and timers and calls their
 * handlers, one after the other, each to its end. A handler never blocks.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"

#define LOOP_WATCHES_MAX 64
#define LOOP_TIMERS_MAX 32

struct clock;
struct error;
struct loop;

typedef void loop_handler_fn(void *owner);

/* Borrows the clock. */
NODISCARD struct loop *loop_create(const struct clock *clock);
void loop_destroy(struct loop **loop);

/* Called whenever there is something to read. Sockets are ZeroMQ's and stay borrowed. */
void loop_watch_socket(struct loop *loop, void *socket, loop_handler_fn *readable, void *owner);
void loop_watch_file(struct loop *loop, int file, loop_handler_fn *readable, void *owner);
void loop_every(struct loop *loop, int64_t period_ms, loop_handler_fn *tick, void *owner);

/* SIGTERM and SIGINT end the loop as loop_stop() does; they are blocked for the process from
 * here on. Fails with SYSTEM. */
NODISCARD bool loop_stop_on_signals(struct loop *loop, struct error *err);

/* Removes all watches and timers of `owner`; safe inside any handler, also its own. */
void loop_forget(struct loop *loop, const void *owner);

/* Until loop_stop(). Fails with SYSTEM. */
NODISCARD bool loop_run(struct loop *loop, struct error *err);
void loop_stop(struct loop *loop);

#endif
