#ifndef AGGREGATOR_SIGNER_PLACE_H
#define AGGREGATOR_SIGNER_PLACE_H

/*
 * Where the signer of a data folder keeps its state. The data folder names it by its absolute
 * path, so that a copy of the data folder meets the same signer. Never inside the data
 * folder: whoever restores one must not take the other back with it.
 */

#include <stdbool.h>

#include "common/base/attributes.h"

#define SIGNER_PLACE_FILE "signer"    /* in the data folder */
#define SIGNER_PLACE_ENDING "-signer" /* beside the data folder, when none is named */

struct arena;
struct error;

/* Creates the folder and notes it. `folder` NULL: the one noted before, else the one beside
 * the data folder. Fails with REFUSED when it is inside. */
NODISCARD bool signer_place_choose(const char *data_folder, const char *folder, struct arena *arena,
                                   const char **out, struct error *err);

/* Fails with UNAVAILABLE when the data folder names none. */
NODISCARD bool signer_place_read(const char *data_folder, struct arena *arena, const char **out,
                                 struct error *err);

#endif
