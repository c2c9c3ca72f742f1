#ifndef AGGREGATOR_GROUPS_H
#define AGGREGATOR_GROUPS_H

/* Zones one by one, or put together by what the register says of them in a period. */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/attributes.h"
#include "common/cube/evaluate.h"

struct arena;

enum group_by {
    GROUP_BY_ZONE,
    GROUP_BY_LEVEL,
    GROUP_BY_PLATE,
    GROUP_BY_PREFECTURE,
    GROUP_BY_PROVINCE,
    GROUP_BY_COUNT
};

struct zone_group {
    const char
        *code; /* "22102001", "N", "长春市", "province"; "" what the register does not know */
    const char *name; /* in the person's language */
    struct scope scope;
};

struct zone_groups {
    const struct zone_group *items;
    size_t count;
};

NODISCARD bool group_by_parse(const char *text, enum group_by *out);

/* In the order in which the register first names them. Zones that are not active in the period are
 * left out. Lives in the arena. */
struct zone_groups groups_make(const struct cube *cube, enum group_by by, struct period period,
                               struct arena *arena);

/* "22102001", "province", "level:N", "plate:E", "prefecture:长春市", or a zone's name. False when
 * there is no such group. */
NODISCARD bool groups_find(const struct cube *cube, const char *text, struct period period,
                           struct arena *arena, struct zone_group *out);

#endif
