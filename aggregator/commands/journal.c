#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "aggregator/commands/commands.h"
#include "aggregator/commands/table.h"
#include "aggregator/ledger.h"
#include "aggregator/province.h"
#include "aggregator/receipts.h"
#include "common/base/arena.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/model/finding.h"
#include "common/storage/transaction.h"
#include "common/wire/proof.h"
#include "common/wire/statement.h"

#define NUMBER_SIZE 24
#define DEVICE_TEXT_SIZE 33

static const char *kind_name(const struct journal_record *record)
{
    switch (record->entry.kind) {
    case ENTRY_ARRIVAL:
        return "arrival";
    case ENTRY_ENROLMENT:
        return "enrolment";
    case ENTRY_REVOCATION:
        return "revocation";
    case ENTRY_SUSPENSION:
        return "suspension";
    case ENTRY_ZONE:
        return "zone";
    case ENTRY_CATALOGUE:
        return "catalogue";
    case ENTRY_BACKUP:
        return "backup";
    case ENTRY_GENERATION:
        return "generation";
    case ENTRY_CATALOGUE_CLOSURE:
        return "catalogue closure";
    case ENTRY_DECISION:
        return "decision";
    }
    return "";
}

static void add_number(struct table_writer *table, uint64_t number)
{
    char text[NUMBER_SIZE];
    snprintf(text, sizeof text, "%" PRIu64, number);
    table_figure(table, text);
}

static void add_device(struct table_writer *table, const struct device_id *device)
{
    char text[DEVICE_TEXT_SIZE];
    for (size_t i = 0; i < sizeof device->bytes; i++)
        snprintf(text + 2 * i, 3, "%02x", device->bytes[i]);
    table_text(table, text);
}

static void add_nothing(struct table_writer *table, size_t count)
{
    for (; count > 0; count--)
        table_text(table, "");
}

static void add_return(struct table_writer *table, const struct statement *statement)
{
    char text[PERIOD_TEXT_SIZE];
    bool withdrawal = statement->kind == STATEMENT_WITHDRAWAL;
    if (!withdrawal && statement->kind != STATEMENT_RETURN) {
        add_nothing(table, 3);
        return;
    }
    table_text(
        table,
        code_text(withdrawal ? statement->withdrawal.form : statement->submission.form, text));
    table_text(table,
               period_text(withdrawal ? statement->withdrawal.period : statement->submission.period,
                           text));
    add_number(table, withdrawal ? statement->withdrawal.version : statement->submission.version);
}

static void add_arrival(struct table_writer *table, const struct journal_record *record)
{
    const struct statement *statement = &record->statement;
    struct digest hash = sealed_statement_hash(&record->sealed);
    char text[DIGEST_TEXT_SIZE];
    table_text(table, statement->stream.zone.text);
    add_device(table, &statement->stream.device);
    add_number(table, statement->stream.epoch);
    add_number(table, statement->sequence);
    add_return(table, statement);
    table_text(table, verdict_name(record->entry.arrival.verdict));
    add_number(table, record->entry.arrival.finding_count);
    table_text(table, comparison_name(record->entry.arrival.comparison));
    table_text(table, digest_text(&hash, text));
}

/* About a return: in the columns of a return. */
static void add_review(struct table_writer *table, const struct decision *decision)
{
    char text[DIGEST_TEXT_SIZE];
    table_text(table, decision->zone.text);
    add_nothing(table, 3);
    table_text(table, code_text(decision->form, text));
    table_text(table, period_text(decision->period, text));
    add_number(table, decision->version);
    table_text(table, decision_kind_name(decision->kind));
    add_nothing(table, 2);
    table_text(table, digest_text(&decision->statement, text));
}

static void add_decision(struct table_writer *table, const struct entry *entry)
{
    if (entry->kind == ENTRY_DECISION) {
        add_review(table, &entry->decision);
        return;
    }
    const struct zone_id *zone = NULL;
    const struct device_id *device = NULL;
    if (entry->kind == ENTRY_ZONE)
        zone = &entry->zone.id;
    if (entry->kind == ENTRY_ENROLMENT)
        zone = &entry->enrolment.zone, device = &entry->enrolment.device;
    if (entry->kind == ENTRY_REVOCATION)
        zone = &entry->revocation.zone, device = &entry->revocation.device;
    if (entry->kind == ENTRY_SUSPENSION)
        zone = &entry->suspension.stream.zone, device = &entry->suspension.stream.device;
    table_text(table, zone ? zone->text : "");
    if (device)
        add_device(table, device);
    else
        add_nothing(table, 1);
    add_nothing(table, 9);
}

