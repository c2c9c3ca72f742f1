#ifndef TESTS_POWER_TRACEE_H
#define TESTS_POWER_TRACEE_H

/* A stopped thread of the recorded program: its memory, its descriptors, its paths. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "common/base/attributes.h"

#define TRACEE_PATH_SIZE 4096

struct tracee {
    pid_t id;
    bool inside;     /* a call */
    uint64_t number; /* of the call */
    uint64_t args[6];
    bool existed; /* what an open() may have created */
    int64_t result;
};

/* False when the memory is not there. */
NODISCARD bool tracee_copy(const struct tracee *tracee, uint64_t address, void *target,
                           size_t size);
NODISCARD bool tracee_text(const struct tracee *tracee, uint64_t address,
                           char out[TRACEE_PATH_SIZE]);

/* What an open descriptor stands for. */
struct descriptor {
    char path[TRACEE_PATH_SIZE];
    struct stat status;
    uint64_t position;
    bool durable; /* O_DSYNC or O_SYNC */
    bool append;
};
/* False when it is not a file that has a path. */
NODISCARD bool tracee_descriptor(const struct tracee *tracee, int number, struct descriptor *out);

/* A name in a folder; the folder exists. */
struct place {
    char folder[TRACEE_PATH_SIZE]; /* without links and dots */
    char name[TRACEE_PATH_SIZE];
};
NODISCARD bool tracee_place(const struct tracee *tracee, int folder, uint64_t path,
                            struct place *out);

/* Whether memory of this range shows a file of the folder and is shared with it. */
bool tracee_maps(const struct tracee *tracee, uint64_t address, uint64_t size, const char *folder,
                 const char *except);

#endif
