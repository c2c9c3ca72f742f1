#include <stdio.h>

#include "agent/catalogues.h"
#include "agent/commands/commands.h"
#include "agent/commands/sheet.h"
#include "agent/commands/workplace.h"
#include "agent/shelf.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/catalogue/catalogue.h"
#include "common/storage/transaction.h"

/* clang-format off */
static const struct sheet_column columns[] = {
    { "version", WORDS_COLUMN_VERSION, true },
    { "state",   WORDS_COLUMN_STATE,   false },
    { "title",   WORDS_COLUMN_TITLE,   false },
    { "digest",  WORDS_COLUMN_DIGEST,  false },
};
/* clang-format on */

bool command_catalogue_show(const struct arguments *arguments, struct error *err)
{
    CLEANUP(workplace_close) struct workplace workplace = { 0 };
    struct catalogues_mark mark;
    char text[DIGEST_TEXT_SIZE];
    if (!workplace_open(arguments, &workplace, err))
        return false;
    const struct store *store = &workplace.agent->store;
    const struct catalogue *catalogue = workplace.catalogue;
    CLEANUP(transaction_abort) struct transaction *txn = transaction_read(store->database);
    bool confirmed = catalogues_marked(store, txn, &mark);
    if (!transaction_check(txn, err))
        return false;
    printf(MESSAGE_COMMAND_CATALOGUE_SHOW, words_say(&catalogue->title), catalogue->version,
           digest_text(&catalogue->digest, text),
           confirmed ? MESSAGE_CATALOGUE_FROM_PROVINCE : MESSAGE_CATALOGUE_FROM_PROGRAM,
           catalogue->form_count, catalogue->item_count, catalogue->rule_count,
           catalogue->indicator_count, catalogue->requirement_count);
    return true;
}

static void add_catalogue(struct sheet *sheet, const struct catalogue *catalogue, bool in_use)
{
    static const struct words states[] = { WORDS_CATALOGUE_KEPT, WORDS_CATALOGUE_IN_USE };
    static const char *const names[] = { "kept", "in use" };
    char text[DIGEST_TEXT_SIZE];
    sheet_format(sheet, "%u", catalogue->version);
    sheet_cell(sheet, sheet->listing ? words_say(&states[in_use]) : names[in_use]);
    sheet_cell(sheet, words_say(&catalogue->title));
    sheet_cell(sheet, digest_text(&catalogue->digest, text));
}

bool command_catalogue_list(const struct arguments *arguments, struct error *err)
{
    CLEANUP(workplace_close) struct workplace workplace = { 0 };
    CLEANUP(sheet_end) struct sheet sheet = { 0 };
    size_t count;
    if (!sheet_begin(arguments, columns, COUNT_OF(columns), &sheet, err) ||
        !workplace_open(arguments, &workplace, err))
        return false;
    const struct store *store = &workplace.agent->store;
    CLEANUP(transaction_abort) struct transaction *txn = transaction_read(store->database);
    const struct digest *digests = catalogues_list(store, txn, workplace.arena, &count);
    for (size_t i = 0; i < count; i++) {
        const struct catalogue *catalogue =
            shelf_find(workplace.agent->shelf, store, txn, &digests[i], err);
        if (!catalogue)
            return false;
        add_catalogue(&sheet, catalogue,
                      digest_equal(&catalogue->digest, &workplace.catalogue->digest));
    }
    if (!transaction_check(txn, err))
        return false;
    sheet_print(&sheet, MESSAGE_COMMAND_NO_CATALOGUES);
    return true;
}
