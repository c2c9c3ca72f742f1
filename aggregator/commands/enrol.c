#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "aggregator/commands/commands.h"
#include "aggregator/commands/enrolment.h"
#include "aggregator/devices.h"
#include "aggregator/invitations.h"
#include "aggregator/ledger.h"
#include "aggregator/province.h"
#include "aggregator/requests.h"
#include "aggregator/streams.h"
#include "common/base/arena.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/text.h"
#include "common/runtime/listing.h"
#include "common/storage/file.h"
#include "common/storage/transaction.h"

static struct table requests_of(const struct province *province)
{
    return database_table(province->database, REQUESTS_TABLE);
}

static bool keep_request(const struct province *province, const struct enrolment_request *request,
                         struct bytes text, struct error *err)
{
    if (!ledger_begin(province->ledger, province_utc_ms(province), err))
        return false;
    if (!enrolment_zone_is_known(province, &request->zone, err)) {
        ledger_abort(province->ledger);
        return false;
    }
    requests_put(ledger_transaction(province->ledger), requests_of(province), &request->device,
                 text);
    return ledger_commit(province->ledger, err);
}

bool command_enrol_add(const struct arguments *arguments, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    CLEANUP(province_close) struct province *province = command_open(arguments, err);
    struct bytes text;
    struct enrolment_request request;
    char fingerprint[FINGERPRINT_TEXT_SIZE];
    if (!province || !file_read(arguments->operands[0], CARD_SIZE_MAX, arena, &text, err))
        return false;
    if (!enrolment_request_read(text, arena, &request, err))
        return error_wrap(err, "%s", arguments->operands[0]);
    if (!keep_request(province, &request, text, err))
        return false;
    printf(MESSAGE_ENROL_ADDED, request.zone.text, key_fingerprint(&request.keys, fingerprint));
    return true;
}

static void list_requests(struct listing *listing, const struct enrolment_request *items,
                          size_t count)
{
    char fingerprint[FINGERPRINT_TEXT_SIZE];
    char device[DEVICE_TEXT_SIZE];
    char time[CLOCK_TEXT_SIZE];
    for (size_t i = 0; i < count; i++) {
        listing_text(listing, MESSAGE_DEVICE_PENDING);
        listing_text(listing, items[i].zone.text);
        listing_text(listing, device_text(&items[i].device, device));
        listing_number(listing, "");
        listing_text(listing, items[i].label);
        listing_text(listing, clock_text(items[i].utc_ms, time));
        listing_text(listing, key_fingerprint(&items[i].keys, fingerprint));
        listing_text(listing, "");
    }
}

/* Codes that were given out and not used: until when, and for whom. */
static void list_invitations(struct listing *listing, const struct province *province,
                             struct transaction *txn, struct arena *arena)
{
    const struct invitation *items;
    char time[CLOCK_TEXT_SIZE];
    size_t count = invitations_list(txn, database_table(province->database, INVITATIONS_TABLE),
                                    province_utc_ms(province), arena, &items);
    for (size_t i = 0; i < count; i++) {
        if (!digest_is_zero(&items[i].request))
            continue;
        listing_text(listing, MESSAGE_DEVICE_INVITED);
        listing_text(listing, items[i].zone.text);
        listing_text(listing, "");
        listing_number(listing, "");
        listing_text(listing, "");
        listing_text(listing, clock_text(items[i].until_utc_ms, time));
        listing_text(listing, "");
        listing_text(listing, "");
    }
}

/* Since when it stands so, and why. */
static int64_t standing_since(const struct device *device, enum device_standing standing)
{
    switch (standing) {
    case DEVICE_EXPIRED:
        return device->enrolment.valid_until_utc_ms;
    case DEVICE_SUSPENDED:
        return device->suspended_utc_ms;
    case DEVICE_REVOKED:
        return device->revoked_utc_ms;
    default:
        return device->enrolled_utc_ms;
    }
}

static const char *standing_reason(const struct province *province, const struct device *device,
                                   enum device_standing standing)
{
    const struct enrolment *enrolment = &device->enrolment;
    struct stream_id current = { enrolment->zone, enrolment->device, enrolment->epoch };
    const struct stream *stream = streams_find(ledger_streams(province->ledger), &current);
    if (standing == DEVICE_REVOKED)
        return device->reason;
    if (standing == DEVICE_SUSPENDED)
        return suspension_words(device->cause);
    return stream && stream->frozen ? MESSAGE_STREAM_FROZEN : "";
}

static void list_devices(struct listing *listing, const struct province *province)
{
    const struct devices *devices = ledger_devices(province->ledger);
    char fingerprint[FINGERPRINT_TEXT_SIZE];
    char text[DEVICE_TEXT_SIZE];
    char time[CLOCK_TEXT_SIZE];
    for (size_t i = 0; i < devices_count(devices); i++) {
        const struct device *device = devices_at(devices, i);
        const struct enrolment *enrolment = &device->enrolment;
        enum device_standing standing = device_standing(device, province_utc_ms(province));
        listing_text(listing, device_standing_words(standing));
        listing_text(listing, enrolment->zone.text);
        listing_text(listing, device_text(&enrolment->device, text));
        listing_format(listing, "%u", enrolment->epoch);
        listing_text(listing, enrolment->label);
        listing_text(listing, clock_text(standing_since(device, standing), time));
        listing_text(listing, key_fingerprint(&enrolment->keys, fingerprint));
        listing_text(listing, standing_reason(province, device, standing));
    }
}

