#include "common/catalogue/rule_forms.h"

#include <string.h>

#include "common/base/arena.h"
#include "common/base/messages.h"
#include "common/catalogue/check.h"

#define RULES_MAX 4096

void requirements_check(struct compiler *compiler)
{
    for (size_t i = 0; i < compiler->catalogue->requirement_count; i++) {
        struct requirement *requirement = &compiler->requirements[i];
        const struct requirement_draft *draft = &compiler->requirement_drafts[i];
        struct checker checker = { compiler, requirement->roster, CATALOGUE_NONE };
        if (draft->when)
            requirement->when = check_truth(&checker, draft->when);
        if (draft->check)
            requirement->check = check_truth(&checker, draft->check);
    }
}

static bool is_unshifted(const struct expression *expression)
{
    const struct shift *shift = &expression->shift;
    return shift->years == 0 && shift->steps == 0 && shift->part_number == 0;
}

static void mark_tables(const struct catalogue *catalogue, size_t item, bool *forms)
{
    for (size_t i = 0; i < catalogue->form_count; i++)
        if (!catalogue->forms[i].roster &&
            form_position(&catalogue->forms[i], item) != CATALOGUE_NONE)
            forms[i] = true;
}

/* The tables that hold what is read of the period itself. */
static void mark_forms(const struct catalogue *catalogue, const struct expression *expression,
                       bool *forms)
{
    if (!expression)
        return;
    if (expression->operation == OPERATION_ITEM && is_unshifted(expression))
        mark_tables(catalogue, expression->item, forms);
    if (expression->operation == OPERATION_INDICATOR && is_unshifted(expression)) {
        const struct indicator *indicator = &catalogue->indicators[expression->indicator];
        for (size_t i = 0; i < indicator->leaf_count; i++)
            mark_tables(catalogue, indicator->leaves[i], forms);
    }
    mark_forms(catalogue, expression->left, forms);
    mark_forms(catalogue, expression->right, forms);
    mark_forms(catalogue, expression->third, forms);
}

/* The rosters whose rows are summed or counted. */
static void mark_rosters(const struct expression *expression, bool *forms)
{
    if (!expression)
        return;
    bool rows = expression->operation >= OPERATION_ROWS_COUNT &&
                expression->operation <= OPERATION_ROWS_LARGEST;
    if (rows)
        forms[expression->form] = true;
    mark_rosters(expression->left, forms);
    mark_rosters(expression->right, forms);
    mark_rosters(expression->third, forms);
}

static size_t count_marked(const bool *forms, size_t count)
{
    size_t marked = 0;
    for (size_t i = 0; i < count; i++)
        marked += forms[i];
    return marked;
}

/* A builtin judges all forms, a rule of rows their roster, any other the forms of its items. */
static void derive_forms(struct compiler *compiler, struct rule *rule)
{
    const struct catalogue *catalogue = compiler->catalogue;
    size_t count = catalogue->form_count;
    bool *forms = arena_take(compiler->scratch, count, sizeof(*forms));
    if (rule->form_count > 0)
        return;
    if (rule->builtin != BUILTIN_NONE)
        memset(forms, true, count * sizeof(*forms));
    else if (rule->roster != CATALOGUE_NONE)
        forms[rule->roster] = true;
    else
        mark_forms(catalogue, rule->check, forms);
    if (count_marked(forms, count) == 0)
        mark_rosters(rule->check, forms);

    size_t *numbers = arena_take(compiler->arena, count_marked(forms, count), sizeof(*numbers));
    for (size_t i = 0; i < count; i++)
        if (forms[i])
            numbers[rule->form_count++] = i;
    rule->forms = numbers;
    if (rule->form_count == 0)
        report(&compiler->reporter, rule->place, MESSAGE_RULE_WITHOUT_FORM);
}

/* The first item that is read, from left to right. */
static size_t first_item(const struct expression *expression)
{
    if (!expression)
        return CATALOGUE_NONE;
    if (expression->operation == OPERATION_ITEM || expression->operation == OPERATION_COLUMN)
        return expression->item;
    size_t item = first_item(expression->left);
    if (item == CATALOGUE_NONE)
        item = first_item(expression->right);
    return item == CATALOGUE_NONE ? first_item(expression->third) : item;
}

/* `it`: the item of a `for`, or none. */
static void check_rule(struct compiler *compiler, const struct rule_draft *draft, size_t it,
                       struct rule *out)
{
    struct checker checker = { compiler, draft->rule.roster, it };
    *out = draft->rule;
    if (draft->when)
        out->when = check_truth(&checker, draft->when);
    if (draft->check)
        out->check = check_truth(&checker, draft->check);
    if (it != CATALOGUE_NONE)
        out->item = it;
    else if (out->item == CATALOGUE_NONE)
        out->item = first_item(out->check);
    bool complete = out->builtin != BUILTIN_NONE || out->check;
    if (complete)
        derive_forms(compiler, out);
}

void rules_check(struct compiler *compiler)
{
    size_t count = 0;
    for (size_t i = 0; i < compiler->rule_draft_count; i++) {
        size_t items = compiler->rule_drafts[i].item_count;
        count += items > 0 ? items : 1;
        if (count > RULES_MAX) {
            report(&compiler->reporter, compiler->rule_drafts[i].rule.place,
                   MESSAGE_DECLARATIONS_TOO_MANY, RULES_MAX);
            return;
        }
    }
    struct rule *rules = arena_take(compiler->arena, count, sizeof(*rules));
    size_t done = 0;
    for (size_t i = 0; i < compiler->rule_draft_count; i++) {
        const struct rule_draft *draft = &compiler->rule_drafts[i];
        if (draft->item_count == 0)
            check_rule(compiler, draft, CATALOGUE_NONE, &rules[done++]);
        for (size_t k = 0; k < draft->item_count; k++)
            check_rule(compiler, draft, draft->items[k], &rules[done++]);
    }
    compiler->catalogue->rules = rules;
    compiler->catalogue->rule_count = count;
}
