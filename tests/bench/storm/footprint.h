#ifndef TESTS_BENCH_STORM_FOOTPRINT_H
#define TESTS_BENCH_STORM_FOOTPRINT_H

/* What a process takes of the machine, as the kernel tells it. Zeros for what it does not tell. */

#include <stddef.h>
#include <sys/types.h>

struct footprint {
    size_t memory_kib;  /* the most it ever had resident */
    size_t descriptors; /* open now */
    double cpu_s;       /* since it began */
};

struct footprint footprint_of(pid_t process);

#endif
