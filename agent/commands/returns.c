#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "agent/commands/commands.h"
#include "agent/commands/sheet.h"
#include "agent/commands/workplace.h"
#include "agent/editing.h"
#include "agent/sealing.h"
#include "agent/withdrawal.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/catalogue/catalogue.h"

#define REASONS_LIST "说明原因" /* of the catalogue */

/* clang-format off */
static const struct sheet_column finding_columns[] = {
    { "class",     WORDS_COLUMN_CLASS,     false },
    { "rule",      WORDS_COLUMN_RULE,      false },
    { "row",       WORDS_COLUMN_ROW,       false },
    { "item",      WORDS_COLUMN_ITEM,      false },
    { "explained", WORDS_COLUMN_EXPLAINED, false },
    { "words",     WORDS_COLUMN_WORDS,     false },
    { "evidence",  WORDS_COLUMN_EVIDENCE,  false },
    { "advice",    WORDS_COLUMN_ADVICE,    false },
};
/* clang-format on */

static void add_finding(struct sheet *sheet, const struct finding *finding)
{
    char rule[CODE_TEXT_SIZE], item[CODE_TEXT_SIZE];
    static const struct words yes = WORDS_YES;
    bool csv = !sheet->listing;
    sheet_cell(sheet,
               csv ? finding_class_name(finding->class) : finding_class_words(finding->class));
    sheet_cell(sheet, code_text(finding->rule, rule));
    sheet_cell(sheet, finding->row_key);
    sheet_cell(sheet, finding->item.packed ? code_text(finding->item, item) : "");
    sheet_cell(sheet, !finding->explained ? "" : csv ? "yes" : words_say(&yes));
    sheet_cell(sheet, finding->words);
    sheet_cell(sheet, finding->evidence);
    sheet_cell(sheet, finding->advice);
}

/* For a person three lines a finding: sentences do not fit in columns. */
static void print_finding(const struct finding *finding)
{
    char rule[CODE_TEXT_SIZE], item[CODE_TEXT_SIZE];
    printf("[%s] %s %s %s %s%s\n", finding_class_words(finding->class),
           code_text(finding->rule, rule), finding->row_key,
           finding->item.packed ? code_text(finding->item, item) : "", finding->words,
           finding->explained ? MESSAGE_COMMAND_EXPLAINED : "");
    if (finding->evidence && *finding->evidence)
        printf("    %s\n", finding->evidence);
    if (finding->advice && *finding->advice)
        printf("    %s\n", finding->advice);
}

static void print_summary(const struct editing_check *check, const struct return_id *id)
{
    char form[CODE_TEXT_SIZE], period[PERIOD_TEXT_SIZE];
    printf(MESSAGE_COMMAND_CHECKED, code_text(id->form, form), period_text(id->period, period),
           findings_count(&check->findings, FINDING_MANDATORY),
           findings_count(&check->findings, FINDING_EXPLAIN),
           findings_count(&check->findings, FINDING_HINT));
    printf(findings_block(&check->findings) ? MESSAGE_COMMAND_CHECK_BLOCKS
                                            : MESSAGE_COMMAND_CHECK_PASSES);
    if (!check->zone_known)
        printf(MESSAGE_COMMAND_ZONE_UNKNOWN);
    workplace_print_loss(check->loss);
}

bool command_check(const struct arguments *arguments, struct error *err)
{
    CLEANUP(workplace_close) struct workplace workplace = { 0 };
    CLEANUP(sheet_end) struct sheet sheet = { 0 };
    size_t form;
    struct return_id id;
    struct editing_check check = { .zone_known = false };
    if (!sheet_begin(arguments, finding_columns, COUNT_OF(finding_columns), &sheet, err) ||
        !workplace_open(arguments, &workplace, err) ||
        !workplace_return(&workplace, arguments, &form, &id, err) ||
        !editing_check(workplace.agent, id, workplace.arena, &check, err))
        return false;
    for (size_t i = 0; i < check.findings.count; i++) {
        if (sheet.listing)
            print_finding(&check.findings.items[i]);
        else
            add_finding(&sheet, &check.findings.items[i]);
    }
    if (sheet.listing)
        print_summary(&check, &id);
    else
        sheet_print(&sheet, "");
    return true;
}

/* By code or word, from the catalogue's list of reasons. */
static bool parse_reason(const struct catalogue *catalogue, const char *text, struct code *out,
                         struct error *err)
{
    for (size_t i = 0; i < catalogue->list_count; i++)
        if (strcmp(catalogue->lists[i].name, REASONS_LIST) == 0)
            return code_list_parse(&catalogue->lists[i], text, out) ||
                   error_set(err, ERROR_REFUSED, MESSAGE_COMMAND_REASON, text);
    return code_parse(text, strlen(text), out) ||
           error_set(err, ERROR_REFUSED, MESSAGE_COMMAND_REASON, text);
}

