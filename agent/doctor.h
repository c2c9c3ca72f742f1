#ifndef AGENT_DOCTOR_H
#define AGENT_DOCTOR_H

/*
 * Reads everything back: checksums, the chain of statements, signatures, receipts, drafts,
 * catalogues. Changes nothing. Every damage is named, one does not hide the next.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct agent;
struct arena;
struct progress;

#define DOCTOR_PROBLEMS_MAX 100

struct doctor_report {
    uint64_t drafts, statements, receipts, catalogues; /* that were read */
    const char *problems[DOCTOR_PROBLEMS_MAX];         /* whole sentences, in the arena */
    size_t problem_count;                              /* of `problems` */
    uint64_t omitted;                                  /* beyond them */
    uint64_t vouched; /* statements signed wrongly that a later one vouches for: no problem */
};

/* True when nothing was found. `progress` counts statements; NULL: none. */
bool doctor_examine(const struct agent *agent, struct progress *progress, struct arena *arena,
                    struct doctor_report *out);

#endif
