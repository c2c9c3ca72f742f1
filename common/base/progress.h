#ifndef COMMON_BASE_PROGRESS_H
#define COMMON_BASE_PROGRESS_H

/*
 * How far a long piece of work is, for the person who waits for it. On a terminal
 * one line that redraws itself, elsewhere a plain line now and then.
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct clock;

#define PROGRESS_TERMINAL_MS 100
#define PROGRESS_PLAIN_MS 5000

struct progress {
    FILE *output;
    const struct clock *clock;
    const char *label;
    uint64_t total;
    uint64_t done;
    int64_t next_ms; /* nothing is shown before this time */
    bool terminal;
};

/* Borrows everything. `total` 0: not known. Shows the label at once. */
struct progress progress_begin(FILE *output, const struct clock *clock, const char *label,
                               uint64_t total);

/* Cheap enough to be called for every record. */
void progress_set(struct progress *progress, uint64_t done);

/* All of it is done, whatever was counted. Nothing without a progress. */
void progress_complete(struct progress *progress);

/* Shows where the work ended and ends the line. */
void progress_end(struct progress *progress);

#endif
