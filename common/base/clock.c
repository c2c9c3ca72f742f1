#include "common/base/clock.h"

#include <stdio.h>
#include <time.h>

#define BEIJING_AHEAD_S (8 * 60 * 60)

static int64_t read_ms(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t system_monotonic_ms(const struct clock *clock)
{
    (void)clock;
    return read_ms(CLOCK_BOOTTIME);
}

static int64_t system_utc_ms(const struct clock *clock)
{
    (void)clock;
    return read_ms(CLOCK_REALTIME);
}

const struct clock clock_system = { system_monotonic_ms, system_utc_ms };

static int64_t manual_monotonic_ms(const struct clock *clock)
{
    return ((const struct manual_clock *)clock)->monotonic_ms;
}

static int64_t manual_utc_ms(const struct clock *clock)
{
    return ((const struct manual_clock *)clock)->utc_ms;
}

struct manual_clock manual_clock_at(int64_t utc_ms)
{
    return (struct manual_clock){ .clock = { manual_monotonic_ms, manual_utc_ms },
                                  .utc_ms = utc_ms };
}

const char *clock_text(int64_t utc_ms, char buffer[CLOCK_TEXT_SIZE])
{
    /* Divides downwards, so that a time before 1970 keeps its second. */
    int64_t utc_s = utc_ms / 1000 - (utc_ms % 1000 < 0);
    time_t local = (time_t)(utc_s + BEIJING_AHEAD_S);
    struct tm parts;
    if (!gmtime_r(&local, &parts) ||
        strftime(buffer, CLOCK_TEXT_SIZE, "%Y-%m-%dT%H:%M:%S+08:00", &parts) == 0)
        snprintf(buffer, CLOCK_TEXT_SIZE, "%lld ms", (long long)utc_ms);
    return buffer;
}
