#include <inttypes.h>
#include <stdio.h>

#include "aggregator/commands/commands.h"
#include "aggregator/commands/table.h"
#include "aggregator/province.h"
#include "aggregator/quarantine.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/messages.h"

#define NUMBER_SIZE 24

bool command_quarantine_list(const struct arguments *arguments, struct error *err)
{
    static const char *const columns[] = { "statement", "since", "bytes" };
    CLEANUP(table_close) struct table_writer table = { 0 };
    if (!table_open(&table, arguments, columns, COUNT_OF(columns), err))
        return false;
    CLEANUP(province_close) struct province *province = command_open(arguments, err);
    if (!province)
        return false;
    CLEANUP(quarantine_close)
    struct quarantine *quarantine = quarantine_open(province->database, err);
    if (!quarantine)
        return false;
    for (size_t i = 0; i < quarantine_count(quarantine); i++) {
        const struct quarantined *item = quarantine_at(quarantine, i);
        char hash[DIGEST_TEXT_SIZE], time[CLOCK_TEXT_SIZE], size[NUMBER_SIZE];
        snprintf(size, sizeof size, "%" PRIu64, item->size);
        table_text(&table, digest_text(&item->hash, hash));
        table_text(&table, clock_text(item->utc_ms, time));
        table_figure(&table, size);
    }
    return table_print(&table, err);
}

bool command_quarantine_release(const struct arguments *arguments, struct error *err)
{
    struct digest hash;
    CLEANUP(province_close) struct province *province = command_open(arguments, err);
    if (!province)
        return false;
    CLEANUP(quarantine_close)
    struct quarantine *quarantine = quarantine_open(province->database, err);
    if (!quarantine)
        return false;
    if (!digest_parse(arguments->operands[0], &hash) || !quarantine_holds(quarantine, &hash))
        return error_set(err, ERROR_REFUSED, MESSAGE_QUARANTINE_NONE, arguments->operands[0]);
    if (!command_confirm(arguments, MESSAGE_QUARANTINE_QUESTION, err) ||
        !quarantine_release(quarantine, &hash, err))
        return false;
    printf(MESSAGE_QUARANTINE_RELEASED);
    return true;
}
