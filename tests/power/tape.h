#ifndef TESTS_POWER_TAPE_H
#define TESTS_POWER_TAPE_H

/*
 * What a program did to the files of one folder, in order: what the recorder saw at the border
 * of the kernel, and what a power cut is replayed from.
 *
 * Files and folders have numbers of their own, from the folder itself (TAPE_ROOT) on, so that a
 * name that is missing after the cut does not take the wrong content with it. A mark is a line
 * the program printed: from there on somebody relies on what it says.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"

#define TAPE_ROOT 1

/* Written through shared memory, rebuilt at every start: after a cut it may hold anything. */
#define TAPE_VOLATILE_NAME "lock.mdb"

struct arena;

enum tape_kind {
    TAPE_CREATE_FILE,
    TAPE_CREATE_FOLDER,
    TAPE_LINK,
    TAPE_UNLINK,
    TAPE_RENAME,
    TAPE_WRITE,
    TAPE_WRITE_DURABLE, /* through a descriptor with O_DSYNC or O_SYNC */
    TAPE_RESIZE,
    TAPE_SYNC,     /* fsync, fdatasync of a file or folder */
    TAPE_SYNC_ALL, /* sync, syncfs */
    TAPE_MARK,
    TAPE_KIND_COUNT
};

struct tape_op {
    enum tape_kind kind;
    uint32_t inode;       /* for names: the folder they stand in */
    uint32_t target;      /* CREATE, LINK: what the name stands for; RENAME: the new folder */
    uint64_t offset;      /* WRITE; RESIZE: the size */
    const char *name;     /* CREATE, LINK, UNLINK, RENAME: the old one */
    const char *new_name; /* RENAME */
    struct bytes data;    /* WRITE; MARK: the line without its end */
};

struct tape {
    const struct tape_op *ops;
    size_t count;
};

const char *tape_kind_name(enum tape_kind kind);
void tape_append(FILE *file, const struct tape_op *op);
/* Lives in the arena. False when it cannot be read. */
NODISCARD bool tape_read(const char *path, struct arena *arena, struct tape *out);
/* One operation in words: "write 4 8192 4096". */
void tape_print(FILE *file, const struct tape_op *op);

#endif
