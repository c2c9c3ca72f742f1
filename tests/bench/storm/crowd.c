#include "tests/bench/storm/crowd.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/base/memory.h"
#include "tests/bench/storm/consignment.h"
#include "tests/bench/storm/course.h"

#define EVENTS_MAX 512
#define STILL_MS_MAX 60000
#define HEAR_SIZE ((size_t)16 * 1024)

struct buffer {
    unsigned char *data;
    size_t begin, end, capacity;
};

struct line {
    int file; /* -1: none */
    bool connected, waits_to_write;
    struct buffer in, out;
    size_t sent;
    uint64_t in_flight;
};

struct crowd {
    struct crowd_options options;
    struct line *lines;
    int poller;
    struct error trouble; /* kind NONE: none yet */
};

struct crowd *crowd_create(const struct crowd_options *options)
{
    struct crowd *crowd = memory_zeroed(1, sizeof *crowd);
    crowd->options = *options;
    crowd->lines = memory_zeroed(options->consignment->agents, sizeof *crowd->lines);
    crowd->poller = epoll_create1(EPOLL_CLOEXEC);
    for (size_t i = 0; i < options->consignment->agents; i++)
        crowd->lines[i].file = -1;
    return crowd;
}

void crowd_destroy(struct crowd **crowd)
{
    if (!*crowd)
        return;
    for (size_t i = 0; i < (*crowd)->options.consignment->agents; i++) {
        struct line *line = &(*crowd)->lines[i];
        if (line->file >= 0)
            close(line->file);
        memory_free(&line->in.data);
        memory_free(&line->out.data);
    }
    if ((*crowd)->poller >= 0)
        close((*crowd)->poller);
    memory_free(&(*crowd)->lines);
    memory_free(crowd);
}

const struct crowd_options *crowd_options(const struct crowd *crowd)
{
    return &crowd->options;
}

void crowd_break(struct crowd *crowd, const char *why, struct bytes words)
{
    int size = words.size < CROWD_TEXT_SIZE ? (int)words.size : CROWD_TEXT_SIZE;
    if (crowd->trouble.kind == ERROR_NONE)
        error_set(&crowd->trouble, ERROR_UNAVAILABLE, "%s: %.*s", why, size,
                  (const char *)words.data);
}

static void break_by_system(struct crowd *crowd, const char *why)
{
    crowd_break(crowd, why, bytes_of_text(strerror(errno)));
}

/* Room for so much behind the end; what was taken is given up. */
static unsigned char *room(struct buffer *buffer, size_t size)
{
    if (buffer->begin > 0) {
        memmove(buffer->data, buffer->data + buffer->begin, buffer->end - buffer->begin);
        buffer->end -= buffer->begin;
        buffer->begin = 0;
    }
    if (buffer->end + size > buffer->capacity)
        buffer->data = memory_grown(buffer->data, &buffer->capacity, buffer->end + size, 1);
    return buffer->data + buffer->end;
}

static void watch(struct crowd *crowd, size_t agent, int how, bool writes)
{
    struct line *line = &crowd->lines[agent];
    struct epoll_event event = { .events = EPOLLIN | (writes ? EPOLLOUT : 0), .data.u64 = agent };
    line->waits_to_write = writes;
    if (epoll_ctl(crowd->poller, how, line->file, &event) != 0)
        break_by_system(crowd, "epoll_ctl");
}

static void flush(struct crowd *crowd, size_t agent)
{
    struct line *line = &crowd->lines[agent];
    struct buffer *out = &line->out;
    while (out->begin < out->end) {
        ssize_t size =
            send(line->file, out->data + out->begin, out->end - out->begin, MSG_NOSIGNAL);
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0 && errno != EAGAIN)
            break_by_system(crowd, "send");
        if (size < 0)
            break;
        out->begin += (size_t)size;
    }
    bool writes = out->begin < out->end;
    if (writes != line->waits_to_write)
        watch(crowd, agent, EPOLL_CTL_MOD, writes);
}

void crowd_say(struct crowd *crowd, size_t agent, struct bytes words)
{
    struct buffer *out = &crowd->lines[agent].out;
    memcpy(room(out, words.size), words.data, words.size);
    out->end += words.size;
}

static size_t bits_of(uint64_t mask)
{
    size_t count = 0;
    for (; mask; mask &= mask - 1)
        count++;
    return count;
}

static void send_window(struct crowd *crowd, size_t agent)
{
    struct line *line = &crowd->lines[agent];
    while (line->sent < crowd->options.consignment->each &&
           bits_of(line->in_flight) < crowd->options.window) {
        line->in_flight |= UINT64_C(1) << line->sent;
        crowd->options.protocol->publish(crowd, agent, line->sent++);
    }
}

void crowd_let_in(struct crowd *crowd, size_t agent)
{
    if (course_enters(crowd->options.course, agent))
        send_window(crowd, agent);
}

