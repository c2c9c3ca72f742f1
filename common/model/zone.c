#include "common/model/zone.h"

#include <string.h>

static bool may_stand_in_id(char character)
{
    return (character >= 'A' && character <= 'Z') || (character >= 'a' && character <= 'z') ||
           (character >= '0' && character <= '9') || character == '-';
}

bool zone_id_parse(const char *text, struct zone_id *out)
{
    struct zone_id id = { "" }; /* zero to the end, so that ids can be keys */
    size_t size = strnlen(text, ZONE_CODE_SIZE);
    if (size == 0 || size == ZONE_CODE_SIZE)
        return false;
    for (size_t i = 0; i < size; i++) {
        if (!may_stand_in_id(text[i]))
            return false;
        id.text[i] = text[i];
    }
    *out = id;
    return true;
}

bool zone_id_equal(const struct zone_id *left, const struct zone_id *right)
{
    return strcmp(left->text, right->text) == 0;
}

struct code zone_attribute_at(const struct zone *zone, struct code attribute, struct period period)
{
    const struct zone_attribute *latest = NULL, *earliest = NULL;
    int64_t day = period_last_day(period);
    for (size_t i = 0; i < zone->attribute_count; i++) {
        const struct zone_attribute *entry = &zone->attributes[i];
        if (!code_equal(entry->attribute, attribute))
            continue;
        int64_t since = period_first_day(entry->since);
        if (!earliest || since < period_first_day(earliest->since))
            earliest = entry;
        if (since <= day && (!latest || since >= period_first_day(latest->since)))
            latest = entry;
    }
    if (!latest)
        latest = earliest;
    return latest ? latest->value : (struct code){ 0 };
}

bool zone_is_active(const struct zone *zone, struct period period)
{
    if (zone->active_from.year && period_first_day(zone->active_from) > period_last_day(period))
        return false;
    return !zone->active_until.year ||
           period_last_day(zone->active_until) >= period_first_day(period);
}
