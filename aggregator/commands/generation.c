#include "aggregator/generation.h"

#include <inttypes.h>
#include <stdio.h>

#include "aggregator/commands/commands.h"
#include "aggregator/commands/table.h"
#include "aggregator/landmarks.h"
#include "aggregator/ledger.h"
#include "aggregator/province.h"
#include "aggregator/signer.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/storage/transaction.h"

#define NUMBER_SIZE 24
#define DEVICE_TEXT_SIZE 33

bool command_generation_open(const struct arguments *arguments, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    const char *reason = arguments_option(arguments, "reason");
    if (!reason || !*reason)
        return error_set(err, ERROR_USAGE, MESSAGE_GENERATION_REASON);
    CLEANUP(province_close) struct province *province = command_open(arguments, err);
    if (!province)
        return false;
    uint64_t size = ledger_size(province->ledger);
    struct signed_head head = { .size = 0 };
    if (province->signer)
        head = signer_head(province->signer);
    const char *question = arena_format(arena, MESSAGE_GENERATION_QUESTION, size, head.size,
                                        head.size > size ? head.size - size : 0);
    if ((head.size > size && !command_confirm(arguments, question, err)) ||
        !generation_open(province, reason, err))
        return false;
    struct generation_opening opening;
    struct landmark mark = landmarks_opening(ledger_landmarks(province->ledger), &opening);
    const struct lost_generation *lost = &opening.lost[opening.lost_count - 1];
    printf(MESSAGE_GENERATION_OPENED, opening.number, mark.position, opening.size, lost->generation,
           lost->size);
    return true;
}

static void add_number(struct table_writer *table, uint64_t number)
{
    char text[NUMBER_SIZE];
    snprintf(text, sizeof text, "%" PRIu64, number);
    table_figure(table, text);
}

static void add_line(struct table_writer *table, const struct loss_line *line)
{
    char device[DEVICE_TEXT_SIZE];
    const struct stream_id *stream = &line->loss.stream;
    add_number(table, line->position);
    add_number(table, line->until - 1);
    table_text(table, loss_state_name(line->state));
    if (line->state == LOSS_UNCLAIMED) {
        for (size_t i = 0; i < 5; i++)
            table_text(table, "");
        return;
    }
    for (size_t i = 0; i < sizeof stream->device.bytes; i++)
        snprintf(device + 2 * i, 3, "%02x", stream->device.bytes[i]);
    table_text(table, stream->zone.text);
    table_text(table, device);
    add_number(table, stream->epoch);
    add_number(table, line->loss.sequence);
    if (line->state == LOSS_RETURNED)
        add_number(table, line->now);
    else
        table_text(table, "");
}

bool command_generation_report(const struct arguments *arguments, struct error *err)
{
    static const char *const columns[] = { "position", "until", "state",    "zone",
                                           "device",   "epoch", "sequence", "now" };
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    CLEANUP(table_close) struct table_writer table = { 0 };
    if (!table_open(&table, arguments, columns, COUNT_OF(columns), err))
        return false;
    CLEANUP(province_close) struct province *province = command_open(arguments, err);
    if (!province)
        return false;
    CLEANUP(transaction_abort) struct transaction *txn = transaction_read(province->database);
    struct generation_report report;
    if (!generation_account(province, txn, arena, &report, err))
        return false;
    for (size_t i = 0; i < report.line_count; i++)
        add_line(&table, &report.lines[i]);
    if (!table_print(&table, err) || table.format != TABLE_LISTING)
        return table.format != TABLE_LISTING;
    for (size_t i = 0; i < report.silent_count; i++)
        printf(MESSAGE_GENERATION_SILENT, report.silent[i].zone.text);
    printf(MESSAGE_GENERATION_SUMMARY, report.generation, report.kept, report.size - 1,
           report.returned, report.missing, report.unclaimed, report.silent_count);
    return true;
}
