#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "agent/commands/commands.h"
#include "agent/commands/sheet.h"
#include "agent/commands/workplace.h"
#include "agent/receipts.h"
#include "agent/statements.h"
#include "common/base/arena.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/catalogue/catalogue.h"
#include "common/model/finding.h"
#include "common/storage/file.h"
#include "common/storage/transaction.h"
#include "common/wire/proof.h"

#define RECEIPT_FILE_SIZE_MAX (1024u * 1024)

/* clang-format off */
static const struct sheet_column columns[] = {
    { "sequence",  WORDS_COLUMN_SEQUENCE,  true },
    { "form",      WORDS_COLUMN_FORM,      false },
    { "period",    WORDS_COLUMN_PERIOD,    false },
    { "version",   WORDS_COLUMN_VERSION,   true },
    { "verdict",   WORDS_COLUMN_VERDICT,   false },
    { "received",  WORDS_COLUMN_RECEIVED,  false },
    { "position",  WORDS_COLUMN_POSITION,  true },
    { "statement", WORDS_COLUMN_STATEMENT, false },
};
/* clang-format on */

static bool add_receipt(const struct agent *agent, struct transaction *txn, uint64_t sequence,
                        struct arena *arena, struct sheet *sheet, struct error *err)
{
    char form[CODE_TEXT_SIZE], period[PERIOD_TEXT_SIZE], moment[CLOCK_TEXT_SIZE];
    char hash[DIGEST_TEXT_SIZE];
    struct receipt receipt;
    struct statement statement;
    if (!receipts_get(&agent->store, txn, sequence, arena, &receipt, err) ||
        !statements_read(&agent->store, txn, sequence, arena, &statement, err))
        return false;
    const struct submission *submission = &statement.submission;
    bool is_return = statement.kind == STATEMENT_RETURN;
    sheet_format(sheet, "%" PRIu64, sequence);
    sheet_cell(sheet, is_return ? code_text(submission->form, form) : "");
    sheet_cell(sheet, is_return ? period_text(submission->period, period) : "");
    sheet_format(sheet, "%" PRIu32, submission->version);
    sheet_cell(sheet, sheet->listing ? verdict_words(receipt.arrival.verdict)
                                     : verdict_name(receipt.arrival.verdict));
    sheet_cell(sheet, clock_text(receipt.arrival.received_utc_ms, moment));
    sheet_format(sheet, "%" PRIu64, receipt.position);
    digest_text(&receipt.arrival.statement_hash, hash);
    if (sheet->listing)
        hash[12] = '\0';
    sheet_cell(sheet, hash);
    return true;
}

bool command_receipt_list(const struct arguments *arguments, struct error *err)
{
    CLEANUP(workplace_close) struct workplace workplace = { 0 };
    CLEANUP(sheet_end) struct sheet sheet = { 0 };
    if (!sheet_begin(arguments, columns, COUNT_OF(columns), &sheet, err) ||
        !workplace_open(arguments, &workplace, err))
        return false;
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(workplace.agent->store.database);
    uint64_t last = receipts_last(&workplace.agent->store, txn);
    for (uint64_t sequence = 1; sequence <= last; sequence++) {
        arena_reset(arena);
        if (!add_receipt(workplace.agent, txn, sequence, arena, &sheet, err))
            return false;
    }
    if (!transaction_check(txn, err))
        return false;
    sheet_print(&sheet, MESSAGE_COMMAND_NO_RECEIPTS);
    return true;
}

static bool parse_number(const char *text, uint64_t *out)
{
    char *end;
    *out = strtoull(text, &end, 10);
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && *out > 0;
}

/* The words are the catalogue's; without one the codes must do. */
static void print_findings(const struct arrival *arrival, const struct catalogue *catalogue)
{
    char rule[CODE_TEXT_SIZE];
    for (size_t i = 0; i < arrival->finding_count; i++) {
        const struct verdict_finding *finding = &arrival->findings[i];
        size_t number =
            catalogue ? catalogue_rule(catalogue, finding->rule) : (size_t)CATALOGUE_NONE;
        printf("  [%s] %s %s %s\n", finding_class_words((enum finding_class)finding->class),
               code_text(finding->rule, rule), finding->row_key,
               number == CATALOGUE_NONE ? "" : words_say(&catalogue->rules[number].words));
    }
}

static void print_receipt(const struct receipt *receipt, const struct catalogue *catalogue)
{
    char moment[CLOCK_TEXT_SIZE], hash[DIGEST_TEXT_SIZE];
    const struct arrival *arrival = &receipt->arrival;
    printf(MESSAGE_COMMAND_RECEIPT, arrival->stream.zone.text, arrival->sequence,
           verdict_words(arrival->verdict), clock_text(arrival->received_utc_ms, moment),
           receipt->position, digest_text(&arrival->statement_hash, hash));
    if (arrival->comparison != COMPARISON_SAME)
        printf(MESSAGE_JOURNAL_COMPARISON, comparison_words(arrival->comparison));
    print_findings(arrival, catalogue);
}

bool command_receipt_show(const struct arguments *arguments, struct error *err)
{
    CLEANUP(workplace_close) struct workplace workplace = { 0 };
    const char *output = arguments_option(arguments, "output");
    struct receipt receipt;
    struct bytes text;
    uint64_t sequence;
    if (!parse_number(arguments->operands[0], &sequence))
        return error_set(err, ERROR_USAGE, MESSAGE_COMMAND_NUMBER, arguments->operands[0]);
    if (!workplace_open(arguments, &workplace, err))
        return false;
    const struct store *store = &workplace.agent->store;
    CLEANUP(transaction_abort) struct transaction *txn = transaction_read(store->database);
    if (!receipts_get(store, txn, sequence, workplace.arena, &receipt, err) ||
        !receipts_text(store, txn, sequence, &text))
        return false;
    if (!output)
        print_receipt(&receipt, workplace.catalogue);
    if (!workplace_output(output, text, err))
        return false;
    if (output)
        printf(MESSAGE_COMMAND_RECEIPT_WRITTEN, sequence, output);
    return true;
}

/* The card that is given, or the one of the data folder: no keys are needed. */
static bool read_card(const struct arguments *arguments, struct arena *arena,
                      struct province_card *out, struct error *err)
{
    char path[AGENT_PATH_SIZE];
    const char *card = arguments_option(arguments, "card");
    const char *given = card ? card : arguments_option(arguments, "province");
    struct bytes text;
    if (!given && !agent_path(arguments->data_folder, AGENT_CARD_FILE, path, err))
        return false;
    return file_read(given ? given : path, CARD_SIZE_MAX, arena, &text, err) &&
           province_card_read(text, arena, out, err);
}

bool command_receipt_verify(const struct arguments *arguments, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    const char *path = arguments->operands[0];
    struct province_card card;
    struct receipt receipt;
    struct bytes text;
    if (!read_card(arguments, arena, &card, err) ||
        !file_read(path, RECEIPT_FILE_SIZE_MAX, arena, &text, err) ||
        !receipt_read(text, arena, &receipt, err) ||
        !receipt_verify(&receipt, card.origin, card.keys.signing, err))
        return false;
    print_receipt(&receipt, NULL);
    printf(MESSAGE_COMMAND_RECEIPT_HOLDS, card.origin);
    return true;
}
