#ifndef TESTS_BENCH_STORM_COURSE_H
#define TESTS_BENCH_STORM_COURSE_H

/*
 * How a storm went: when each agent began, when it was let in, when its own last statement was
 * acknowledged. In a storm nobody waits for anybody; in a backlog the agents wait until
 * all are let in, and the clock begins then.
 */

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "common/base/attributes.h"

struct consignment;
struct course;

enum storm_kind {
    STORM_AT_ONCE,
    STORM_BACKLOG,
};

/* `server`: the process whose processor time, memory and descriptors are told, 0 none. */
NODISCARD struct course *course_create(const struct consignment *consignment, enum storm_kind kind,
                                       pid_t server);
void course_destroy(struct course **course);

/* Once for each agent: it may have to come again. */
void course_begins(struct course *course, size_t agent);
/* The agent was let in. True when it may send now. */
bool course_enters(struct course *course, size_t agent);
/* Whether the last one has just been let in of a backlog's agents: now all may send. Once. */
bool course_opens(struct course *course);
/* So many statements more of this agent are acknowledged. */
void course_acknowledges(struct course *course, size_t agent, size_t statements);
void course_put_off(struct course *course);

bool course_agent_is_done(const struct course *course, size_t agent);
bool course_is_done(const struct course *course);
/* Statements and entries up to now: whether anything still moves. */
size_t course_steps(const struct course *course);

/* One JSON line; to be called while the connections are there. */
void course_print(const struct course *course, const char *contender, int round);

double course_now(void);

#endif
