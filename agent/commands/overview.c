#include <inttypes.h>
#include <stdio.h>

#include "agent/backing.h"
#include "agent/checking.h"
#include "agent/commands/commands.h"
#include "agent/commands/sheet.h"
#include "agent/commands/workplace.h"
#include "agent/drafts.h"
#include "agent/evidence.h"
#include "agent/history.h"
#include "agent/notices.h"
#include "agent/outbox.h"
#include "common/base/clock.h"
#include "common/base/digest.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/catalogue/catalogue.h"
#include "common/storage/transaction.h"

/* clang-format off */
static const struct sheet_column status_columns[] = {
    { "form",     WORDS_COLUMN_FORM,     false },
    { "period",   WORDS_COLUMN_PERIOD,   false },
    { "version",  WORDS_COLUMN_VERSION,  true },
    { "stage",    WORDS_COLUMN_STAGE,    false },
    { "reason",   WORDS_COLUMN_NOTICE,   false },
};
static const struct sheet_column history_columns[] = {
    { "form",     WORDS_COLUMN_FORM,     false },
    { "period",   WORDS_COLUMN_PERIOD,   false },
    { "version",  WORDS_COLUMN_VERSION,  true },
    { "base",     WORDS_COLUMN_BASE,     true },
    { "sequence", WORDS_COLUMN_SEQUENCE, true },
    { "sealed",   WORDS_COLUMN_SEALED,   false },
    { "stage",    WORDS_COLUMN_STAGE,    false },
    { "reason",   WORDS_COLUMN_NOTICE,   false },
};
/* clang-format on */

static void print_station(const struct agent *agent, struct transaction *txn,
                          const struct outbox *outbox)
{
    char digest[DIGEST_TEXT_SIZE], fingerprint[FINGERPRINT_TEXT_SIZE];
    const struct catalogue *catalogue = agent->catalogue;
    printf(MESSAGE_COMMAND_STATION, agent->device.stream.zone.text, agent->device.label,
           key_fingerprint(&agent->pair.public, fingerprint), agent->province.province,
           agent->province.endpoint, words_say(&catalogue->title), catalogue->version,
           digest_text(&catalogue->digest, digest));
    printf(MESSAGE_COMMAND_OUTBOX, outbox->head.sequence, outbox->receipted,
           outbox_waiting(outbox));
    if (!checking_knows_zone(agent, txn))
        printf(MESSAGE_COMMAND_ZONE_UNKNOWN);
}

/* What the province proved of its backups, and what we could prove against it. */
static bool print_backing(const struct workplace *workplace, struct transaction *txn,
                          struct error *err)
{
    struct backing backing;
    uint64_t reach;
    size_t evidence;
    char moment[CLOCK_TEXT_SIZE];
    const struct agent *agent = workplace->agent;
    if (!backing_read(agent, txn, workplace->arena, &backing, err) ||
        !backing_reach(agent, txn, &backing, workplace->arena, &reach, err))
        return false;
    if (backing.size > 0)
        printf(MESSAGE_COMMAND_BACKING, backing.medium, clock_text(backing.utc_ms, moment),
               backing.size, reach);
    else
        printf(MESSAGE_COMMAND_NO_BACKING);
    (void)evidence_list(&agent->store, txn, workplace->arena, &evidence);
    if (evidence > 0)
        printf(MESSAGE_COMMAND_EVIDENCE, evidence);
    return transaction_check(txn, err);
}

static void add_stage(struct sheet *sheet, struct return_id id, uint32_t version, enum stage stage,
                      const char *reason)
{
    char form[CODE_TEXT_SIZE], period[PERIOD_TEXT_SIZE];
    sheet_cell(sheet, code_text(id.form, form));
    sheet_cell(sheet, period_text(id.period, period));
    sheet_format(sheet, "%" PRIu32, version);
    sheet_cell(sheet, sheet->listing ? stage_words(stage) : stage_name(stage));
    sheet_cell(sheet, reason);
}

