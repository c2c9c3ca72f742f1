#ifndef COMMON_BASE_CLOCK_H
#define COMMON_BASE_CLOCK_H

/* Time is handed in, never looked up, so that a test says what time it is. */

#include <stdint.h>

#define CLOCK_TEXT_SIZE 32

/* The programs are younger than this: a clock that says less has lost its time. */
#define CLOCK_YEAR_MIN 2026
/* A difference worth telling a person. */
#define CLOCK_SKEW_MS (5 * 60 * 1000)

struct clock {
    int64_t (*monotonic_ms)(const struct clock *clock); /* for waiting; counts in suspend too */
    int64_t (*utc_ms)(const struct clock *clock);       /* since 1970; may jump */
};

extern const struct clock clock_system;

/* A clock that stands still until it is moved. */
struct manual_clock {
    struct clock clock; /* first, so that a pointer to it is a pointer to the whole */
    int64_t monotonic_ms;
    int64_t utc_ms;
};

struct manual_clock manual_clock_at(int64_t utc_ms);

/* "2026-03-18T09:12:44+08:00": Beijing time, in which deadlines are set. Returns `buffer`. */
const char *clock_text(int64_t utc_ms, char buffer[CLOCK_TEXT_SIZE]);

#endif
