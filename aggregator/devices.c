#include "aggregator/devices.h"

#include <assert.h>
#include <string.h>

#include "aggregator/journal.h"
#include "aggregator/lookup.h"
#include "common/base/arena.h"
#include "common/base/memory.h"
#include "common/base/messages.h"
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
        for (size_t i = 0; i < (*devices)->count; i++)
            memory_free(&(*devices)->items[i].signing_keys);
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

static struct device *find_or_add(struct devices *devices, const struct device_id *id)
{
    struct device *device = find(devices, id);
    if (device)
        return device;
    devices->items = memory_grown(devices->items, &devices->capacity, devices->count + 1,
                                  sizeof *devices->items);
    lookup_put(devices->numbers, BYTES_OF(*id), devices->count);
    return &devices->items[devices->count++];
}

static void add_signing_key(struct device *device, uint32_t epoch, uint64_t sequence,
                            const unsigned char key[KEY_SIZE])
{
    struct device_signing_key item = { .epoch = epoch, .sequence = sequence };
    memcpy(item.key, key, KEY_SIZE);
    device->signing_keys =
        memory_grown(device->signing_keys, &device->signing_key_capacity,
                     device->signing_key_count + 1, sizeof *device->signing_keys);
    device->signing_keys[device->signing_key_count++] = item;
}

/* Whatever shut it out before is over; the keys of earlier epochs stay known. */
static void enrol(struct devices *devices, const struct journal_record *record)
{
    const struct enrolment *enrolment = &record->entry.enrolment;
    struct device *device = find_or_add(devices, &enrolment->device);
    add_signing_key(device, enrolment->epoch, 1, enrolment->keys.signing);
    device->enrolment = *enrolment;
    device->enrolment.label = arena_copy_text(devices->texts, enrolment->label);
    device->position = record->position;
    device->enrolled_utc_ms = record->entry.utc_ms;
    device->old_curve_holds = false;
    device->rotated_at = 0;
    device->suspended = device->revoked = false;
    device->reason = "";
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

/* It is about one epoch: the enrolment that follows it begins the next one. */
static void suspend(struct devices *devices, const struct entry *entry)
{
    const struct stream_id *stream = &entry->suspension.stream;
    struct device *device = find(devices, &stream->device);
    if (!device || device->enrolment.epoch != stream->epoch)
        return;
    device->suspended = true;
    device->suspended_utc_ms = entry->utc_ms;
    device->cause = entry->suspension.cause;
}

/* The statement itself is the last that the old key signs. */
static void rotate(struct device *device, const struct journal_record *record)
{
    const struct key_rotation *rotation = &record->statement.rotation;
    const struct arrival *arrival = &record->entry.arrival;
    struct public_keys *keys = &device->enrolment.keys;
    memcpy(device->old_curve, keys->curve, KEY_SIZE);
    device->old_curve_holds = true;
    device->rotated_at = arrival->sequence;
    memcpy(keys->signing, rotation->signing_key, KEY_SIZE);
    memcpy(keys->curve, rotation->curve_key, KEY_SIZE);
    add_signing_key(device, arrival->stream.epoch, arrival->sequence + 1, keys->signing);
}

static void arrive(struct devices *devices, const struct journal_record *record)
{
    const struct arrival *arrival = &record->entry.arrival;
    struct device *device = find(devices, &arrival->stream.device);
    if (!device || device->enrolment.epoch != arrival->stream.epoch)
        return;
    if (arrival->sequence > device->rotated_at)
        device->old_curve_holds = false;
    if (record->statement.kind == STATEMENT_KEY_ROTATION && arrival->verdict == VERDICT_ACCEPTED)
        rotate(device, record);
}

void devices_apply(struct devices *devices, const struct journal_record *record)
{
    if (record->entry.kind == ENTRY_ARRIVAL)
        arrive(devices, record);
    if (record->entry.kind == ENTRY_ENROLMENT)
        enrol(devices, record);
    if (record->entry.kind == ENTRY_REVOCATION)
        revoke(devices, &record->entry);
    if (record->entry.kind == ENTRY_SUSPENSION)
        suspend(devices, &record->entry);
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

size_t devices_number(const struct devices *devices, const struct device *device)
{
    assert(device >= devices->items && device < devices->items + devices->count);
    return (size_t)(device - devices->items);
}

enum device_standing device_standing(const struct device *device, int64_t utc_ms)
{
    int64_t until = device->enrolment.valid_until_utc_ms;
    if (device->revoked && !seeded_bug(BUG_IGNORE_A_REVOCATION))
        return DEVICE_REVOKED;
    if (device->suspended)
        return DEVICE_SUSPENDED;
    return until == 0 || utc_ms < until ? DEVICE_ADMITTED : DEVICE_EXPIRED;
}

const char *device_standing_words(enum device_standing standing)
{
    static const struct words words[DEVICE_STANDING_COUNT] = {
        [DEVICE_ADMITTED] = WORDS_DEVICE_ENROLLED,
        [DEVICE_EXPIRED] = WORDS_DEVICE_EXPIRED,
        [DEVICE_SUSPENDED] = WORDS_DEVICE_SUSPENDED,
        [DEVICE_REVOKED] = WORDS_DEVICE_REVOKED,
    };
    assert(standing < DEVICE_STANDING_COUNT);
    return words_say(&words[standing]);
}

bool device_is_admitted(const struct device *device, int64_t utc_ms)
{
    return device_standing(device, utc_ms) == DEVICE_ADMITTED;
}

const unsigned char *device_signing_key(const struct device *device, uint32_t epoch,
                                        uint64_t sequence)
{
    for (size_t i = device->signing_key_count; i > 0; i--) {
        const struct device_signing_key *item = &device->signing_keys[i - 1];
        if (item->epoch == epoch && item->sequence <= sequence)
            return item->key;
    }
    return NULL;
}

const unsigned char *device_old_curve(const struct device *device)
{
    return device->old_curve_holds ? device->old_curve : NULL;
}

static bool is_key(const unsigned char left[KEY_SIZE], const unsigned char right[KEY_SIZE])
{
    return memcmp(left, right, KEY_SIZE) == 0;
}

bool device_connects_with(const struct device *device, const unsigned char curve_key[KEY_SIZE])
{
    const unsigned char *old = device_old_curve(device);
    return is_key(device->enrolment.keys.curve, curve_key) || (old && is_key(old, curve_key));
}

bool devices_know_curve(const struct devices *devices, const struct device *except,
                        const unsigned char curve_key[KEY_SIZE])
{
    for (size_t i = 0; i < devices->count; i++) {
        const struct device *device = &devices->items[i];
        if (device != except && (is_key(device->enrolment.keys.curve, curve_key) ||
                                 is_key(device->old_curve, curve_key)))
            return true;
    }
    return false;
}
