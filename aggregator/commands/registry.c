#include <stdio.h>

#include "aggregator/commands/commands.h"
#include "aggregator/ledger.h"
#include "aggregator/province.h"
#include "aggregator/register_file.h"
#include "aggregator/registry.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/model/day.h"
#include "common/runtime/listing.h"
#include "common/storage/file.h"

#define REGISTER_SIZE_MAX ((size_t)64 * 1024 * 1024)

static const char *attribute(const struct zone *zone, const char *code, char buffer[CODE_TEXT_SIZE])
{
    struct period always = period_of_year(PERIOD_YEAR_MAX);
    struct code value = zone_attribute_at(zone, code_of(code), always);
    return value.packed ? code_text(value, buffer) : "";
}

static void list_heading(struct listing *listing)
{
    listing_text(listing, MESSAGE_COLUMN_ZONE);
    listing_text(listing, MESSAGE_COLUMN_NAME);
    listing_text(listing, MESSAGE_COLUMN_LEVEL);
    listing_text(listing, MESSAGE_COLUMN_TYPE);
    listing_text(listing, MESSAGE_COLUMN_PLATE);
    listing_text(listing, MESSAGE_COLUMN_PREFECTURE);
    listing_text(listing, MESSAGE_COLUMN_COUNTY);
}

static void list_zone(struct listing *listing, const struct zone *zone)
{
    char code[CODE_TEXT_SIZE];
    listing_text(listing, zone->id.text);
    listing_text(listing, zone->name);
    listing_text(listing, attribute(zone, "RG03", code));
    listing_text(listing, attribute(zone, "RG04", code));
    listing_text(listing, attribute(zone, "RG05", code));
    listing_text(listing, zone->prefecture);
    listing_text(listing, zone->county);
}

bool command_registry_list(const struct arguments *arguments, struct error *err)
{
    CLEANUP(province_close) struct province *province = command_open(arguments, err);
    if (!province)
        return false;
    CLEANUP(listing_destroy) struct listing *listing = listing_create(7);
    list_heading(listing);
    const struct registry *registry = ledger_registry(province->ledger);
    for (size_t i = 0; i < registry_count(registry); i++)
        list_zone(listing, registry_at(registry, i));
    listing_print(listing, stdout);
    return true;
}

static void show_changes(const struct register_reading *reading)
{
    CLEANUP(listing_destroy) struct listing *listing = listing_create(8);
    listing_text(listing, MESSAGE_COLUMN_STATE);
    list_heading(listing);
    for (size_t i = 0; i < reading->change_count; i++) {
        listing_text(listing, reading->changes[i].is_new ? MESSAGE_ZONE_NEW : MESSAGE_ZONE_CHANGED);
        list_zone(listing, &reading->changes[i].zone);
    }
    listing_print(listing, stdout);
}

static bool append(struct province *province, const struct register_reading *reading,
                   struct error *err)
{
    uint64_t before = ledger_size(province->ledger);
    if (!ledger_begin(province->ledger, province_utc_ms(province), err))
        return false;
    if (ledger_size(province->ledger) != before) {
        ledger_abort(province->ledger);
        return error_set(err, ERROR_CONFLICT, MESSAGE_REGISTER_MOVED);
    }
    for (size_t i = 0; i < reading->change_count; i++) {
        struct journal_record record = { .entry = { .kind = ENTRY_ZONE,
                                                    .zone = reading->changes[i].zone } };
        if (ledger_take(province->ledger, &record) < before)
            break;
    }
    return ledger_commit(province->ledger, err);
}

static bool take_over(const struct arguments *arguments, struct province *province,
                      const struct register_reading *reading, struct error *err)
{
    if (reading->problem_count > 0) {
        fputs(reading->problems.text, stderr);
        return error_set(err, ERROR_REFUSED, MESSAGE_REGISTER_REFUSED, reading->problem_count);
    }
    show_changes(reading);
    printf(MESSAGE_REGISTER_READ, reading->zone_count, reading->change_count);
    if (arguments_option(arguments, "dry-run") || reading->change_count == 0)
        return true;
    return command_confirm(arguments, MESSAGE_REGISTER_QUESTION, err) &&
           append(province, reading, err);
}

static bool since_of(const struct arguments *arguments, const struct province *province,
                     struct period *out, struct error *err)
{
    const char *given = arguments_option(arguments, "since");
    int year;
    int month;
    int day;
    day_to_date(day_of_utc(province_utc_ms(province)), &year, &month, &day);
    *out = period_of_month(year, month);
    return !given || period_parse(given, out) ||
           error_set(err, ERROR_USAGE, MESSAGE_PERIOD_UNREADABLE, given);
}

bool command_registry_import(const struct arguments *arguments, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    CLEANUP(province_close) struct province *province = command_open(arguments, err);
    struct bytes content;
    struct period since;
    struct register_reading reading;
    if (!province || !since_of(arguments, province, &since, err) ||
        !file_read(arguments->operands[0], REGISTER_SIZE_MAX, arena, &content, err))
        return false;
    if (!register_file_read(content, province->catalogue, ledger_registry(province->ledger), since,
                            arena, &reading, err))
        return error_wrap(err, "%s", arguments->operands[0]);
    bool good = take_over(arguments, province, &reading, err);
    text_builder_free(&reading.problems);
    return good;
}
