/* rule CODE mandatory|explain|hint "…" [each ROSTER | for ITEM …] { … } */

#include <string.h>

#include "common/base/arena.h"
#include "common/base/messages.h"
#include "common/base/text.h"
#include "common/catalogue/compiler.h"
#include "common/catalogue/declaration.h"

#define RULE_ITEMS_MAX 512

struct rule_body {
    struct compiler *compiler;
    struct rule_draft *draft;
};

/* clang-format off */
static const struct {
    const char *word;
    enum finding_class class;
} classes[] = {
    { "mandatory", FINDING_MANDATORY }, { "explain", FINDING_EXPLAIN }, { "hint", FINDING_HINT },
};

static const struct {
    const char *word;
    enum rule_builtin builtin;
} builtins[] = {
    { "zone_active", BUILTIN_ZONE_ACTIVE }, { "form_open", BUILTIN_FORM_OPEN },
    { "complete", BUILTIN_COMPLETE },       { "range", BUILTIN_RANGE },
    { "integer", BUILTIN_INTEGER },         { "signed", BUILTIN_SIGNED },
    { "version", BUILTIN_VERSION },         { "codes", BUILTIN_CODES },
    { "explanation", BUILTIN_EXPLANATION }, { "late", BUILTIN_LATE },
};
/* clang-format on */

static bool read_check(struct reader *reader, void *target)
{
    return (((struct rule_body *)target)->draft->check = syntax_read(reader)) != NULL;
}

static bool read_when(struct reader *reader, void *target)
{
    return (((struct rule_body *)target)->draft->when = syntax_read(reader)) != NULL;
}

static bool read_builtin(struct reader *reader, void *target)
{
    struct rule *rule = &((struct rule_body *)target)->draft->rule;
    for (size_t i = 0; i < COUNT_OF(builtins); i++)
        if (reader_accept_word(reader, builtins[i].word)) {
            rule->builtin = builtins[i].builtin;
            return true;
        }
    return reader_refuse(reader, MESSAGE_A_BUILTIN);
}

static bool read_advice(struct reader *reader, void *target)
{
    return reader_words(reader, &((struct rule_body *)target)->draft->rule.advice);
}

static bool read_cell(struct reader *reader, void *target)
{
    struct rule_body *body = target;
    const struct token *name;
    return reader_name(reader, MESSAGE_AN_ITEM, &name) &&
           compiler_find(body->compiler, NAME_ITEM, name, MESSAGE_AN_ITEM, &body->draft->rule.item);
}

static bool read_on(struct reader *reader, void *target)
{
    struct rule_body *body = target;
    struct rule *rule = &body->draft->rule;
    size_t *forms = arena_take(body->compiler->arena, RULE_FORMS_MAX, sizeof(*forms));
    rule->forms = forms;
    do {
        const struct token *name;
        if (rule->form_count == RULE_FORMS_MAX)
            return reader_refuse(reader, MESSAGE_A_PROPERTY);
        if (!reader_name(reader, MESSAGE_A_FORM, &name))
            return false;
        if (compiler_find(body->compiler, NAME_FORM, name, MESSAGE_A_FORM,
                          &forms[rule->form_count]))
            rule->form_count++;
        reader_accept(reader, ',');
    } while (reader_kind(reader) == TOKEN_NAME && !rule_is_word(reader->token->text));
    return true;
}

static bool read_at(struct reader *reader, void *target)
{
    struct rule *rule = &((struct rule_body *)target)->draft->rule;
    bool agent = reader_accept_word(reader, "agent");
    if (!agent && !reader_accept_word(reader, "aggregator"))
        return reader_refuse(reader, "agent | aggregator");
    rule->where = agent ? RULE_AGENT : RULE_AGGREGATOR;
    return true;
}

static bool read_since(struct reader *reader, void *target)
{
    return reader_period(reader, &((struct rule_body *)target)->draft->rule.since);
}