bool command_explain(const struct arguments *arguments, struct error *err)
{
    CLEANUP(workplace_close) struct workplace workplace = { 0 };
    const char *rule = arguments->operands[2], *row = arguments_option(arguments, "row");
    const char *reason = workplace_need(arguments, "reason", err);
    const char *text = reason ? workplace_need(arguments, "text", err) : NULL;
    struct explanation explanation = { .row_key = row ? row : "", .text = text };
    struct draft_loss loss;
    struct return_id id;
    size_t form;
    if (!text || !workplace_open(arguments, &workplace, err) ||
        !workplace_return(&workplace, arguments, &form, &id, err) ||
        !parse_reason(workplace.catalogue, reason, &explanation.reason, err))
        return false;
    if (!code_parse(rule, strlen(rule), &explanation.rule) ||
        catalogue_rule(workplace.catalogue, explanation.rule) == CATALOGUE_NONE)
        return error_set(err, ERROR_REFUSED, MESSAGE_COMMAND_RULE, rule);
    if (strlen(explanation.row_key) > SUBMISSION_ROW_KEY_SIZE_MAX)
        return error_set(err, ERROR_REFUSED, MESSAGE_COMMAND_ROW, row);
    if (!editing_explain(workplace.agent, id, &explanation, &loss, err))
        return false;
    printf(MESSAGE_COMMAND_EXPLAIN_DONE, rule);
    workplace_print_loss(loss);
    return true;
}

static bool parse_role(const struct form *form, const char *text, struct code *out,
                       struct error *err)
{
    char code[CODE_TEXT_SIZE];
    for (size_t i = 0; i < form->role_count; i++) {
        const struct code_value *role = &form->roles[i];
        if (strcmp(code_text(role->code, code), text) == 0 || words_match(&role->words, text)) {
            *out = role->code;
            return true;
        }
    }
    return error_set(err, ERROR_REFUSED, MESSAGE_DRAFT_UNKNOWN_ROLE, text);
}

static const char *role_name(const struct form *form, struct code role)
{
    for (size_t i = 0; i < form->role_count; i++)
        if (code_equal(form->roles[i].code, role))
            return words_say(&form->roles[i].words);
    return "";
}

bool command_sign(const struct arguments *arguments, struct error *err)
{
    CLEANUP(workplace_close) struct workplace workplace = { 0 };
    const char *role_text = workplace_need(arguments, "role", err);
    const char *name = role_text ? workplace_need(arguments, "name", err) : NULL;
    struct return_id id;
    struct code role, next;
    size_t number;
    if (!name || !workplace_open(arguments, &workplace, err) ||
        !workplace_return(&workplace, arguments, &number, &id, err))
        return false;
    const struct form *form = &workplace.catalogue->forms[number];
    if (!parse_role(form, role_text, &role, err) ||
        !editing_sign(workplace.agent, id, role, name, &next, err))
        return false;
    printf(MESSAGE_COMMAND_SIGNED, role_name(form, role), name);
    if (next.packed)
        printf(MESSAGE_COMMAND_SIGN_NEXT, role_name(form, next));
    else
        printf(MESSAGE_COMMAND_SIGN_LAST);
    return true;
}

bool command_seal(const struct arguments *arguments, struct error *err)
{
    CLEANUP(workplace_close) struct workplace workplace = { 0 };
    char form[CODE_TEXT_SIZE], period[PERIOD_TEXT_SIZE], hash[DIGEST_TEXT_SIZE];
    struct return_id id;
    struct sealing sealing;
    size_t number;
    if (!workplace_open(arguments, &workplace, err) ||
        !workplace_return(&workplace, arguments, &number, &id, err))
        return false;
    bool sealed = sealing_seal(workplace.agent, id, workplace.arena, &sealing, err);
    for (size_t i = 0; i < sealing.findings.count && !sealed; i++)
        print_finding(&sealing.findings.items[i]);
    if (!sealed)
        return false;
    printf(MESSAGE_COMMAND_SEALED, code_text(id.form, form), period_text(id.period, period),
           sealing.version, sealing.sequence, digest_text(&sealing.hash, hash));
    return true;
}

bool command_withdraw(const struct arguments *arguments, struct error *err)
{
    CLEANUP(workplace_close) struct workplace workplace = { 0 };
    const char *reason = workplace_need(arguments, "reason", err);
    char form_code[CODE_TEXT_SIZE], period[PERIOD_TEXT_SIZE];
    struct withdrawn withdrawn;
    struct return_id id;
    size_t form;
    if (!reason || !workplace_open(arguments, &workplace, err) ||
        !workplace_return(&workplace, arguments, &form, &id, err) ||
        !withdrawal_seal(workplace.agent, id, reason, workplace.arena, &withdrawn, err))
        return false;
    printf(MESSAGE_COMMAND_WITHDRAWN, code_text(id.form, form_code), period_text(id.period, period),
           withdrawn.version, withdrawn.sequence);
    return true;
}
