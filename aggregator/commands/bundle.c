#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "aggregator/commands/commands.h"
#include "aggregator/devices.h"
#include "aggregator/ingest/bundles.h"
#include "aggregator/ingest/guard.h"
#include "aggregator/ingest/in_hand.h"
#include "aggregator/ledger.h"
#include "aggregator/province.h"
#include "aggregator/registry.h"
#include "common/base/arena.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/progress.h"
#include "common/storage/file.h"

#define EVERY_ZONE "all"

static void print_arrival(const char *path, const struct bundle_arrival *arrival)
{
    char moment[CLOCK_TEXT_SIZE];
    const char *zone = arrival->stream.zone.text;
    clock_text(arrival->made_utc_ms, moment);
    if (arrival->kind == BUNDLE_ENROL) {
        printf(MESSAGE_BUNDLES_ENROL, path, zone, moment, arrival->fingerprint, zone);
        return;
    }
    if (arrival->kind == BUNDLE_RECOVER) {
        printf(MESSAGE_BUNDLES_RECOVER, path, zone, moment);
        return;
    }
    printf(MESSAGE_BUNDLES_SUBMIT, path, zone, moment, arrival->statements, arrival->appended,
           arrival->duplicates);
    if (arrival->statements > 0 && arrival->duplicates == arrival->statements)
        printf(MESSAGE_BUNDLES_KNOWN);
    if (arrival->refusal == REFUSAL_QUARANTINED)
        printf(MESSAGE_BUNDLES_KEPT_ASIDE);
    else if (arrival->refusal)
        printf(MESSAGE_BUNDLES_STATEMENT, arrival->refused_sequence,
               refusal_words(arrival->refusal));
    if (arrival->gap)
        printf(MESSAGE_BUNDLES_GAP, arrival->head.sequence + 1);
}

/* Into the folder, under a name that every stick takes. */
static bool write_answer(struct province *province, const struct stream_id *stream,
                         const struct bundle_arrival *arrival, const char *folder,
                         struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    char name[BUNDLE_NAME_SIZE];
    struct bundle_answer made;
    const char *path =
        arena_format(arena, "%s/%s", folder, bundles_answer_name(province, stream, name));
    struct progress progress =
        progress_begin(stderr, province->seams.clock, MESSAGE_BUNDLES_WRITING, 0);
    enum bundles_outcome outcome =
        bundles_answer(province, stream, arrival, path, &progress, &made, err);
    progress_end(&progress);
    if (outcome != BUNDLES_DONE)
        return error_wrap(err, "%s", path);
    printf(MESSAGE_BUNDLES_ANSWER, stream->zone.text, made.receipts);
    printf(MESSAGE_BUNDLE_WRITTEN, path, made.size);
    return true;
}

/* False: there is no going on. What was refused only counts. */
static bool import_one(struct province *province, struct guard *guard, const char *path,
                       const char *folder, size_t *refused, struct error *err)
{
    struct bundle_arrival arrival;
    struct progress progress =
        progress_begin(stderr, province->seams.clock, MESSAGE_BUNDLES_READING, 0);
    enum bundles_outcome outcome = bundles_import(province, guard, path, &progress, &arrival, err);
    progress_end(&progress);
    if (outcome == BUNDLES_FAILED)
        return error_wrap(err, "%s", path);
    if (outcome == BUNDLES_REFUSED) {
        (*refused)++;
        fprintf(stderr, MESSAGE_BUNDLES_REFUSED, path, err->text);
    } else {
        *refused += arrival.refusal || arrival.gap;
        print_arrival(path, &arrival);
    }
    return !folder || !arrival.known ||
           write_answer(province, &arrival.stream, &arrival, folder, err);
}

bool command_bundle_import(const struct arguments *arguments, struct error *err)
{
    CLEANUP(province_close) struct province *province = command_open(arguments, err);
    const char *folder = arguments_option(arguments, "ack");
    size_t refused = 0;
    if (!province || (folder && !folder_create(folder, err)))
        return false;
    CLEANUP(guard_close) struct guard *guard = guard_open(province, IN_HAND_IMPORT_FILE, err);
    if (!guard)
        return false;
    for (size_t i = 0; i < arguments->operand_count; i++)
        if (!import_one(province, guard, arguments->operands[i], folder, &refused, err))
            return false;
    return refused == 0 || error_set(err, ERROR_REFUSED, MESSAGE_BUNDLES_SOME_REFUSED, refused,
                                     arguments->operand_count);
}

static bool export_zone(struct province *province, const struct zone_id *zone, const char *folder,
                        size_t *count, struct error *err)
{
    const struct devices *devices = ledger_devices(province->ledger);
    for (size_t i = 0; i < devices_count(devices); i++) {
        const struct device *device = devices_at(devices, i);
        const struct enrolment *enrolment = &device->enrolment;
        struct stream_id stream = { enrolment->zone, enrolment->device, enrolment->epoch };
        if ((zone && !zone_id_equal(zone, &stream.zone)) ||
            !device_is_admitted(device, province_utc_ms(province)))
            continue;
        if (!write_answer(province, &stream, NULL, folder, err))
            return false;
        (*count)++;
    }
    return true;
}

bool command_bundle_export(const struct arguments *arguments, struct error *err)
{
    const char *given = arguments->operands[0];
    const char *folder = arguments_option(arguments, "to");
    struct zone_id zone;
    size_t count = 0;
    bool all = strcmp(given, EVERY_ZONE) == 0;
    if (!folder)
        return error_set(err, ERROR_USAGE, MESSAGE_BUNDLES_NO_FOLDER);
    CLEANUP(province_close) struct province *province = command_open(arguments, err);
    if (!province)
        return false;
    if (!all &&
        (!zone_id_parse(given, &zone) || !registry_find(ledger_registry(province->ledger), &zone)))
        return error_set(err, ERROR_REFUSED, MESSAGE_ENROL_UNKNOWN_ZONE, given);
    if (!folder_create(folder, err) ||
        !export_zone(province, all ? NULL : &zone, folder, &count, err))
        return false;
    return count > 0 || error_set(err, ERROR_REFUSED, MESSAGE_REVOKE_NOBODY, given);
}