void crowd_acknowledged(struct crowd *crowd, size_t agent, size_t number)
{
    struct line *line = &crowd->lines[agent];
    uint64_t bit = number < CONSIGNMENT_EACH_MAX ? UINT64_C(1) << number : 0;
    if (!(line->in_flight & bit)) {
        crowd_break(crowd, "an acknowledgement of what is not in flight", bytes_of_text(""));
        return;
    }
    line->in_flight &= ~bit;
    course_acknowledges(crowd->options.course, agent, 1);
    send_window(crowd, agent);
}

size_t crowd_sent(const struct crowd *crowd, size_t agent)
{
    return crowd->lines[agent].sent;
}

uint64_t crowd_in_flight(const struct crowd *crowd, size_t agent)
{
    return crowd->lines[agent].in_flight;
}

static void dial(struct crowd *crowd, size_t agent)
{
    struct line *line = &crowd->lines[agent];
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_port = htons(crowd->options.port),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int on = 1;
    line->file = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (line->file < 0) {
        break_by_system(crowd, "socket");
        return;
    }
    setsockopt(line->file, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    course_begins(crowd->options.course, agent);
    if (connect(line->file, (const struct sockaddr *)&address, sizeof address) != 0 &&
        errno != EINPROGRESS)
        break_by_system(crowd, "connect");
    watch(crowd, agent, EPOLL_CTL_ADD, true);
}

static void connected(struct crowd *crowd, size_t agent)
{
    int failure = 0;
    socklen_t size = sizeof failure;
    getsockopt(crowd->lines[agent].file, SOL_SOCKET, SO_ERROR, &failure, &size);
    if (failure != 0) {
        crowd_break(crowd, "connect", bytes_of_text(strerror(failure)));
        return;
    }
    crowd->lines[agent].connected = true;
    crowd->options.protocol->greet(crowd, agent);
}

/* False when there is nothing more at the moment. */
static bool receive(struct crowd *crowd, size_t agent)
{
    struct line *line = &crowd->lines[agent];
    ssize_t size = recv(line->file, room(&line->in, HEAR_SIZE), HEAR_SIZE, 0);
    if (size > 0)
        line->in.end += (size_t)size;
    else if (size == 0)
        crowd_break(crowd, "the server closed a line", bytes_of_text(""));
    else if (errno != EAGAIN && errno != EINTR)
        break_by_system(crowd, "recv");
    return size == (ssize_t)HEAR_SIZE;
}

static void listen_to(struct crowd *crowd, size_t agent)
{
    struct buffer *in = &crowd->lines[agent].in;
    bool more = true;
    while (more && crowd->trouble.kind == ERROR_NONE) {
        more = receive(crowd, agent);
        size_t taken = 1;
        while (in->begin < in->end && taken > 0 && crowd->trouble.kind == ERROR_NONE) {
            struct bytes heard = { in->data + in->begin, in->end - in->begin };
            taken = crowd->options.protocol->hear(crowd, agent, heard);
            in->begin += taken;
        }
    }
}

static void serve_line(struct crowd *crowd, const struct epoll_event *event)
{
    size_t agent = event->data.u64;
    struct line *line = &crowd->lines[agent];
    if (!line->connected && (event->events & (EPOLLOUT | EPOLLERR | EPOLLHUP)))
        connected(crowd, agent);
    if (line->connected && (event->events & (EPOLLIN | EPOLLHUP)))
        listen_to(crowd, agent);
    if (line->connected && crowd->trouble.kind == ERROR_NONE)
        flush(crowd, agent);
}

static void open_all(struct crowd *crowd)
{
    for (size_t i = 0; i < crowd->options.consignment->agents; i++) {
        send_window(crowd, i);
        flush(crowd, i);
    }
}

static void turn(struct crowd *crowd, double *still_since)
{
    struct epoll_event events[EVENTS_MAX];
    size_t steps = course_steps(crowd->options.course);
    int count = epoll_wait(crowd->poller, events, EVENTS_MAX, 1000);
    for (int i = 0; i < count && crowd->trouble.kind == ERROR_NONE; i++)
        serve_line(crowd, &events[i]);
    if (course_opens(crowd->options.course))
        open_all(crowd);
    double now = course_now();
    if (course_steps(crowd->options.course) > steps)
        *still_since = now;
    else if (1e3 * (now - *still_since) > STILL_MS_MAX)
        crowd_break(crowd, "nothing moved for a minute", bytes_of_text(""));
}

bool crowd_run(struct crowd *crowd, struct error *err)
{
    double still_since = course_now();
    for (size_t i = 0; i < crowd->options.consignment->agents; i++)
        if (crowd->trouble.kind == ERROR_NONE)
            dial(crowd, i);
    while (crowd->trouble.kind == ERROR_NONE && !course_is_done(crowd->options.course))
        turn(crowd, &still_since);
    *err = crowd->trouble;
    return crowd->trouble.kind == ERROR_NONE;
}
