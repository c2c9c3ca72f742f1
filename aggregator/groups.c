#include "aggregator/groups.h"

#include <string.h>

#include "common/base/arena.h"
#include "common/base/messages.h"
#include "common/base/text.h"
#include "common/catalogue/catalogue.h"
#include "common/cube/cube.h"

/* clang-format off */
static const struct {
    const char *name;
    const char *attribute; /* of the catalogue */
} kinds[GROUP_BY_COUNT] = {
    [GROUP_BY_ZONE]       = { "zone", NULL },
    [GROUP_BY_LEVEL]      = { "level", "RG03" },
    [GROUP_BY_PLATE]      = { "plate", "RG05" },
    [GROUP_BY_PREFECTURE] = { "prefecture", NULL },
    [GROUP_BY_PROVINCE]   = { "province", NULL },
};
/* clang-format on */

bool group_by_parse(const char *text, enum group_by *out)
{
    for (size_t i = 0; i < GROUP_BY_COUNT; i++) {
        *out = (enum group_by)i;
        if (strcmp(text, kinds[i].name) == 0)
            return true;
    }
    return false;
}

static const char *code_of_zone(enum group_by by, const struct zone *zone, struct period period,
                                struct arena *arena)
{
    if (by == GROUP_BY_ZONE)
        return zone->id.text;
    if (by == GROUP_BY_PROVINCE)
        return kinds[by].name;
    if (by == GROUP_BY_PREFECTURE)
        return zone->prefecture;
    struct code value = zone_attribute_at(zone, code_of(kinds[by].attribute), period);
    char text[CODE_TEXT_SIZE];
    return value.packed ? arena_copy_text(arena, code_text(value, text)) : "";
}

static const char *name_of_value(const struct catalogue *catalogue, const char *attribute,
                                 const char *value)
{
    size_t number = catalogue_attribute(catalogue, code_of(attribute));
    if (number == CATALOGUE_NONE)
        return value;
    const struct code_list *list = &catalogue->lists[catalogue->attributes[number].list];
    char text[CODE_TEXT_SIZE];
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(code_text(list->values[i].code, text), value) == 0)
            return words_say(&list->values[i].words);
    return value;
}

static const char *name_of_group(const struct cube *cube, enum group_by by, const struct zone *zone,
                                 const char *code)
{
    if (by == GROUP_BY_ZONE)
        return zone->name;
    if (by == GROUP_BY_PROVINCE)
        return MESSAGE_WHOLE_PROVINCE;
    if (*code == '\0')
        return MESSAGE_GROUP_UNKNOWN;
    return kinds[by].attribute ? name_of_value(cube_catalogue(cube), kinds[by].attribute, code)
                               : code;
}

static struct zone_group *group_of_code(struct zone_group *items, size_t *count, const char *code)
{
    for (size_t i = 0; i < *count; i++)
        if (text_equal(items[i].code, code))
            return &items[i];
    return &items[(*count)++];
}

struct zone_groups groups_make(const struct cube *cube, enum group_by by, struct period period,
                               struct arena *arena)
{
    size_t zones = cube_zone_count(cube);
    struct zone_group *items = arena_take(arena, zones + 1, sizeof *items);
    size_t **members = arena_take(arena, zones + 1, sizeof *members);
    size_t count = 0;
    for (size_t i = 0; i < zones; i++) {
        const struct zone *zone = cube_zone(cube, i);
        if (!zone_is_active(zone, period))
            continue;
        const char *code = code_of_zone(by, zone, period, arena);
        struct zone_group *group = group_of_code(items, &count, code);
        size_t number = (size_t)(group - items);
        if (!group->code) {
            members[number] = arena_take(arena, by == GROUP_BY_ZONE ? 1 : zones, sizeof(size_t));
            *group = (struct zone_group){ .code = code,
                                          .name = name_of_group(cube, by, zone, code),
                                          .scope = { members[number], 0, by != GROUP_BY_ZONE } };
        }
        members[number][group->scope.zone_count++] = i;
    }
    return (struct zone_groups){ items, count };
}

static bool find_in(const struct cube *cube, enum group_by by, const char *code,
                    struct period period, struct arena *arena, struct zone_group *out)
{
    struct zone_groups groups = groups_make(cube, by, period, arena);
    for (size_t i = 0; i < groups.count; i++)
        if (text_equal(groups.items[i].code, code) || text_equal(groups.items[i].name, code)) {
            *out = groups.items[i];
            return true;
        }
    return false;
}

bool groups_find(const struct cube *cube, const char *text, struct period period,
                 struct arena *arena, struct zone_group *out)
{
    if (strcmp(text, kinds[GROUP_BY_PROVINCE].name) == 0)
        return find_in(cube, GROUP_BY_PROVINCE, text, period, arena, out);
    for (size_t i = 0; i < GROUP_BY_COUNT; i++) {
        size_t size = strlen(kinds[i].name);
        if (text_starts_with(text, kinds[i].name) && text[size] == ':')
            return find_in(cube, (enum group_by)i, text + size + 1, period, arena, out);
    }
    return find_in(cube, GROUP_BY_ZONE, text, period, arena, out);
}
