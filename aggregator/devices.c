#include "aggregator/devices.h"

#include <assert.h>

#include "aggregator/lookup.h"
#include "common/base/arena.h"
#include "common/base/memory.h"
#include "common/base/seeded_bug.h"

struct devices {
    struct arena *texts;
    struct lookup *numbers;
    struct device *items;
    size_t count;
    size_t capacity;
};

struct devices *devices_create(void)
{
    struct devices *devices = memory_zeroed(1, sizeof *devices);
    devices->texts = arena_create();
    devices->numbers = lookup_create();
    return devices;
}

void devices_destroy(struct devices **devices)
{
    if (*devices) {
        arena_destroy(&(*devices)->texts);
        lookup_destroy(&(*devices)->numbers);
        memory_free(&(*devices)->items);
    }
    memory_free(devices);
}

static struct device *find(const struct devices *devices, const struct device_id *id)
{
    size_t number = lookup_find(devices->numbers, BYTES_OF(*id));
    return number == LOOKUP_NONE ? NULL : &devices->items[number];
}

static void enrol(struct devices *devices, const struct entry *entry, uint64_t position)
{
    struct device *device = find(devices, &entry->enrolment.device);
    if (!device) {
        devices->items = memory_grown(devices->items, &devices->capacity, devices->count + 1,
                                      sizeof *devices->items);
        lookup_put(devices->numbers, BYTES_OF(entry->enrolment.device), devices->count);
        device = &devices->items[devices->count++];
    }
    *device = (struct device){ .enrolment = entry->enrolment,
                               .position = position,
                               .enrolled_utc_ms = entry->utc_ms,
                               .reason = "" };
    device->enrolment.label = arena_copy_text(devices->texts, entry->enrolment.label);
}

static void revoke(struct devices *devices, const struct entry *entry)
{
    struct device *device = find(devices, &entry->revocation.device);
    if (!device)
        return;
    device->revoked = true;
    device->revoked_utc_ms = entry->utc_ms;
    device->reason = arena_copy_text(devices->texts, entry->revocation.reason);
}

void devices_apply(struct devices *devices, const struct entry *entry, uint64_t position)
{
    if (entry->kind == ENTRY_ENROLMENT)
        enrol(devices, entry, position);
    if (entry->kind == ENTRY_REVOCATION)
        revoke(devices, entry);
}

const struct device *devices_find(const struct devices *devices, const struct device_id *id)
{
    return find(devices, id);
}

size_t devices_count(const struct devices *devices)
{
    return devices->count;
}

const struct device *devices_at(const struct devices *devices, size_t number)
{
    assert(number < devices->count);
    return &devices->items[number];
}

bool device_is_admitted(const struct device *device, int64_t utc_ms)
{
    int64_t until = device->enrolment.valid_until_utc_ms;
    bool revoked = device->revoked && !seeded_bug(BUG_IGNORE_A_REVOCATION);
    return !revoked && (until == 0 || utc_ms < until);
}
