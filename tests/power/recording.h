#ifndef TESTS_POWER_RECORDING_H
#define TESTS_POWER_RECORDING_H

/*
 * Turns the system calls of a program into a tape. It stands at the border of the kernel, so
 * that nothing passes beside it: not stdio, not a library, not a bare syscall(). What it has no
 * model for, on a file of the watched folder, ends the recording with a reason: a tape is
 * complete or there is none.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "tests/power/tape.h"
#include "tests/power/tracee.h"

#define RECORDING_REASON_SIZE 512

struct recording {
    FILE *tape;
    char root[TRACEE_PATH_SIZE]; /* the watched folder, without links */
    dev_t device;
    ino_t *inodes; /* of the number minus one; 0: gone */
    bool *is_volatile;
    size_t count;
    size_t inode_capacity, volatile_capacity;
    size_t operations;
    char reason[RECORDING_REASON_SIZE]; /* why it cannot go on; "" it can */
};

/* The folder must be there and empty. */
bool recording_begin(struct recording *recording, const char *folder, FILE *tape);
void recording_end(struct recording *recording);

/* Before and after a call of a stopped thread. */
void recording_enter(struct recording *recording, struct tracee *tracee);
void recording_leave(struct recording *recording, struct tracee *tracee);

/* The rest is for the calls. */
bool recording_watches(const struct recording *recording, const char *path);
void recording_refuse(struct recording *recording, const char *call, const char *path);
void recording_add(struct recording *recording, const struct tape_op *op);
/* The number of a file that is there; 0 when it was never seen to come. */
uint32_t recording_number(const struct recording *recording, const struct stat *status);
uint32_t recording_new_number(struct recording *recording, ino_t inode, bool is_volatile);

#endif
