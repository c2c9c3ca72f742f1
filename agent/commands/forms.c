#include <stdio.h>
#include <string.h>

#include "agent/commands/commands.h"
#include "agent/commands/sheet.h"
#include "agent/commands/workplace.h"
#include "agent/editing.h"
#include "agent/entry/template.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/catalogue/catalogue.h"
#include "common/model/day.h"
#include "common/storage/transaction.h"

/* clang-format off */
static const struct sheet_column list_columns[] = {
    { "form",   WORDS_COLUMN_FORM,     false },
    { "name",   WORDS_COLUMN_NAME,     false },
    { "period", WORDS_COLUMN_PERIOD,   false },
    { "due",    WORDS_COLUMN_DUE,      false },
    { "days",   WORDS_COLUMN_DAYS,     true },
    { "stage",  WORDS_COLUMN_STAGE,    false },
};
static const struct sheet_column item_columns[] = {
    { "item",    WORDS_COLUMN_ITEM,    false },
    { "name",    WORDS_COLUMN_NAME,    false },
    { "unit",    WORDS_COLUMN_UNIT,    false },
    { "section", WORDS_COLUMN_SECTION, false },
};
/* clang-format on */

struct task_list {
    struct workplace *workplace;
    struct transaction *txn;
    struct sheet *sheet;
    int64_t today;
};

static bool list_task(struct task_list *list, const struct form *form, struct period period,
                      struct error *err)
{
    char code[CODE_TEXT_SIZE], text[PERIOD_TEXT_SIZE], day[DAY_TEXT_SIZE];
    struct return_id id = { form->code, period };
    int64_t due = deadline_day(form->due, period);
    enum stage stage;
    if (!editing_stage(list->workplace->agent, list->txn, id, &stage, err))
        return false;
    sheet_cell(list->sheet, code_text(form->code, code));
    sheet_cell(list->sheet, words_say(&form->name));
    sheet_cell(list->sheet, period_text(period, text));
    sheet_cell(list->sheet, day_text(due, day));
    if (stage == STAGE_ACCEPTED || stage == STAGE_LOCKED)
        sheet_cell(list->sheet, "");
    else
        sheet_format(list->sheet, "%lld", (long long)(due - list->today));
    sheet_cell(list->sheet, list->sheet->listing ? stage_words(stage) : stage_name(stage));
    return true;
}

/* The last period of the form that has ended; false when there is none. */
static bool last_period(const struct form *form, int64_t today, struct period *out)
{
    int year, month, day;
    day_to_date(today, &year, &month, &day);
    if (year < PERIOD_YEAR_MIN || year > PERIOD_YEAR_MAX)
        return false;
    *out = form->frequency == FREQUENCY_YEAR      ? period_of_year(year)
           : form->frequency == FREQUENCY_QUARTER ? period_of_quarter(year, (month + 2) / 3)
                                                  : period_of_month(year, month);
    while (period_last_day(*out) >= today || !form_reports(form, *out))
        if (!period_shift(*out, -1, out))
            return false;
    return true;
}

static bool list_tasks(struct task_list *list, const char *period_given, struct error *err)
{
    const struct catalogue *catalogue = list->workplace->catalogue;
    struct period period;
    if (period_given && !period_parse(period_given, &period))
        return error_set(err, ERROR_USAGE, MESSAGE_COMMAND_PERIOD, period_given);
    for (size_t i = 0; i < catalogue->form_count; i++) {
        const struct form *form = &catalogue->forms[i];
        bool wanted =
            period_given ? form_reports(form, period) : last_period(form, list->today, &period);
        if (wanted && !list_task(list, form, period, err))
            return false;
    }
    return transaction_check(list->txn, err);
}

bool command_form_list(const struct arguments *arguments, struct error *err)
{
    CLEANUP(workplace_close) struct workplace workplace = { 0 };
    CLEANUP(sheet_end) struct sheet sheet = { 0 };
    if (!sheet_begin(arguments, list_columns, COUNT_OF(list_columns), &sheet, err) ||
        !workplace_open(arguments, &workplace, err))
        return false;
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(workplace.agent->store.database);
    struct task_list list = { &workplace, txn, &sheet, day_of_utc(agent_utc_ms(workplace.agent)) };
    if (!list_tasks(&list, arguments_option(arguments, "period"), err))
        return false;
    sheet_print(&sheet, MESSAGE_COMMAND_NO_FORMS);
    return true;
}

static void show_items(const struct catalogue *catalogue, const struct form *form,
                       struct sheet *sheet)
{
    char code[CODE_TEXT_SIZE];
    for (size_t i = 0; i < form->section_count; i++) {
        const struct section *section = &form->sections[i];
        for (size_t j = section->first; j < section->first + section->count; j++) {
            const struct item *item = &catalogue->items[form->items[j]];
            sheet_cell(sheet, code_text(item->code, code));
            sheet_cell(sheet, words_say(&item->name));
            sheet_cell(sheet, item->unit_text ? item->unit_text : "");
            sheet_cell(sheet, words_say(&section->title));
        }
    }
}

static void show_roles(const struct form *form)
{
    char code[CODE_TEXT_SIZE];
    for (size_t i = 0; i < form->role_count; i++)
        printf(MESSAGE_COMMAND_ROLE, i + 1, words_say(&form->roles[i].words),
               code_text(form->roles[i].code, code));
}

bool command_form_show(const struct arguments *arguments, struct error *err)
{
    CLEANUP(workplace_close) struct workplace workplace = { 0 };
    CLEANUP(sheet_end) struct sheet sheet = { 0 };
    size_t number;
    char code[CODE_TEXT_SIZE];
    if (!sheet_begin(arguments, item_columns, COUNT_OF(item_columns), &sheet, err) ||
        !workplace_open(arguments, &workplace, err) ||
        !workplace_form(workplace.catalogue, arguments->operands[0], &number, err))
        return false;
    const struct form *form = &workplace.catalogue->forms[number];
    if (sheet.listing) {
        printf("%s %s\n", code_text(form->code, code), words_say(&form->name));
        show_roles(form);
    }
    show_items(workplace.catalogue, form, &sheet);
    sheet_print(&sheet, "");
    return true;
}

bool command_template(const struct arguments *arguments, struct error *err)
{
    CLEANUP(workplace_close) struct workplace workplace = { 0 };
    CLEANUP(text_builder_free) struct text_builder text = { 0 };
    const char *output = arguments_option(arguments, "output");
    size_t form;
    struct return_id id;
    if (!workplace_open(arguments, &workplace, err) ||
        !workplace_return(&workplace, arguments, &form, &id, err))
        return false;
    template_write(workplace.catalogue, form, NULL, &text);
    if (!workplace_output(output, (struct bytes){ text.text, text.size }, err))
        return false;
    if (output)
        printf(MESSAGE_COMMAND_TEMPLATE_DONE, output);
    return true;
}
