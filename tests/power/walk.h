#ifndef TESTS_POWER_WALK_H
#define TESTS_POWER_WALK_H

/*
 * Goes over a tape from boundary to boundary. At each of them it knows what is certainly on
 * the disk, what may or may not be (the pending atoms, in order), and how many marks were made:
 * any subset of the pending atoms is a state that a power cut may leave.
 *
 * Strict where file systems are kind: the fsync of a file does not make its name durable, names
 * come to the disk in any selection, a size without its sectors and sectors without their size.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "tests/power/disk.h"
#include "tests/power/tape.h"

struct walk {
    struct tape tape;
    struct disk *durable;
    struct disk *latest; /* as the program saw it */
    struct atom *pending;
    size_t pending_count, pending_capacity;
    size_t next;       /* operation */
    bool in_flight;    /* a durable write that has not returned */
    size_t boundaries; /* passed, with this one */
    size_t marks;      /* made */
    uint64_t certain;  /* changes when something becomes durable */
};

/* Before the first operation, which is a boundary too. */
void walk_begin(struct walk *walk, struct tape tape);
void walk_end(struct walk *walk);
/* To the next boundary. False at the end. */
NODISCARD bool walk_on(struct walk *walk);

#endif
