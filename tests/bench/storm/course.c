#include "tests/bench/storm/course.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "common/base/memory.h"
#include "tests/bench/storm/consignment.h"
#include "tests/bench/storm/footprint.h"

struct pace {
    double began, entered, done;
    size_t acknowledged;
};

struct course {
    const struct consignment *consignment;
    enum storm_kind kind;
    pid_t server;
    double server_cpu_s; /* before it began */
    struct pace *paces;
    size_t entered, done, acknowledged, put_off;
    double first, opened, last;
    bool told_open;
};

double course_now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

struct course *course_create(const struct consignment *consignment, enum storm_kind kind,
                             pid_t server)
{
    struct course *course = memory_zeroed(1, sizeof *course);
    course->consignment = consignment;
    course->kind = kind;
    course->server = server;
    course->paces = memory_zeroed(consignment->agents, sizeof *course->paces);
    return course;
}

void course_destroy(struct course **course)
{
    if (*course)
        memory_free(&(*course)->paces);
    memory_free(course);
}

void course_begins(struct course *course, size_t agent)
{
    double now = course_now();
    if (course->first == 0) {
        course->server_cpu_s = footprint_of(course->server).cpu_s;
        course->first = now = course_now();
    }
    if (course->paces[agent].began == 0)
        course->paces[agent].began = now;
}

static void end_if_done(struct course *course, struct pace *pace)
{
    if (pace->acknowledged < course->consignment->each)
        return;
    pace->done = course->last = course_now();
    course->done++;
}

bool course_enters(struct course *course, size_t agent)
{
    struct pace *pace = &course->paces[agent];
    pace->entered = course_now();
    course->entered++;
    end_if_done(course, pace);
    if (course->entered == course->consignment->agents)
        course->opened = pace->entered;
    return course->kind == STORM_AT_ONCE;
}

bool course_opens(struct course *course)
{
    if (course->kind != STORM_BACKLOG || course->told_open ||
        course->entered < course->consignment->agents)
        return false;
    course->opened = course_now();
    return course->told_open = true;
}

void course_acknowledges(struct course *course, size_t agent, size_t statements)
{
    struct pace *pace = &course->paces[agent];
    pace->acknowledged += statements;
    course->acknowledged += statements;
    end_if_done(course, pace);
}

void course_put_off(struct course *course)
{
    course->put_off++;
}

bool course_agent_is_done(const struct course *course, size_t agent)
{
    return course->paces[agent].done > 0;
}

bool course_is_done(const struct course *course)
{
    return course->done == course->consignment->agents;
}

size_t course_steps(const struct course *course)
{
    return course->acknowledged + course->entered;
}

static int compare_doubles(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return a < b ? -1 : a > b;
}

/* Of each agent: until its own last acknowledgement, in order. */
static double *sorted_waits(const struct course *course)
{
    size_t count = course->consignment->agents;
    double *waits = memory_zeroed(count, sizeof *waits);
    for (size_t i = 0; i < count; i++) {
        const struct pace *pace = &course->paces[i];
        waits[i] = pace->done - (course->kind == STORM_BACKLOG ? course->opened : pace->began);
    }
    qsort(waits, count, sizeof *waits, compare_doubles);
    return waits;
}

void course_print(const struct course *course, const char *contender, int round)
{
    const struct consignment *consignment = course->consignment;
    struct footprint footprint = footprint_of(course->server);
    CLEANUP(memory_free) double *waits = sorted_waits(course);
    double begin = course->kind == STORM_BACKLOG ? course->opened : course->first;
    double seconds = course->last - begin;
    printf("{\"bench\":\"storm\",\"round\":%d,\"contender\":\"%s\",\"kind\":\"%s\",\"agents\":%zu,"
           "\"each\":%zu,\"acknowledged\":%zu,\"statement_bytes\":%.1f,\"seconds\":%.6f,"
           "\"rate\":%.1f,\"entry_seconds\":%.6f,\"p50_ms\":%.2f,\"p99_ms\":%.2f,\"put_off\":%zu,"
           "\"server_cpu_s\":%.2f,\"memory_kib\":%zu,\"descriptors\":%zu}\n",
           round, contender, course->kind == STORM_BACKLOG ? "backlog" : "storm",
           consignment->agents, consignment->each, course->acknowledged,
           (double)consignment->size / (double)(consignment->agents * consignment->each), seconds,
           (double)course->acknowledged / seconds, course->opened - course->first,
           1e3 * waits[consignment->agents / 2], 1e3 * waits[consignment->agents * 99 / 100],
           course->put_off, footprint.cpu_s - course->server_cpu_s, footprint.memory_kib,
           footprint.descriptors);
    fflush(stdout);
}
