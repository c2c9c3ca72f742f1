#ifndef COMMON_CATALOGUE_NAMES_H
#define COMMON_CATALOGUE_NAMES_H

/* What is declared under which name: codes and Chinese names, by kind of thing. */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/attributes.h"

struct arena;

enum name_kind {
    NAME_UNIT,
    NAME_DIMENSION,
    NAME_LIST,
    NAME_ATTRIBUTE,
    NAME_ITEM,
    NAME_FORM,
    NAME_ROSTER, /* by its noun */
    NAME_RULE,
    NAME_INDICATOR,
    NAME_REQUIREMENT,
    NAME_KIND_COUNT
};

#define NAME_BIT(kind) (1u << (kind))

struct names;

NODISCARD struct names *names_create(struct arena *arena); /* lives in the arena */

/* False when something of this kind already has the name. */
NODISCARD bool names_add(struct names *names, enum name_kind kind, const char *text, size_t number);
/* Number of the thing of this kind with the name, or CATALOGUE_NONE. */
size_t names_find(const struct names *names, enum name_kind kind, const char *text);
/* The declared name of one of the kinds (bits) that differs least, or NULL when none is near. */
const char *names_nearest(const struct names *names, unsigned kinds, const char *text);

#endif
