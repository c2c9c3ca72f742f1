#include "aggregator/ingest/doors.h"

#include <assert.h>
#include <string.h>

#include "aggregator/devices.h"
#include "common/base/memory.h"
#include "common/base/seeded_bug.h"

#define DOOR_KEYS_MAX 2

struct door {
    unsigned char keys[DOOR_KEYS_MAX][KEY_SIZE];
    size_t count;
    unsigned char heard[KEY_SIZE]; /* the newest key the device was heard with */
};

struct doors {
    door_fn *admit;
    door_fn *dismiss;
    void *owner;
    struct door *items; /* one for each device */
    size_t capacity;
    unsigned char (*guests)[KEY_SIZE]; /* ascending */
    size_t guest_count;
    size_t guest_capacity;
};

struct doors *doors_create(door_fn *admit, door_fn *dismiss, void *owner)
{
    struct doors *doors = memory_zeroed(1, sizeof *doors);
    *doors = (struct doors){ .admit = admit, .dismiss = dismiss, .owner = owner };
    return doors;
}

void doors_destroy(struct doors **doors)
{
    if (*doors) {
        memory_free(&(*doors)->items);
        memory_free(&(*doors)->guests);
    }
    memory_free(doors);
}

static bool is_among(const struct door *door, const unsigned char key[KEY_SIZE])
{
    for (size_t i = 0; i < door->count; i++)
        if (memcmp(door->keys[i], key, KEY_SIZE) == 0)
            return true;
    return false;
}

static void add(struct door *door, const unsigned char *key)
{
    if (!key || is_among(door, key))
        return;
    assert(door->count < DOOR_KEYS_MAX);
    memcpy(door->keys[door->count++], key, KEY_SIZE);
}

/* What should get in. */
static struct door door_of(const struct device *device, const struct door *before, int64_t utc_ms)
{
    struct door door = { .count = 0 };
    memcpy(door.heard, before->heard, KEY_SIZE);
    if (!device_is_admitted(device, utc_ms))
        return door;
    add(&door, device->enrolment.keys.curve);
    if (memcmp(door.heard, device->enrolment.keys.curve, KEY_SIZE) != 0 ||
        seeded_bug(BUG_KEEP_THE_OLD_CONNECTION_KEY))
        add(&door, device_old_curve(device));
    return door;
}

static void settle(const struct doors *doors, struct door *door, const struct device *device,
                   int64_t utc_ms)
{
    struct door next = door_of(device, door, utc_ms);
    for (size_t i = 0; i < door->count; i++)
        if (!is_among(&next, door->keys[i]) && !seeded_bug(BUG_LEAVE_THE_DOOR_OPEN))
            doors->dismiss(doors->owner, door->keys[i]);
    for (size_t i = 0; i < next.count; i++)
        if (!is_among(door, next.keys[i]))
            doors->admit(doors->owner, next.keys[i]);
    *door = next;
}

static void make_room(struct doors *doors, size_t count)
{
    if (count > doors->capacity)
        doors->items = memory_grown(doors->items, &doors->capacity, count, sizeof *doors->items);
}

void doors_settle(struct doors *doors, const struct devices *devices, int64_t utc_ms)
{
    size_t count = devices_count(devices);
    make_room(doors, count);
    for (size_t i = 0; i < count; i++)
        settle(doors, &doors->items[i], devices_at(devices, i), utc_ms);
}

void doors_heard(struct doors *doors, const struct devices *devices, const struct device *device,
                 const unsigned char curve_key[KEY_SIZE])
{
    make_room(doors, devices_count(devices));
    memcpy(doors->items[devices_number(devices, device)].heard, curve_key, KEY_SIZE);
}

/* Both are ascending: one walk over the two. */
void doors_settle_guests(struct doors *doors, const unsigned char (*keys)[KEY_SIZE], size_t count)
{
    size_t old = 0, next = 0;
    while (old < doors->guest_count || next < count) {
        int order = old == doors->guest_count ? 1
                    : next == count           ? -1
                                              : memcmp(doors->guests[old], keys[next], KEY_SIZE);
        if (order < 0)
            doors->dismiss(doors->owner, doors->guests[old]);
        if (order > 0)
            doors->admit(doors->owner, keys[next]);
        old += order <= 0;
        next += order >= 0;
    }
    if (count > doors->guest_capacity)
        doors->guests =
            memory_grown(doors->guests, &doors->guest_capacity, count, sizeof *doors->guests);
    if (count > 0)
        memcpy(doors->guests, keys, count * sizeof *keys);
    doors->guest_count = count;
}

bool doors_is_guest(const struct doors *doors, const unsigned char curve_key[KEY_SIZE])
{
    for (size_t i = 0; i < doors->guest_count; i++)
        if (memcmp(doors->guests[i], curve_key, KEY_SIZE) == 0)
            return true;
    return false;
}
