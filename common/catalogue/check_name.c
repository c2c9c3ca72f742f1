#include <string.h>

#include "common/base/arena.h"
#include "common/base/messages.h"
#include "common/base/text.h"
#include "common/catalogue/check.h"
#include "common/catalogue/unit.h"

#define IT "it"

static bool is_column(const struct checker *checker, size_t item)
{
    if (checker->roster == CATALOGUE_NONE)
        return false;
    const struct form *roster = &checker->compiler->forms[checker->roster];
    return roster->key_item == item || form_position(roster, item) != CATALOGUE_NONE;
}

static size_t find_item(const struct checker *checker, const char *name)
{
    if (checker->it != CATALOGUE_NONE && text_equal(name, IT))
        return checker->it;
    return names_find(checker->compiler->names, NAME_ITEM, name);
}

bool check_is_word(const struct checker *checker, const struct syntax *syntax)
{
    if (syntax->kind != SYNTAX_NAME || syntax->shifted)
        return false;
    const struct names *names = checker->compiler->names;
    const char *name = syntax->token->text;
    return find_item(checker, name) == CATALOGUE_NONE &&
           names_find(names, NAME_INDICATOR, name) == CATALOGUE_NONE &&
           names_find(names, NAME_ATTRIBUTE, name) == CATALOGUE_NONE;
}

bool check_code(const struct checker *checker, const struct token *token, size_t list,
                struct code *out)
{
    const struct code_list *values = &checker->compiler->lists[list];
    if (code_list_parse(values, token->text, out))
        return true;
    const char *known = "";
    for (size_t i = 0; i < values->count && i < 12; i++)
        known = arena_format(checker->compiler->scratch, "%s%s%s", known, i == 0 ? "" : ", ",
                             words_say(&values->values[i].words));
    return report(&checker->compiler->reporter, token->place, MESSAGE_CODE_UNKNOWN, token->text,
                  values->name, known);
}

/* Whether a table holds the item, and whether anything does. */
static bool is_only_in_rosters(const struct checker *checker, size_t item)
{
    const struct catalogue *catalogue = checker->compiler->catalogue;
    bool in_roster = false;
    for (size_t i = 0; i < catalogue->form_count; i++) {
        const struct form *form = &catalogue->forms[i];
        bool holds = form->key_item == item || form_position(form, item) != CATALOGUE_NONE;
        if (holds && !form->roster)
            return false;
        in_roster = in_roster || holds;
    }
    return in_roster;
}

/* What a shift makes of the time basis. */
static bool apply_shift(const struct checker *checker, const struct syntax *syntax,
                        struct expression *expression)
{
    struct quantity *quantity = &expression->quantity;
    struct reporter *reporter = &checker->compiler->reporter;
    expression->shift = syntax->shift;
    if (syntax->shift.basis == SHIFT_AS_REPORTED)
        return true;
    if (expression->class != CLASS_NUMBER || quantity->kind != KIND_FLOW)
        return report(reporter, syntax->token->place, MESSAGE_SHIFT_NOT_FLOW, syntax->token->text);
    bool cumulative = quantity->basis == BASIS_CUMULATIVE;
    if ((syntax->shift.basis == SHIFT_CUMULATIVE) == cumulative)
        return report(reporter, syntax->token->place, MESSAGE_SHIFT_IS_SO, syntax->token->text);
    quantity->basis = cumulative ? BASIS_PERIOD : BASIS_CUMULATIVE;
    return true;
}

static enum expression_class class_of(enum item_type type)
{
    static const enum expression_class classes[] = {
        [ITEM_QUANTITY] = CLASS_NUMBER, [ITEM_CODE] = CLASS_CODE, [ITEM_DATE] = CLASS_DATE,
        [ITEM_FLAG] = CLASS_TRUTH,      [ITEM_TEXT] = CLASS_TEXT,
    };
    return classes[type];
}