static bool read_until(struct reader *reader, void *target)
{
    return reader_period(reader, &((struct rule_body *)target)->draft->rule.until);
}

/* clang-format off */
static const struct property properties[] = {
    { "check", false, read_check },     { "when", false, read_when },
    { "builtin", false, read_builtin }, { "advice", false, read_advice },
    { "cell", false, read_cell },       { "on", false, read_on },
    { "at", false, read_at },           { "since", false, read_since },
    { "until", false, read_until },
};
/* clang-format on */

bool rule_is_word(const char *word)
{
    return declaration_has_word(properties, COUNT_OF(properties), word);
}

static bool read_class(struct reader *reader, struct rule *rule)
{
    for (size_t i = 0; i < COUNT_OF(classes); i++)
        if (reader_accept_word(reader, classes[i].word)) {
            rule->class = classes[i].class;
            return true;
        }
    return reader_refuse(reader, "mandatory | explain | hint");
}

static bool read_header(struct reader *reader, struct rule *rule)
{
    return reader_code(reader, MESSAGE_A_CODE, &rule->code) && read_class(reader, rule) &&
           reader_words(reader, &rule->words);
}

void rule_announce(struct compiler *compiler, struct reader *reader, size_t number)
{
    const struct token *token = reader->token;
    struct rule *rule = &compiler->rule_drafts[number].rule;
    *rule = (struct rule){ .roster = CATALOGUE_NONE, .item = CATALOGUE_NONE, .advice = { "", "" } };
    if (!read_header(reader, rule))
        return;
    rule->place = token->place;
    if (!names_add(compiler->names, NAME_RULE, token->text, number))
        report(&compiler->reporter, token->place, MESSAGE_NAME_TAKEN, token->text);
}

static bool read_items(struct compiler *compiler, struct reader *reader, struct rule_draft *draft)
{
    size_t *items = arena_take(compiler->scratch, RULE_ITEMS_MAX, sizeof(*items));
    draft->items = items;
    while (reader_kind(reader) == TOKEN_NAME) {
        const struct token *name = reader_take(reader);
        if (draft->item_count == RULE_ITEMS_MAX)
            return report(&compiler->reporter, name->place, MESSAGE_FORM_TOO_LONG, RULE_ITEMS_MAX);
        if (compiler_find(compiler, NAME_ITEM, name, MESSAGE_AN_ITEM, &items[draft->item_count]))
            draft->item_count++;
        reader_accept(reader, ',');
    }
    return draft->item_count > 0 || reader_refuse(reader, MESSAGE_AN_ITEM);
}

/* Either an expression or a builtin. */
static void check_body(struct compiler *compiler, const struct rule_draft *draft)
{
    bool builtin = draft->rule.builtin != BUILTIN_NONE;
    if (!builtin && !draft->check)
        report(&compiler->reporter, draft->rule.place, MESSAGE_WITHOUT_CHECK);
    if (builtin && (draft->check || draft->when || draft->item_count > 0))
        report(&compiler->reporter, draft->rule.place, MESSAGE_BUILTIN_WITH_CHECK);
}

void rule_read(struct compiler *compiler, struct reader *reader, size_t number)
{
    struct rule_draft *draft = &compiler->rule_drafts[number];
    struct rule_body body = { compiler, draft };
    struct rule header;
    const struct token *roster;
    if (draft->rule.place.line == 0 || !read_header(reader, &header))
        return;
    size_t before = report_count(&compiler->reporter);
    if (reader_accept_word(reader, "each")) {
        if (!reader_name(reader, MESSAGE_A_ROSTER, &roster))
            return;
        compiler_find(compiler, NAME_ROSTER, roster, MESSAGE_A_ROSTER, &draft->rule.roster);
    } else if (reader_accept_word(reader, "for") && !read_items(compiler, reader, draft)) {
        return;
    }
    declaration_read_body(reader, properties, COUNT_OF(properties), &body);
    if (report_count(&compiler->reporter) == before)
        check_body(compiler, draft);
}
