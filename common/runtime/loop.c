#include "common/runtime/loop.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <zmq.h>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/memory.h"
#include "common/base/messages.h"

struct watch {
    zmq_pollitem_t item;
    loop_handler_fn *readable; /* NULL once forgotten */
    void *owner;
};

struct timer {
    int64_t period_ms;
    int64_t due_ms;
    loop_handler_fn *tick; /* NULL once forgotten */
    void *owner;
};

struct loop {
    const struct clock *clock;
    bool stopping;
    int signal_file; /* -1: none */
    int watch_count;
    int timer_count;
    struct watch watches[LOOP_WATCHES_MAX];
    struct timer timers[LOOP_TIMERS_MAX];
};

struct loop *loop_create(const struct clock *clock)
{
    struct loop *loop = memory_zeroed(1, sizeof *loop);
    loop->clock = clock;
    loop->signal_file = -1;
    return loop;
}

void loop_destroy(struct loop **loop)
{
    if (!*loop)
        return;
    if ((*loop)->signal_file >= 0)
        close((*loop)->signal_file);
    free(*loop);
    *loop = NULL;
}

static void add_watch(struct loop *loop, zmq_pollitem_t item, loop_handler_fn *readable,
                      void *owner)
{
    assert(loop->watch_count < LOOP_WATCHES_MAX);
    item.events = ZMQ_POLLIN;
    loop->watches[loop->watch_count++] = (struct watch){ item, readable, owner };
}

void loop_watch_socket(struct loop *loop, void *socket, loop_handler_fn *readable, void *owner)
{
    add_watch(loop, (zmq_pollitem_t){ .socket = socket }, readable, owner);
}

void loop_watch_file(struct loop *loop, int file, loop_handler_fn *readable, void *owner)
{
    add_watch(loop, (zmq_pollitem_t){ .fd = file }, readable, owner);
}

static int64_t now_of(const struct loop *loop)
{
    return loop->clock->monotonic_ms(loop->clock);
}

void loop_every(struct loop *loop, int64_t period_ms, loop_handler_fn *tick, void *owner)
{
    assert(period_ms > 0);
    assert(loop->timer_count < LOOP_TIMERS_MAX);
    loop->timers[loop->timer_count++] =
        (struct timer){ period_ms, now_of(loop) + period_ms, tick, owner };
}

static void stop_at_signal(void *owner)
{
    loop_stop(owner);
}

bool loop_stop_on_signals(struct loop *loop, struct error *err)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    if (sigprocmask(SIG_BLOCK, &signals, NULL) == 0)
        loop->signal_file = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    if (loop->signal_file < 0)
        return error_set(err, ERROR_SYSTEM, MESSAGE_LOOP_SIGNALS, strerror(errno));
    loop_watch_file(loop, loop->signal_file, stop_at_signal, loop);
    return true;
}

/* Only marks: a caller higher up may be walking the arrays. sweep() removes. */
void loop_forget(struct loop *loop, const void *owner)
{
    for (int i = 0; i < loop->watch_count; i++)
        if (loop->watches[i].owner == owner)
            loop->watches[i].readable = NULL;
    for (int i = 0; i < loop->timer_count; i++)
        if (loop->timers[i].owner == owner)
            loop->timers[i].tick = NULL;
}

static void sweep(struct loop *loop)
{
    int kept = 0;
    for (int i = 0; i < loop->watch_count; i++)
        if (loop->watches[i].readable)
            loop->watches[kept++] = loop->watches[i];
    loop->watch_count = kept;

    kept = 0;
    for (int i = 0; i < loop->timer_count; i++)
        if (loop->timers[i].tick)
            loop->timers[kept++] = loop->timers[i];
    loop->timer_count = kept;
}

/* Until the next timer; -1 is forever. */
static long wait_ms(const struct loop *loop)
{
    int64_t now = now_of(loop), wait = -1;
    for (int i = 0; i < loop->timer_count; i++) {
        int64_t left = loop->timers[i].due_ms > now ? loop->timers[i].due_ms - now : 0;
        if (wait < 0 || left < wait)
            wait = left;
    }
    return (long)wait;
}

static void run_watches(struct loop *loop, const zmq_pollitem_t *items, int count)
{
    for (int i = 0; i < count && !loop->stopping; i++)
        if (items[i].revents && loop->watches[i].readable)
            loop->watches[i].readable(loop->watches[i].owner);
}

static void run_timers(struct loop *loop)
{
    int64_t now = now_of(loop);
    int count = loop->timer_count; /* those added meanwhile wait for the next turn */
    for (int i = 0; i < count && !loop->stopping; i++) {
        struct timer *timer = &loop->timers[i];
        if (!timer->tick || timer->due_ms > now)
            continue;
        timer->due_ms = now + timer->period_ms;
        timer->tick(timer->owner);
    }
}

bool loop_run(struct loop *loop, struct error *err)
{
    zmq_pollitem_t items[LOOP_WATCHES_MAX];

    while (!loop->stopping) {
        sweep(loop);
        int count = loop->watch_count;
        for (int i = 0; i < count; i++)
            items[i] = loop->watches[i].item;

        if (zmq_poll(items, count, wait_ms(loop)) < 0) {
            if (errno == EINTR)
                continue;
            return error_set(err, ERROR_SYSTEM, MESSAGE_LOOP_WAIT, zmq_strerror(errno));
        }
        run_watches(loop, items, count);
        run_timers(loop);
    }
    return true;
}

void loop_stop(struct loop *loop)
{
    loop->stopping = true;
}
