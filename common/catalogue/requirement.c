/* requirement CODE "…" [each ROSTER] { cite … severity … when … check … } */

#include "common/base/messages.h"
#include "common/base/text.h"
#include "common/catalogue/compiler.h"
#include "common/catalogue/declaration.h"

struct requirement_body {
    struct requirement *requirement;
    struct requirement_draft *draft;
    bool has_severity;
};

static bool read_cite(struct reader *reader, void *target)
{
    return reader_string(reader, &((struct requirement_body *)target)->requirement->cite);
}

static bool read_severity(struct reader *reader, void *target)
{
    struct requirement_body *body = target;
    body->has_severity = true;
    if (reader_accept_word(reader, "hard"))
        body->requirement->severity = SEVERITY_HARD;
    else if (reader_accept_word(reader, "soft"))
        body->requirement->severity = SEVERITY_SOFT;
    else if (reader_accept_word(reader, "information"))
        body->requirement->severity = SEVERITY_INFORMATION;
    else
        return reader_refuse(reader, "hard | soft | information");
    return true;
}

static bool read_when(struct reader *reader, void *target)
{
    return (((struct requirement_body *)target)->draft->when = syntax_read(reader)) != NULL;
}

static bool read_check(struct reader *reader, void *target)
{
    return (((struct requirement_body *)target)->draft->check = syntax_read(reader)) != NULL;
}

static bool read_since(struct reader *reader, void *target)
{
    return reader_period(reader, &((struct requirement_body *)target)->requirement->since);
}

static bool read_until(struct reader *reader, void *target)
{
    return reader_period(reader, &((struct requirement_body *)target)->requirement->until);
}

/* clang-format off */
static const struct property properties[] = {
    { "cite", false, read_cite },   { "severity", false, read_severity },
    { "when", false, read_when },   { "check", false, read_check },
    { "since", false, read_since }, { "until", false, read_until },
};
/* clang-format on */

bool requirement_is_word(const char *word)
{
    return declaration_has_word(properties, COUNT_OF(properties), word);
}

void requirement_announce(struct compiler *compiler, struct reader *reader, size_t number)
{
    const struct token *token = reader->token;
    struct requirement *requirement = &compiler->requirements[number];
    *requirement = (struct requirement){ .roster = CATALOGUE_NONE, .cite = "" };
    if (!reader_code(reader, MESSAGE_A_CODE, &requirement->code) ||
        !reader_words(reader, &requirement->words))
        return;
    requirement->place = token->place;
    if (!names_add(compiler->names, NAME_REQUIREMENT, token->text, number))
        report(&compiler->reporter, token->place, MESSAGE_NAME_TAKEN, token->text);
}

void requirement_read(struct compiler *compiler, struct reader *reader, size_t number)
{
    struct requirement *requirement = &compiler->requirements[number];
    struct requirement_body body = { requirement, &compiler->requirement_drafts[number], false };
    struct code code;
    struct words words;
    const struct token *roster;
    if (requirement->place.line == 0 || !reader_code(reader, MESSAGE_A_CODE, &code) ||
        !reader_words(reader, &words))
        return;
    size_t before = report_count(&compiler->reporter);
    if (reader_accept_word(reader, "each")) {
        if (!reader_name(reader, MESSAGE_A_ROSTER, &roster))
            return;
        compiler_find(compiler, NAME_ROSTER, roster, MESSAGE_A_ROSTER, &requirement->roster);
    }
    declaration_read_body(reader, properties, COUNT_OF(properties), &body);
    if (report_count(&compiler->reporter) > before)
        return;
    if (!body.draft->check)
        report(&compiler->reporter, requirement->place, MESSAGE_WITHOUT_CHECK);
    else if (requirement->cite[0] == '\0')
        report(&compiler->reporter, requirement->place, MESSAGE_WITHOUT_CITE);
    else if (!body.has_severity)
        report(&compiler->reporter, requirement->place, MESSAGE_WITHOUT_SEVERITY);
}
