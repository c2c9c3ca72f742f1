#ifndef TESTS_POWER_CHOICE_H
#define TESTS_POWER_CHOICE_H

/* Which pending atoms came to the disk. A choice is named by its number at its boundary and
 * the seed: the same every time. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "tests/power/tape.h"
#include "tests/power/walk.h"

struct choice {
    size_t boundary;
    size_t number; /* at the boundary */
    size_t atoms;
    uint64_t seed;    /* of this one */
    uint64_t density; /* of a random subset, out of UINT32_MAX */
    enum choice_way { CHOICE_MASK, CHOICE_ALL_BUT, CHOICE_ONLY, CHOICE_RANDOM } way;
};

bool choice_takes(const struct choice *choice, size_t atom);
/* A number to draw from for whatever else is by chance in this state. */
uint64_t choice_number(const struct choice *choice, uint64_t seed);

struct choices {
    uint64_t seed;
    size_t quota;      /* of one boundary */
    size_t count;      /* different states */
    size_t boundaries; /* of the tape */
    size_t next;       /* at the current boundary */
    uint64_t *seen;    /* of states, a hash table */
    size_t seen_capacity, seen_count;
};

/* About as many states as wanted, shared out over the boundaries; fewer when there are no more,
 * never less than none, all and each one missing. */
struct choices choices_make(struct tape tape, size_t wanted, uint64_t seed);
void choices_end(struct choices *choices);
void choices_rewind(struct choices *choices);
/* The next one at the walk's boundary that makes a state not seen before. False: none. */
NODISCARD bool choices_next(struct choices *choices, const struct walk *walk, struct choice *out);

#endif
