#include "aggregator/registry.h"

#include <assert.h>
#include <string.h>

#include "aggregator/lookup.h"
#include "common/base/arena.h"
#include "common/base/memory.h"
#include "common/base/text.h"
#include "common/wire/entry.h"

struct registry {
    struct arena *texts;
    struct lookup *numbers;
    struct zone *items;
    size_t count;
    size_t capacity;
};

struct registry *registry_create(void)
{
    struct registry *registry = memory_zeroed(1, sizeof *registry);
    registry->texts = arena_create();
    registry->numbers = lookup_create();
    return registry;
}

void registry_destroy(struct registry **registry)
{
    if (*registry) {
        arena_destroy(&(*registry)->texts);
        lookup_destroy(&(*registry)->numbers);
        memory_free(&(*registry)->items);
    }
    memory_free(registry);
}

static struct bytes key_of(const struct zone_id *id)
{
    return bytes_of_text(id->text);
}

static struct zone copy(struct arena *texts, const struct zone *zone)
{
    struct zone copied = *zone;
    copied.name = arena_copy_text(texts, zone->name);
    copied.prefecture = arena_copy_text(texts, zone->prefecture);
    copied.prefecture_code = arena_copy_text(texts, zone->prefecture_code);
    copied.county = arena_copy_text(texts, zone->county);
    copied.county_code = arena_copy_text(texts, zone->county_code);
    struct bytes attributes = { zone->attributes,
                                zone->attribute_count * sizeof *zone->attributes };
    copied.attributes = arena_copy_bytes(texts, attributes).data;
    return copied;
}

void registry_apply(struct registry *registry, const struct entry *entry)
{
    if (entry->kind != ENTRY_ZONE)
        return;
    size_t number = lookup_find(registry->numbers, key_of(&entry->zone.id));
    if (number == LOOKUP_NONE) {
        number = registry->count;
        registry->items =
            memory_grown(registry->items, &registry->capacity, number + 1, sizeof *registry->items);
        lookup_put(registry->numbers, key_of(&entry->zone.id), number);
        registry->count++;
    }
    registry->items[number] = copy(registry->texts, &entry->zone);
}

const struct zone *registry_find(const struct registry *registry, const struct zone_id *id)
{
    size_t number = lookup_find(registry->numbers, key_of(id));
    return number == LOOKUP_NONE ? NULL : &registry->items[number];
}

size_t registry_count(const struct registry *registry)
{
    return registry->count;
}

const struct zone *registry_at(const struct registry *registry, size_t number)
{
    assert(number < registry->count);
    return &registry->items[number];
}

/* Year 0 stands for an open end, whatever else the period holds. */
static bool same_end(struct period left, struct period right)
{
    return left.year == 0 ? right.year == 0 : right.year != 0 && period_equal(left, right);
}

static bool same_attributes(const struct zone *left, const struct zone *right)
{
    if (left->attribute_count != right->attribute_count)
        return false;
    for (size_t i = 0; i < left->attribute_count; i++) {
        const struct zone_attribute *one = &left->attributes[i];
        const struct zone_attribute *other = &right->attributes[i];
        if (!code_equal(one->attribute, other->attribute) ||
            !code_equal(one->value, other->value) || !period_equal(one->since, other->since))
            return false;
    }
    return true;
}

bool zone_same(const struct zone *left, const struct zone *right)
{
    return zone_id_equal(&left->id, &right->id) && text_equal(left->name, right->name) &&
           text_equal(left->prefecture, right->prefecture) &&
           text_equal(left->prefecture_code, right->prefecture_code) &&
           text_equal(left->county, right->county) &&
           text_equal(left->county_code, right->county_code) &&
           same_end(left->active_from, right->active_from) &&
           same_end(left->active_until, right->active_until) && same_attributes(left, right);
}