bool command_enrol_list(const struct arguments *arguments, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    CLEANUP(province_close) struct province *province = command_open(arguments, err);
    if (!province)
        return false;
    CLEANUP(transaction_abort) struct transaction *txn = transaction_read(province->database);
    const struct enrolment_request *items;
    size_t count;
    if (!requests_list(txn, requests_of(province), arena, &items, &count, err))
        return false;
    CLEANUP(listing_destroy) struct listing *listing = listing_create(8);
    listing_text(listing, MESSAGE_COLUMN_STATE);
    listing_text(listing, MESSAGE_COLUMN_ZONE);
    listing_text(listing, MESSAGE_COLUMN_DEVICE);
    listing_text(listing, MESSAGE_COLUMN_EPOCH);
    listing_text(listing, MESSAGE_COLUMN_LABEL);
    listing_text(listing, MESSAGE_COLUMN_TIME);
    listing_text(listing, MESSAGE_COLUMN_FINGERPRINT);
    listing_text(listing, MESSAGE_COLUMN_MARK);
    list_invitations(listing, province, txn, arena);
    list_requests(listing, items, count);
    list_devices(listing, province);
    listing_print(listing, stdout);
    return true;
}

static bool find_request(struct province *province, const char *given, struct arena *arena,
                         struct enrolment_request *out, struct error *err)
{
    CLEANUP(transaction_abort) struct transaction *txn = transaction_read(province->database);
    const struct enrolment_request *items;
    size_t count;
    size_t matches = 0;
    if (!requests_list(txn, requests_of(province), arena, &items, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (enrolment_is_meant(given, &items[i].zone, &items[i].device) && matches++ == 0)
            *out = items[i];
    if (matches == 1)
        return true;
    return matches == 0 ? error_set(err, ERROR_REFUSED, MESSAGE_ENROL_NO_REQUEST, given)
                        : error_set(err, ERROR_REFUSED, MESSAGE_ENROL_AMBIGUOUS, matches, given);
}

/* Compared by the digits alone: spaces and hyphens are the person's. */
static bool same_fingerprint(const char *left, const char *right)
{
    static const char digits[] = "0123456789abcdefABCDEF";
    for (;;) {
        left += strcspn(left, digits);
        right += strcspn(right, digits);
        if (*left != *right)
            return false;
        if (*left == '\0')
            return true;
        left++;
        right++;
    }
}

static bool agree(const struct arguments *arguments, const struct enrolment_request *request,
                  struct arena *arena, struct error *err)
{
    char fingerprint[FINGERPRINT_TEXT_SIZE];
    key_fingerprint(&request->keys, fingerprint);
    const char *given = arguments_option(arguments, "fingerprint");
    if (given && !same_fingerprint(given, fingerprint))
        return error_set(err, ERROR_REFUSED, MESSAGE_ENROL_FINGERPRINT, request->zone.text,
                         fingerprint, given);
    printf(MESSAGE_ENROL_ASKS, request->zone.text, request->label, fingerprint);
    return given ||
           command_confirm(arguments,
                           arena_format(arena, MESSAGE_ENROL_QUESTION, request->zone.text), err);
}

static bool append_enrolment(struct province *province, const struct enrolment_request *request,
                             int64_t until_utc_ms, struct error *err)
{
    struct enrolment enrolment = { .zone = request->zone,
                                   .device = request->device,
                                   .keys = request->keys,
                                   .label = request->label,
                                   .valid_until_utc_ms = until_utc_ms,
                                   .machine = request->machine };
    uint64_t position;
    if (!enrolment_append(province, &enrolment, &position, err))
        return false;
    printf(MESSAGE_ENROL_DONE, request->zone.text, enrolment.epoch, position);
    return true;
}

bool command_enrol_approve(const struct arguments *arguments, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    CLEANUP(province_close) struct province *province = command_open(arguments, err);
    struct enrolment_request request;
    int64_t until_utc_ms;
    return province && enrolment_until(province, arguments, &until_utc_ms, err) &&
           find_request(province, arguments->operands[0], arena, &request, err) &&
           agree(arguments, &request, arena, err) &&
           append_enrolment(province, &request, until_utc_ms, err);
}

static size_t revoke_all(struct province *province, const char *given, const char *reason)
{
    size_t count = 0;
    const struct devices *devices = ledger_devices(province->ledger);
    for (size_t i = 0; i < devices_count(devices); i++) {
        const struct device *device = devices_at(devices, i);
        if (device->revoked ||
            !enrolment_is_meant(given, &device->enrolment.zone, &device->enrolment.device))
            continue;
        struct journal_record record = { .entry = {
                                             .kind = ENTRY_REVOCATION,
                                             .revocation = { .zone = device->enrolment.zone,
                                                             .device = device->enrolment.device,
                                                             .reason = reason } } };
        count += ledger_take(province->ledger, &record) > 0;
    }
    return count;
}

bool command_enrol_revoke(const struct arguments *arguments, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    const char *given = arguments->operands[0];
    const char *reason = arguments_option(arguments, "reason");
    if (!reason || !*reason || strlen(reason) > SUBMISSION_TEXT_SIZE_MAX ||
        !text_is_clean(bytes_of_text(reason), false))
        return error_set(err, ERROR_USAGE, MESSAGE_REVOKE_REASON);
    CLEANUP(province_close) struct province *province = command_open(arguments, err);
    if (!province ||
        !command_confirm(arguments, arena_format(arena, MESSAGE_REVOKE_QUESTION, given), err) ||
        !ledger_begin(province->ledger, province_utc_ms(province), err))
        return false;
    size_t count = revoke_all(province, given, reason);
    if (count == 0) {
        ledger_abort(province->ledger);
        return error_set(err, ERROR_REFUSED, MESSAGE_REVOKE_NOBODY, given);
    }
    if (!ledger_commit(province->ledger, err))
        return false;
    printf(MESSAGE_REVOKE_DONE, count, given);
    return true;
}
