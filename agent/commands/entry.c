#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent/commands/commands.h"
#include "agent/commands/workplace.h"
#include "agent/editing.h"
#include "agent/entry/difference.h"
#include "agent/entry/import.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/catalogue/catalogue.h"
#include "common/format/figure.h"
#include "common/model/day.h"
#include "common/model/value.h"
#include "common/storage/file.h"
#include "common/storage/transaction.h"

#define CHANGES_SHOWN_MAX 200

static void print_notes(const struct import_notes *notes, const char *heading, FILE *output)
{
    if (notes->count == 0)
        return;
    fprintf(output, "%s\n", heading);
    for (size_t i = 0; i < notes->count; i++)
        fprintf(output, "  %s\n", notes->items[i].text);
    if (notes->omitted > 0)
        fprintf(output, MESSAGE_COMMAND_MORE, notes->omitted);
}

static bool read_file(struct workplace *workplace, const struct arguments *arguments,
                      struct import *out, struct error *err)
{
    const char *path = arguments->operands[0];
    const char *form = arguments_option(arguments, "form");
    const char *period = arguments_option(arguments, "period");
    struct import_request request = { .catalogue = workplace->catalogue,
                                      .file_name = path,
                                      .form = CATALOGUE_NONE };
    if (form && !workplace_form(workplace->catalogue, form, &request.form, err))
        return false;
    if (period && !period_parse(period, &request.period))
        return error_set(err, ERROR_USAGE, MESSAGE_COMMAND_PERIOD, period);
    if (!file_read(path, IMPORT_SIZE_MAX, workplace->arena, &request.content, err))
        return false;
    *out = import_read(&request, workplace->arena);
    print_notes(&out->notices, MESSAGE_COMMAND_IMPORT_NOTICES, stdout);
    print_notes(&out->problems, MESSAGE_COMMAND_IMPORT_PROBLEMS, stderr);
    if (!import_is_clean(out))
        return error_set(err, ERROR_REFUSED, MESSAGE_COMMAND_IMPORT_REFUSED,
                         out->problems.count + out->problems.omitted);
    return true;
}

/* What the file changes, against what is there. */
static bool show_difference(struct workplace *workplace, const struct import *import,
                            struct difference *out, enum editing_origin *out_origin,
                            struct error *err)
{
    struct draft draft;
    struct return_id id = { import->submission.form, import->submission.period };
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(workplace->agent->store.database);
    if (!editing_load(workplace->agent, txn, id, workplace->arena, &draft, out_origin, err))
        return false;
    *out = difference_of(workplace->catalogue, import->form,
                         *out_origin == EDITING_NOTHING ? NULL : &draft.submission,
                         &import->submission, workplace->arena);
    difference_print(out, workplace->catalogue, CHANGES_SHOWN_MAX, stdout);
    return true;
}

/* New figures may be stored at once; replacing some needs a yes. Never waits without a person. */
static bool confirm(const struct difference *difference, enum editing_origin origin,
                    const char *yes, struct error *err)
{
    char answer[16];
    size_t replaced = difference->counts[CHANGE_CHANGED] + difference->counts[CHANGE_REMOVED];
    if (yes || origin == EDITING_NOTHING || replaced == 0)
        return true;
    if (!isatty(STDIN_FILENO))
        return error_set(err, ERROR_REFUSED, MESSAGE_COMMAND_NEEDS_YES, replaced);
    printf(MESSAGE_COMMAND_CONFIRM, replaced);
    fflush(stdout);
    if (fgets(answer, sizeof answer, stdin) && (answer[0] == 'y' || answer[0] == 'Y'))
        return true;
    return error_set(err, ERROR_REFUSED, MESSAGE_COMMAND_NOT_CONFIRMED);
}

bool command_import(const struct arguments *arguments, struct error *err)
{
    CLEANUP(workplace_close) struct workplace workplace = { 0 };
    struct import import;
    struct difference difference;
    struct draft_loss loss;
    enum editing_origin origin;
    char form[CODE_TEXT_SIZE], period[PERIOD_TEXT_SIZE];
    if (!workplace_open(arguments, &workplace, err) ||
        !read_file(&workplace, arguments, &import, err) ||
        !show_difference(&workplace, &import, &difference, &origin, err))
        return false;
    code_text(import.submission.form, form);
    period_text(import.submission.period, period);
    if (arguments_option(arguments, "dry-run")) {
        printf(MESSAGE_COMMAND_DRY_RUN);
        return true;
    }
    if (!confirm(&difference, origin, arguments_option(arguments, "yes"), err) ||
        !editing_replace(workplace.agent, &import.submission, workplace.arena, &loss, err))
        return false;
    printf(MESSAGE_COMMAND_STORED, form, period);
    workplace_print_loss(loss);
    return true;
}