static const struct expression *item_of(const struct checker *checker, const struct syntax *syntax,
                                        size_t number)
{
    const struct item *item = &checker->compiler->items[number];
    struct reporter *reporter = &checker->compiler->reporter;
    bool column = is_column(checker, number);
    if (column && syntax->shifted) {
        report(reporter, syntax->token->place, MESSAGE_SHIFT_COLUMN, item->name.chinese);
        return NULL;
    }
    if (!column && is_only_in_rosters(checker, number)) {
        report(reporter, syntax->token->place, MESSAGE_ITEM_ONLY_IN_ROSTER, item->name.chinese);
        return NULL;
    }
    struct expression *leaf = check_new(checker, syntax, column ? OPERATION_COLUMN : OPERATION_ITEM,
                                        class_of(item->type));
    leaf->item = number;
    leaf->form = column ? checker->roster : CATALOGUE_NONE;
    leaf->list = item->list;
    leaf->quantity = item->quantity;
    if (!apply_shift(checker, syntax, leaf))
        return NULL;
    if (item->type != ITEM_FLAG)
        return leaf;
    return check_operation(checker, syntax, OPERATION_FLAG, CLASS_TRUTH, leaf, NULL);
}

static const struct expression *indicator_of(const struct checker *checker,
                                             const struct syntax *syntax, size_t number)
{
    struct compiler *compiler = checker->compiler;
    size_t position = compiler->indicator_drafts[number].position;
    const struct indicator *indicator = &compiler->catalogue->indicators[position];
    if (indicator->roster != CATALOGUE_NONE && indicator->roster != checker->roster) {
        report(&compiler->reporter, syntax->token->place, MESSAGE_INDICATOR_OF_ROWS,
               indicator->name.chinese);
        return NULL;
    }
    if (indicator->roster != CATALOGUE_NONE && syntax->shifted) {
        report(&compiler->reporter, syntax->token->place, MESSAGE_SHIFT_COLUMN,
               indicator->name.chinese);
        return NULL;
    }
    if (!indicator->value)
        return NULL; /* its own mistake was reported */
    struct expression *leaf = check_new(checker, syntax, OPERATION_INDICATOR, CLASS_NUMBER);
    leaf->indicator = position;
    leaf->quantity = indicator->quantity;
    return apply_shift(checker, syntax, leaf) ? leaf : NULL;
}

static const struct expression *attribute_of(const struct checker *checker,
                                             const struct syntax *syntax, size_t number)
{
    const struct attribute *attribute = &checker->compiler->attributes[number];
    if (attribute->list == CATALOGUE_NONE)
        return NULL;
    if (syntax->shifted) {
        report(&checker->compiler->reporter, syntax->token->place, MESSAGE_SHIFT_ATTRIBUTE,
               attribute->name.chinese);
        return NULL;
    }
    struct expression *leaf = check_new(checker, syntax, OPERATION_ATTRIBUTE, CLASS_CODE);
    leaf->attribute = number;
    leaf->list = attribute->list;
    return leaf;
}

const struct expression *check_name(const struct checker *checker, const struct syntax *syntax)
{
    struct compiler *compiler = checker->compiler;
    const char *name = syntax->token->text;
    size_t item = find_item(checker, name);
    size_t indicator = names_find(compiler->names, NAME_INDICATOR, name);
    size_t attribute = names_find(compiler->names, NAME_ATTRIBUTE, name);
    if (item != CATALOGUE_NONE && is_column(checker, item))
        return item_of(checker, syntax, item);
    int meanings =
        (item != CATALOGUE_NONE) + (indicator != CATALOGUE_NONE) + (attribute != CATALOGUE_NONE);
    if (meanings > 1) {
        report(&compiler->reporter, syntax->token->place, MESSAGE_NAME_AMBIGUOUS, name);
        return NULL;
    }
    if (item != CATALOGUE_NONE)
        return item_of(checker, syntax, item);
    if (indicator != CATALOGUE_NONE)
        return indicator_of(checker, syntax, indicator);
    if (attribute != CATALOGUE_NONE)
        return attribute_of(checker, syntax, attribute);
    compiler_unknown(compiler,
                     NAME_BIT(NAME_ITEM) | NAME_BIT(NAME_INDICATOR) | NAME_BIT(NAME_ATTRIBUTE),
                     syntax->token, MESSAGE_AN_OPERAND);
    return NULL;
}

const struct expression *check_constant(const struct checker *checker, const struct syntax *syntax)
{
    bool date = syntax->kind == SYNTAX_DATE;
    struct expression *constant =
        check_new(checker, syntax, OPERATION_CONSTANT, date ? CLASS_DATE : CLASS_NUMBER);
    constant->constant = syntax->number;
    if (!unit_resolve(checker->compiler, &syntax->unit, &constant->quantity))
        return NULL;
    constant->unit = unit_syntax_text(checker->compiler, &syntax->unit);
    return constant;
}
