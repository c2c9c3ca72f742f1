#include "common/runtime/log.h"

#include <stdarg.h>
#include <stdio.h>

#include "common/base/clock.h"

static enum log_level highest = LOG_INFO;

static const char *const level_names[] = {
    [LOG_ERROR] = "error",
    [LOG_WARNING] = "warning",
    [LOG_INFO] = "info",
    [LOG_DEBUG] = "debug",
};

void log_set_level(enum log_level level)
{
    highest = level;
}

void log_event(const struct clock *clock, enum log_level level, const char *event,
               const char *details, ...)
{
    if (level > highest)
        return;

    char when[CLOCK_TEXT_SIZE];
    va_list arguments;
    flockfile(stderr);
    fprintf(stderr, "%s %s %s ", clock_text(clock->utc_ms(clock), when), level_names[level], event);
    va_start(arguments, details);
    vfprintf(stderr, details, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    funlockfile(stderr);
}