static bool parse_status(const char *text, enum value_status *out)
{
    for (int status = 0; status < VALUE_STATUS_COUNT; status++)
        if (strcmp(text, value_status_name((enum value_status)status)) == 0 ||
            strcmp(text, value_status_words((enum value_status)status)) == 0) {
            *out = (enum value_status)status;
            return true;
        }
    return false;
}

static bool parse_quantity(const struct item *item, const char *text, int64_t *out)
{
    struct figure figure;
    if (figure_read(bytes_of_text(text), &figure) != FIGURE_OK)
        return false;
    if (*figure.unit && strcmp(figure.unit, item->unit_text) != 0)
        return false;
    return figure_mantissa(&figure, 0, item->decimals, out) == DECIMAL_OK;
}

static bool parse_flag(const char *text, int64_t *out)
{
    static const struct {
        const char *text;
        int64_t flag;
    } flags[] = { { "是", 1 }, { "否", 0 }, { "yes", 1 }, { "no", 0 }, { "1", 1 }, { "0", 0 } };
    for (size_t i = 0; i < COUNT_OF(flags); i++)
        if (strcmp(text, flags[i].text) == 0) {
            *out = flags[i].flag;
            return true;
        }
    return false;
}

static bool parse_figure(const struct catalogue *catalogue, const struct item *item,
                         const char *text, int64_t *out)
{
    struct code code;
    switch (item->type) {
    case ITEM_QUANTITY:
        return parse_quantity(item, text, out);
    case ITEM_CODE:
        if (!code_list_parse(&catalogue->lists[item->list], text, &code))
            return false;
        *out = (int64_t)code.packed;
        return true;
    case ITEM_DATE:
        return day_parse(text, out);
    case ITEM_FLAG:
        return parse_flag(text, out);
    case ITEM_TEXT:
        return false;
    }
    return false;
}

/* A figure, a word for why there is none, or both a figure and what kind it is (--status). */
static bool parse_value(const struct catalogue *catalogue, const struct item *item,
                        const struct arguments *arguments, struct value *out, struct error *err)
{
    const char *text = arguments->operands[3], *given = arguments_option(arguments, "status");
    enum value_status status = VALUE_PRESENT;
    *out = (struct value){ 0 };
    if (given && (!parse_status(given, &status) || !value_status_has_figure(status)))
        return error_set(err, ERROR_REFUSED, MESSAGE_COMMAND_STATUS, given);
    if (!given && parse_status(text, &status) && !value_status_has_figure(status)) {
        out->status = (uint8_t)status;
        return true;
    }
    out->status = (uint8_t)status;
    if (parse_figure(catalogue, item, text, &out->mantissa))
        return true;
    return error_set(err, ERROR_REFUSED, MESSAGE_COMMAND_VALUE, words_say(&item->name), text,
                     item->unit_text ? item->unit_text : "", item->decimals);
}

bool command_set(const struct arguments *arguments, struct error *err)
{
    CLEANUP(workplace_close) struct workplace workplace = { 0 };
    const char *name = arguments->operands[2];
    size_t form;
    struct return_id id;
    struct code code;
    struct value value;
    struct draft_loss loss;
    if (!workplace_open(arguments, &workplace, err) ||
        !workplace_return(&workplace, arguments, &form, &id, err))
        return false;
    const struct catalogue *catalogue = workplace.catalogue;
    if (catalogue->forms[form].roster)
        return error_set(err, ERROR_REFUSED, MESSAGE_COMMAND_SET_ROSTER);
    size_t item =
        code_parse(name, strlen(name), &code) ? catalogue_item(catalogue, code) : CATALOGUE_NONE;
    if (item == CATALOGUE_NONE || form_position(&catalogue->forms[form], item) == CATALOGUE_NONE)
        return error_set(err, ERROR_REFUSED, MESSAGE_COMMAND_ITEM, name);
    if (!parse_value(catalogue, &catalogue->items[item], arguments, &value, err) ||
        !editing_set(workplace.agent, id, code, value, &loss, err))
        return false;
    printf(MESSAGE_COMMAND_SET_DONE, words_say(&catalogue->items[item].name));
    workplace_print_loss(loss);
    return true;
}
