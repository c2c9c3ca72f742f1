#include <inttypes.h>
#include <stdio.h>

#include "aggregator/commands/commands.h"
#include "aggregator/commands/enrolment.h"
#include "aggregator/commands/table.h"
#include "aggregator/devices.h"
#include "aggregator/evidence.h"
#include "aggregator/ledger.h"
#include "aggregator/province.h"
#include "aggregator/streams.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/storage/transaction.h"

#define NUMBER_SIZE 24

/* The one that is meant; NULL when there is none, or more. */
static const struct device *find_device(const struct province *province, const char *given,
                                        struct error *err)
{
    const struct devices *devices = ledger_devices(province->ledger);
    const struct device *found = NULL;
    size_t matches = 0;
    for (size_t i = 0; i < devices_count(devices); i++) {
        const struct device *device = devices_at(devices, i);
        if (!enrolment_is_meant(given, &device->enrolment.zone, &device->enrolment.device))
            continue;
        found = device;
        matches++;
    }
    if (matches == 0)
        error_set(err, ERROR_REFUSED, MESSAGE_REVOKE_NOBODY, given);
    if (matches > 1)
        error_set(err, ERROR_REFUSED, MESSAGE_RENEW_AMBIGUOUS, matches, given);
    return matches == 1 ? found : NULL;
}

bool command_enrol_renew(const struct arguments *arguments, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    CLEANUP(province_close) struct province *province = command_open(arguments, err);
    int64_t until_utc_ms;
    if (!province || !enrolment_until(province, arguments, &until_utc_ms, err))
        return false;
    const struct device *device = find_device(province, arguments->operands[0], err);
    if (!device)
        return false;
    bool suspended = device_standing(device, province_utc_ms(province)) == DEVICE_SUSPENDED;
    struct enrolment enrolment = device->enrolment;
    enrolment.label = arena_copy_text(arena, enrolment.label);
    enrolment.valid_until_utc_ms = until_utc_ms;
    const char *question = suspended
                               ? arena_format(arena, MESSAGE_RENEW_SUSPENDED, enrolment.zone.text)
                               : arena_format(arena, MESSAGE_RENEW_QUESTION, enrolment.zone.text);
    uint64_t position;
    if (!command_confirm(arguments, question, err) ||
        !enrolment_append(province, &enrolment, &position, err))
        return false;
    printf(MESSAGE_ENROL_DONE, enrolment.zone.text, enrolment.epoch, position);
    return true;
}

struct stream_row {
    const char *state;
    const char *decides;
};

static struct stream_row row_of(const struct province *province, const struct stream *stream)
{
    const struct device *device =
        devices_find(ledger_devices(province->ledger), &stream->id.device);
    if (device && stream->id.epoch < device->enrolment.epoch)
        return (struct stream_row){ "closed", "" };
    if (stream->frozen)
        return (struct stream_row){ "frozen", MESSAGE_STREAM_REGISTRAR };
    if (device && device_standing(device, province_utc_ms(province)) == DEVICE_SUSPENDED)
        return (struct stream_row){ "suspended", MESSAGE_STREAM_ENROLMENT };
    return (struct stream_row){ "open", "" };
}

static void add_number(struct table_writer *table, uint64_t number)
{
    char text[NUMBER_SIZE];
    snprintf(text, sizeof text, "%" PRIu64, number);
    table_figure(table, text);
}

bool command_streams_list(const struct arguments *arguments, struct error *err)
{
    static const char *const columns[] = { "zone",  "device", "epoch",  "statements",
                                           "state", "aside",  "decides" };
    CLEANUP(table_close) struct table_writer table = { 0 };
    if (!table_open(&table, arguments, columns, COUNT_OF(columns), err))
        return false;
    CLEANUP(province_close) struct province *province = command_open(arguments, err);
    if (!province)
        return false;
    CLEANUP(transaction_abort) struct transaction *txn = transaction_read(province->database);
    struct table evidence = database_table(province->database, EVIDENCE_TABLE);
    const struct streams *streams = ledger_streams(province->ledger);
    for (size_t i = 0; i < streams_count(streams); i++) {
        const struct stream *stream = streams_at(streams, i);
        struct stream_row row = row_of(province, stream);
        char device[DEVICE_TEXT_SIZE];
        table_text(&table, stream->id.zone.text);
        table_text(&table, device_text(&stream->id.device, device));
        add_number(&table, stream->id.epoch);
        add_number(&table, stream->sequence);
        table_text(&table, row.state);
        add_number(&table, evidence_count(txn, evidence, &stream->id));
        table_text(&table, row.decides);
    }
    return transaction_check(txn, err) && table_print(&table, err);
}