/* What asks for somebody's hand: drafts, what waits, what was rejected. */
static bool add_open_ends(struct workplace *workplace, struct transaction *txn, struct sheet *sheet,
                          struct error *err)
{
    const struct store *store = &workplace->agent->store;
    size_t count;
    const struct draft_note *notes = drafts_list(store, txn, workplace->arena, &count);
    for (size_t i = 0; i < count; i++)
        add_stage(sheet, notes[i].id, history_succession(store, txn, notes[i].id).next,
                  notes[i].stage, "");
    struct versions all = history_list(store, txn, NULL, workplace->arena);
    for (size_t i = 0; i < all.count; i++) {
        const struct version *version = &all.items[i];
        bool newest = i + 1 == all.count || !return_id_equal(version->id, all.items[i + 1].id);
        const char *reason;
        if (!newest || version->stage == STAGE_ACCEPTED || version->stage == STAGE_LOCKED ||
            version->stage == STAGE_WITHDRAWN)
            continue;
        if (!notices_reason(store, txn, version, workplace->arena, &reason, err))
            return false;
        add_stage(sheet, version->id, version->number, version->stage, reason);
    }
    return true;
}

bool command_status(const struct arguments *arguments, struct error *err)
{
    CLEANUP(workplace_close) struct workplace workplace = { 0 };
    CLEANUP(sheet_end) struct sheet sheet = { 0 };
    struct outbox outbox;
    if (!sheet_begin(arguments, status_columns, COUNT_OF(status_columns), &sheet, err) ||
        !workplace_open(arguments, &workplace, err))
        return false;
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(workplace.agent->store.database);
    if (!outbox_look(&workplace.agent->store, txn, &outbox, err))
        return false;
    if (!add_open_ends(&workplace, txn, &sheet, err) || !transaction_check(txn, err))
        return false;
    if (sheet.listing) {
        print_station(workplace.agent, txn, &outbox);
        if (!print_backing(&workplace, txn, err))
            return false;
    }
    sheet_print(&sheet, MESSAGE_COMMAND_NOTHING_OPEN);
    return true;
}

static void add_version(struct sheet *sheet, const struct version *version, enum stage stage,
                        const char *reason)
{
    char form[CODE_TEXT_SIZE], period[PERIOD_TEXT_SIZE], moment[CLOCK_TEXT_SIZE];
    sheet_cell(sheet, code_text(version->id.form, form));
    sheet_cell(sheet, period_text(version->id.period, period));
    sheet_format(sheet, "%" PRIu32, version->number);
    sheet_format(sheet, "%" PRIu32, version->base);
    sheet_format(sheet, "%" PRIu64, version->sequence);
    sheet_cell(sheet, clock_text(version->sealed_utc_ms, moment));
    sheet_cell(sheet, sheet->listing ? stage_words(stage) : stage_name(stage));
    sheet_cell(sheet, reason);
}

/* Which versions were asked for. */
static bool read_wish(const struct workplace *workplace, const struct arguments *arguments,
                      struct return_id *out, struct error *err)
{
    size_t number;
    *out = (struct return_id){ 0 };
    if (arguments->operand_count == 2)
        return workplace_return(workplace, arguments, &number, out, err);
    if (arguments->operand_count == 0)
        return true;
    if (!workplace_form(workplace->catalogue, arguments->operands[0], &number, err))
        return false;
    out->form = workplace->catalogue->forms[number].code;
    return true;
}

bool command_history(const struct arguments *arguments, struct error *err)
{
    CLEANUP(workplace_close) struct workplace workplace = { 0 };
    CLEANUP(sheet_end) struct sheet sheet = { 0 };
    struct return_id wish;
    if (!sheet_begin(arguments, history_columns, COUNT_OF(history_columns), &sheet, err) ||
        !workplace_open(arguments, &workplace, err) ||
        !read_wish(&workplace, arguments, &wish, err))
        return false;
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(workplace.agent->store.database);
    const struct return_id *only = arguments->operand_count == 2 ? &wish : NULL;
    struct versions all = history_list(&workplace.agent->store, txn, only, workplace.arena);
    struct backing backing;
    if (!backing_read(workplace.agent, txn, workplace.arena, &backing, err))
        return false;
    for (size_t i = 0; i < all.count; i++) {
        enum stage stage;
        const char *reason;
        if (wish.form.packed != 0 && !code_equal(wish.form, all.items[i].id.form))
            continue;
        if (!backing_stage(workplace.agent, txn, &backing, &all.items[i], workplace.arena, &stage,
                           err) ||
            !notices_reason(&workplace.agent->store, txn, &all.items[i], workplace.arena, &reason,
                            err))
            return false;
        add_version(&sheet, &all.items[i], stage, reason);
    }
    if (!transaction_check(txn, err))
        return false;
    sheet_print(&sheet, MESSAGE_COMMAND_NO_HISTORY);
    return true;
}
