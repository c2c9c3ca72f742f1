#ifndef COMMON_RUNTIME_LOG_H
#define COMMON_RUNTIME_LOG_H

/*
 * What a daemon tells its operator, on standard error, one event a line:
 *
 *     2026-03-01T09:12:44+08:00 warning sync.unreachable peer=tcp://10.0.0.7:7700 waiting=12
 *
 * The event's name never changes. No figures, no names of people. Library code never logs.
 */

#include "common/base/attributes.h"

struct clock;

enum log_level {
    LOG_ERROR,   /* a person must act          */
    LOG_WARNING, /* we carry on, degraded      */
    LOG_INFO,    /* something changed its state */
    LOG_DEBUG
};

/* `details` is "key=value key=value" in printf's form. */
void log_event(const struct clock *clock, enum log_level level, const char *event,
               const char *details, ...) PRINTF_LIKE(4, 5);

/* Events above this level are not written. INFO at the start. */
void log_set_level(enum log_level level);

#endif
