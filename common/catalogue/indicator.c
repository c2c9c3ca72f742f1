/* indicator CODE "…" [each ROSTER] { … } */

#include "common/base/decimal.h"
#include "common/base/messages.h"
#include "common/base/text.h"
#include "common/catalogue/compiler.h"
#include "common/catalogue/declaration.h"
#include "common/catalogue/unit.h"

struct indicator_body {
    struct compiler *compiler;
    struct indicator_draft *draft;
};

static bool read_unit(struct reader *reader, void *target)
{
    struct indicator_body *body = target;
    struct unit_syntax unit = { 0 };
    struct indicator *indicator = &body->draft->indicator;
    if (!syntax_read_unit(reader, &unit) ||
        !unit_resolve(body->compiler, &unit, &indicator->quantity))
        return false;
    indicator->unit_text = unit_syntax_text(body->compiler, &unit);
    return true;
}

static bool read_decimals(struct reader *reader, void *target)
{
    return reader_integer(reader, 0, DECIMAL_DECIMALS_MAX,
                          &((struct indicator_body *)target)->draft->indicator.decimals);
}

static bool read_dimension(struct reader *reader, void *target)
{
    return reader_words(reader, &((struct indicator_body *)target)->draft->indicator.dimension);
}

static bool read_better(struct reader *reader, void *target)
{
    struct indicator *indicator = &((struct indicator_body *)target)->draft->indicator;
    if (reader_accept_word(reader, "higher"))
        indicator->better = BETTER_HIGHER;
    else if (reader_accept_word(reader, "lower"))
        indicator->better = BETTER_LOWER;
    else
        return reader_refuse(reader, "higher | lower");
    return true;
}

static bool read_weight(struct reader *reader, void *target)
{
    return reader_number(reader, &((struct indicator_body *)target)->draft->indicator.weight);
}

static bool read_cite(struct reader *reader, void *target)
{
    return reader_string(reader, &((struct indicator_body *)target)->draft->indicator.cite);
}

static bool read_value(struct reader *reader, void *target)
{
    return (((struct indicator_body *)target)->draft->value = syntax_read(reader)) != NULL;
}

/* clang-format off */
static const struct property properties[] = {
    { "unit", false, read_unit },     { "decimals", false, read_decimals },
    { "dimension", false, read_dimension }, { "better", false, read_better },
    { "weight", false, read_weight }, { "cite", false, read_cite },
    { "value", false, read_value },
};
/* clang-format on */

bool indicator_is_word(const char *word)
{
    return declaration_has_word(properties, COUNT_OF(properties), word);
}

void indicator_announce(struct compiler *compiler, struct reader *reader, size_t number)
{
    const struct token *token = reader->token;
    struct indicator *indicator = &compiler->indicator_drafts[number].indicator;
    *indicator = (struct indicator){ .roster = CATALOGUE_NONE,
                                     .unit_text = "",
                                     .cite = "",
                                     .dimension = { "", "" },
                                     .weight = number_of(0) };
    if (!reader_code(reader, MESSAGE_A_CODE, &indicator->code) ||
        !reader_words(reader, &indicator->name))
        return;
    indicator->place = token->place;
    if (!names_add(compiler->names, NAME_INDICATOR, token->text, number))
        report(&compiler->reporter, token->place, MESSAGE_NAME_TAKEN, token->text);
    else if (!text_equal(token->text, indicator->name.chinese) &&
             !names_add(compiler->names, NAME_INDICATOR, indicator->name.chinese, number))
        report(&compiler->reporter, token->place, MESSAGE_NAME_TAKEN, indicator->name.chinese);
}

/* "each 项目" behind the words of an indicator or requirement. */
static bool read_each(struct compiler *compiler, struct reader *reader, size_t *out)
{
    const struct token *roster;
    if (!reader_accept_word(reader, "each"))
        return true;
    if (!reader_name(reader, MESSAGE_A_ROSTER, &roster))
        return false;
    compiler_find(compiler, NAME_ROSTER, roster, MESSAGE_A_ROSTER, out);
    return true;
}

void indicator_read(struct compiler *compiler, struct reader *reader, size_t number)
{
    struct indicator_draft *draft = &compiler->indicator_drafts[number];
    struct indicator_body body = { compiler, draft };
    struct indicator *indicator = &draft->indicator;
    struct code code;
    struct words words;
    if (indicator->place.line == 0 || !reader_code(reader, MESSAGE_A_CODE, &code) ||
        !reader_words(reader, &words) || !read_each(compiler, reader, &indicator->roster))
        return;
    size_t before = report_count(&compiler->reporter);
    declaration_read_body(reader, properties, COUNT_OF(properties), &body);
    if (report_count(&compiler->reporter) == before && !draft->value)
        report(&compiler->reporter, indicator->place, MESSAGE_WITHOUT_VALUE);
}
