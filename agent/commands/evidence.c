#include "agent/evidence.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "agent/commands/commands.h"
#include "agent/commands/sheet.h"
#include "agent/commands/workplace.h"
#include "agent/lost_receipts.h"
#include "agent/outbox.h"
#include "agent/receipts.h"
#include "common/base/arena.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/storage/transaction.h"
#include "common/wire/proof.h"
#include "common/wire/receipt.h"

/* clang-format off */
static const struct sheet_column evidence_columns[] = {
    { "number",           WORDS_COLUMN_NUMBER,     true },
    { "time",             WORDS_COLUMN_TIME,       false },
    { "kind",             WORDS_COLUMN_KIND,       false },
    { "seen_generation",  WORDS_COLUMN_SEEN_GENERATION,  true },
    { "seen_size",        WORDS_COLUMN_SEEN_SIZE,  true },
    { "shown_generation", WORDS_COLUMN_SHOWN_GENERATION, true },
    { "shown_size",       WORDS_COLUMN_SHOWN_SIZE, true },
};
static const struct sheet_column lost_columns[] = {
    { "sequence",   WORDS_COLUMN_SEQUENCE,   true },
    { "generation", WORDS_COLUMN_GENERATION, true },
    { "position",   WORDS_COLUMN_POSITION,   true },
    { "state",      WORDS_COLUMN_STATE,      false },
    { "now",        WORDS_COLUMN_NOW,        true },
};
/* clang-format on */

static const struct words kinds[] = {
    [EVIDENCE_BROKEN] = WORDS_EVIDENCE_BROKEN,
    [EVIDENCE_GENERATION] = WORDS_EVIDENCE_GENERATION,
};
static const char *const kind_names[] = {
    [EVIDENCE_BROKEN] = "broken",
    [EVIDENCE_GENERATION] = "declared_lost",
};

/* A text that does not verify says nothing: size 0. */
static struct checkpoint checkpoint_of(const struct agent *agent, struct bytes text,
                                       struct arena *arena)
{
    struct checkpoint checkpoint;
    struct error unread;
    if (!checkpoint_verify(text, agent->province.origin, agent->province.keys.signing, arena,
                           &checkpoint, &unread))
        return (struct checkpoint){ .size = 0 };
    return checkpoint;
}

static void add_evidence(const struct agent *agent, const struct evidence *evidence,
                         struct arena *arena, struct sheet *sheet)
{
    char moment[CLOCK_TEXT_SIZE];
    struct checkpoint seen = checkpoint_of(agent, evidence->seen, arena);
    struct checkpoint shown = checkpoint_of(agent, evidence->shown, arena);
    sheet_format(sheet, "%" PRIu64, evidence->number);
    sheet_cell(sheet, clock_text(evidence->utc_ms, moment));
    sheet_cell(sheet,
               sheet->listing ? words_say(&kinds[evidence->kind]) : kind_names[evidence->kind]);
    sheet_format(sheet, "%" PRIu32, seen.generation);
    sheet_format(sheet, "%" PRIu64, seen.size);
    sheet_format(sheet, "%" PRIu32, shown.generation);
    sheet_format(sheet, "%" PRIu64, shown.size);
}

bool command_evidence_list(const struct arguments *arguments, struct error *err)
{
    CLEANUP(workplace_close) struct workplace workplace = { 0 };
    CLEANUP(sheet_end) struct sheet sheet = { 0 };
    size_t count;
    if (!sheet_begin(arguments, evidence_columns, COUNT_OF(evidence_columns), &sheet, err) ||
        !workplace_open(arguments, &workplace, err))
        return false;
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(workplace.agent->store.database);
    const struct evidence *all =
        evidence_list(&workplace.agent->store, txn, workplace.arena, &count);
    for (size_t i = 0; i < count; i++)
        add_evidence(workplace.agent, &all[i], workplace.arena, &sheet);
    if (!transaction_check(txn, err))
        return false;
    sheet_print(&sheet, MESSAGE_EVIDENCE_NONE);
    return true;
}

static bool write_texts(const struct workplace *workplace, const struct evidence *evidence,
                        const char *output, struct error *err)
{
    const char *seen = arena_format(workplace->arena, "%s.seen", output);
    const char *shown = arena_format(workplace->arena, "%s.shown", output);
    if (!workplace_output(seen, evidence->seen, err) ||
        !workplace_output(shown, evidence->shown, err))
        return false;
    printf(MESSAGE_EVIDENCE_WRITTEN, seen, shown);
    return true;
}

bool command_evidence_show(const struct arguments *arguments, struct error *err)
{
    CLEANUP(workplace_close) struct workplace workplace = { 0 };
    const char *output = arguments_option(arguments, "output");
    uint64_t number = strtoull(arguments->operands[0], NULL, 10);
    size_t count;
    if (!workplace_open(arguments, &workplace, err))
        return false;
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(workplace.agent->store.database);
    const struct evidence *all =
        evidence_list(&workplace.agent->store, txn, workplace.arena, &count);
    for (size_t i = 0; i < count; i++) {
        if (all[i].number != number)
            continue;
        printf("%s", all[i].kind == EVIDENCE_BROKEN ? MESSAGE_EVIDENCE_BROKEN
                                                    : MESSAGE_EVIDENCE_GENERATION);
        if (output)
            return write_texts(&workplace, &all[i], output, err);
        printf("\n%.*s\n%.*s", (int)all[i].seen.size, (const char *)all[i].seen.data,
               (int)all[i].shown.size, (const char *)all[i].shown.data);
        return true;
    }
    return transaction_check(txn, err) &&
           error_set(err, ERROR_REFUSED, MESSAGE_EVIDENCE_NO_NUMBER, arguments->operands[0]);
}

static bool add_lost(const struct workplace *workplace, struct transaction *txn,
                     const struct lost_receipt *lost, uint64_t receipted, struct sheet *sheet,
                     struct error *err)
{
    struct receipt receipt, again;
    bool returned = lost->sequence <= receipted;
    if (!receipt_read(lost->text, workplace->arena, &receipt, err) ||
        (returned && !receipts_get(&workplace->agent->store, txn, lost->sequence, workplace->arena,
                                   &again, err)))
        return false;
    sheet_format(sheet, "%" PRIu64, lost->sequence);
    sheet_format(sheet, "%" PRIu32, lost->generation);
    sheet_format(sheet, "%" PRIu64, receipt.position);
    sheet_cell(sheet, !sheet->listing ? (returned ? "returned" : "waiting")
                      : returned      ? MESSAGE_LOST_RETURNED
                                      : MESSAGE_LOST_WAITING);
    if (returned)
        sheet_format(sheet, "%" PRIu64, again.position);
    else
        sheet_cell(sheet, "");
    return true;
}

bool command_receipt_lost(const struct arguments *arguments, struct error *err)
{
    CLEANUP(workplace_close) struct workplace workplace = { 0 };
    CLEANUP(sheet_end) struct sheet sheet = { 0 };
    size_t count;
    if (!sheet_begin(arguments, lost_columns, COUNT_OF(lost_columns), &sheet, err) ||
        !workplace_open(arguments, &workplace, err))
        return false;
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(workplace.agent->store.database);
    const struct lost_receipt *all =
        lost_receipts_list(&workplace.agent->store, txn, workplace.arena, &count);
    uint64_t receipted = receipts_last(&workplace.agent->store, txn);
    for (size_t i = 0; i < count; i++)
        if (!add_lost(&workplace, txn, &all[i], receipted, &sheet, err))
            return false;
    if (!transaction_check(txn, err))
        return false;
    sheet_print(&sheet, MESSAGE_LOST_NONE);
    return true;
}
