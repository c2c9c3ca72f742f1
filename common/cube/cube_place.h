#ifndef COMMON_CUBE_CUBE_PLACE_H
#define COMMON_CUBE_CUBE_PLACE_H

/*
 * Where all zones' figures of an item at exactly one period stand in a cube, or will: found
 * once, read for each return of the period. Good as long as the cube.
 */

#include <stdbool.h>
#include <stddef.h>

#include "common/model/period.h"
#include "common/model/value.h"

struct cube;
struct year;

struct cube_place {
    struct year *const *year; /* of the cube; NULL behind it until something is put there */
    size_t column;
};

struct cube_place cube_place_of(const struct cube *cube, size_t item, struct period period);

/* False when it is not reported there, and then missing. */
bool cube_place_look(const struct cube_place *place, size_t zone, struct value *out);

#endif