static bool add_record(const struct journal_record *record, void *owner)
{
    struct table_writer *table = owner;
    char time[CLOCK_TEXT_SIZE];
    add_number(table, record->position);
    table_text(table, clock_text(record->entry.utc_ms, time));
    table_text(table, kind_name(record));
    if (record->entry.kind == ENTRY_ARRIVAL)
        add_arrival(table, record);
    else
        add_decision(table, &record->entry);
    return true;
}

bool command_journal_list(const struct arguments *arguments, struct error *err)
{
    static const char *const columns[] = { "position",   "time",     "kind",     "zone",
                                           "device",     "epoch",    "sequence", "form",
                                           "period",     "version",  "verdict",  "findings",
                                           "comparison", "statement" };
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    CLEANUP(table_close) struct table_writer table = { 0 };
    if (!table_open(&table, arguments, columns, COUNT_OF(columns), err))
        return false;
    CLEANUP(province_close) struct province *province = command_open(arguments, err);
    if (!province)
        return false;
    CLEANUP(transaction_abort) struct transaction *txn = transaction_read(province->database);
    return journal_each(ledger_journal(province->ledger), txn, 0, arena, add_record, &table, err) &&
           table_print(&table, err);
}

bool command_position(const char *text, uint64_t *out, struct error *err)
{
    char *end;
    errno = 0;
    *out = strtoull(text, &end, 10);
    if (errno == 0 && *end == '\0' && *text >= '0' && *text <= '9')
        return true;
    return error_set(err, ERROR_USAGE, MESSAGE_POSITION_UNREADABLE, text);
}

static void show_findings(const struct arrival *arrival)
{
    char rule[CODE_TEXT_SIZE];
    for (size_t i = 0; i < arrival->finding_count; i++)
        printf("  %s %s %s\n", finding_class_words((enum finding_class)arrival->findings[i].class),
               code_text(arrival->findings[i].rule, rule), arrival->findings[i].row_key);
}

static void show_decision(const struct decision *decision)
{
    char form[CODE_TEXT_SIZE], period[PERIOD_TEXT_SIZE];
    printf(MESSAGE_JOURNAL_DECISION, decision->zone.text, code_text(decision->form, form),
           period_text(decision->period, period), decision->version,
           decision_kind_words(decision->kind), decision->position, decision->reason,
           *decision->by ? decision->by : MESSAGE_DECISION_BY_UNKNOWN);
}

static bool show_receipt(const struct province *province, struct transaction *txn,
                         uint64_t position, struct arena *arena, struct error *err)
{
    struct receipt receipt;
    if (!receipts_make(province->ledger, txn, position, arena, &receipt, err))
        return false;
    struct bytes text = receipt_write(&receipt, arena);
    printf("%.*s", (int)text.size, (const char *)text.data);
    return true;
}

bool command_journal_show(const struct arguments *arguments, struct error *err)
{
    uint64_t position;
    if (!command_position(arguments->operands[0], &position, err))
        return false;
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    CLEANUP(province_close) struct province *province = command_open(arguments, err);
    if (!province)
        return false;
    CLEANUP(transaction_abort) struct transaction *txn = transaction_read(province->database);
    struct journal_record record;
    if (!ledger_read(province->ledger, txn, position, arena, &record, err))
        return false;
    char time[CLOCK_TEXT_SIZE];
    char hash[DIGEST_TEXT_SIZE];
    struct digest leaf = proof_leaf(journal_leaf_bytes(&record, arena));
    printf(MESSAGE_JOURNAL_ENTRY, position, kind_name(&record),
           clock_text(record.entry.utc_ms, time), digest_text(&leaf, hash));
    if (record.entry.kind == ENTRY_DECISION)
        show_decision(&record.entry.decision);
    if (record.entry.kind != ENTRY_ARRIVAL)
        return true;
    if (record.entry.arrival.comparison != COMPARISON_SAME)
        printf(MESSAGE_JOURNAL_COMPARISON, comparison_words(record.entry.arrival.comparison));
    show_findings(&record.entry.arrival);
    return show_receipt(province, txn, position, arena, err);
}
