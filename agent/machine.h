#ifndef AGENT_MACHINE_H
#define AGENT_MACHINE_H

/*
 * What tells one computer from another. Handed in, so that a test says which one it is. Every
 * part may be missing: not every program may read them, not every computer has them.
 */

#include <stdbool.h>

#include "common/base/attributes.h"

#define MACHINE_TEXT_SIZE 256

enum machine_part {
    MACHINE_BOARD,   /* UUID of the main board */
    MACHINE_STORAGE, /* serial of the disk that holds the data folder, else its file system's UUID
                      */
    MACHINE_NETWORK, /* hardware address of the first network card */
    MACHINE_SYSTEM,  /* the system's own number: copied with an image, so never decisive alone */
    MACHINE_PART_COUNT
};

struct machine {
    /* One clean line; false when it is not to be had. */
    bool (*read)(const struct machine *machine, enum machine_part part, const char *data_folder,
                 char out[MACHINE_TEXT_SIZE]);
};

/* The one this program runs on. */
extern const struct machine machine_here;

#endif
