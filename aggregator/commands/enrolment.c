#include "aggregator/commands/enrolment.h"

#include <stdio.h>
#include <string.h>

#include "aggregator/devices.h"
#include "aggregator/ledger.h"
#include "aggregator/province.h"
#include "aggregator/registry.h"
#include "aggregator/requests.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/text.h"
#include "common/model/day.h"
#include "common/runtime/commands.h"
#include "common/storage/database.h"

#define FIRST_EPOCH 1
#define DAY_MS INT64_C(86400000)
#define BEIJING_AHEAD_MS INT64_C(28800000)

const char *device_text(const struct device_id *device, char buffer[DEVICE_TEXT_SIZE])
{
    for (size_t i = 0; i < sizeof device->bytes; i++)
        snprintf(buffer + 2 * i, 3, "%02x", device->bytes[i]);
    return buffer;
}

bool enrolment_is_meant(const char *given, const struct zone_id *zone,
                        const struct device_id *device)
{
    char text[DEVICE_TEXT_SIZE];
    return strcmp(given, zone->text) == 0 ||
           (strlen(given) >= 4 && text_starts_with(device_text(device, text), given));
}

bool enrolment_zone_is_known(const struct province *province, const struct zone_id *zone,
                             struct error *err)
{
    return registry_find(ledger_registry(province->ledger), zone) ||
           error_set(err, ERROR_REFUSED, MESSAGE_ENROL_UNKNOWN_ZONE, zone->text);
}

bool enrolment_until(const struct province *province, const struct arguments *arguments,
                     int64_t *out_utc_ms, struct error *err)
{
    const char *given = arguments_option(arguments, "until");
    int64_t day;
    *out_utc_ms = 0;
    if (!given)
        return true;
    if (!day_parse(given, &day) || day < day_of_utc(province_utc_ms(province)))
        return error_set(err, ERROR_USAGE, MESSAGE_ENROL_UNTIL, given);
    *out_utc_ms = (day + 1) * DAY_MS - BEIJING_AHEAD_MS;
    return true;
}

bool enrolment_append(struct province *province, struct enrolment *enrolment,
                      uint64_t *out_position, struct error *err)
{
    struct ledger *ledger = province->ledger;
    if (!ledger_begin(ledger, province_utc_ms(province), err))
        return false;
    if (!enrolment_zone_is_known(province, &enrolment->zone, err)) {
        ledger_abort(ledger);
        return false;
    }
    const struct devices *devices = ledger_devices(ledger);
    const struct device *known = devices_find(devices, &enrolment->device);
    if (devices_know_curve(devices, known, enrolment->keys.curve)) {
        ledger_abort(ledger);
        return error_set(err, ERROR_REFUSED, MESSAGE_ENROL_KEY_TAKEN, enrolment->zone.text);
    }
    enrolment->epoch = known ? known->enrolment.epoch + 1 : FIRST_EPOCH;
    struct journal_record record = { .entry = { .kind = ENTRY_ENROLMENT,
                                                .enrolment = *enrolment } };
    requests_remove(ledger_transaction(ledger), database_table(province->database, REQUESTS_TABLE),
                    &enrolment->device);
    *out_position = ledger_take(ledger, &record);
    return ledger_commit(ledger, err);
}
