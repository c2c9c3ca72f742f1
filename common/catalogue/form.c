/* form CODE "…" { … }    roster CODE NOUN "…" { … } */

#include <string.h>

#include "common/base/arena.h"
#include "common/base/messages.h"
#include "common/base/text.h"
#include "common/catalogue/compiler.h"
#include "common/catalogue/declaration.h"

#define FORM_ROLES_MAX 8
#define FORM_SECTIONS_MAX 64

struct form_draft {
    struct compiler *compiler;
    struct form *form;
    size_t items[FORM_ITEMS_MAX];
    struct section sections[FORM_SECTIONS_MAX];
    struct code_value roles[FORM_ROLES_MAX];
};

/* M01: the number behind the letter. */
static bool read_exempt(struct reader *reader, struct form *form)
{
    const struct token *token = reader->token;
    struct period period;
    char text[PERIOD_TEXT_SIZE] = "2000-";
    strncat(text, token->text, 3);
    bool parsed = strlen(token->text) <= 3 && period_parse(text, &period);
    if (!parsed || period.frequency != form->frequency)
        return reader_refuse(reader, form->frequency == FREQUENCY_MONTH ? "M01" : "Q1");
    form->exempt = (uint16_t)(form->exempt | 1u << period.number);
    reader_take(reader);
    return true;
}

static bool read_every(struct reader *reader, void *target)
{
    struct form *form = ((struct form_draft *)target)->form;
    if (reader_accept_word(reader, "month"))
        form->frequency = FREQUENCY_MONTH;
    else if (reader_accept_word(reader, "quarter"))
        form->frequency = FREQUENCY_QUARTER;
    else if (reader_accept_word(reader, "year"))
        form->frequency = FREQUENCY_YEAR;
    else
        return reader_refuse(reader, "month | quarter | year");
    if (!reader_accept_word(reader, "except"))
        return true;
    do
        if (!read_exempt(reader, form))
            return false;
    while (reader_accept(reader, ',') ||
           (reader_kind(reader) == TOKEN_NAME && !form_is_word(reader->token->text)));
    return true;
}

/* "1 month 18 day": either part may be left out. */
static bool read_deadline(struct reader *reader, struct deadline *deadline)
{
    int months = 0;
    int day = 0;
    int number = 0;
    if (!reader_integer(reader, 0, 31, &number))
        return false;
    if (reader_accept_word(reader, "month")) {
        months = number;
        if (!reader_integer(reader, 1, 31, &day))
            return false;
    } else {
        day = number;
    }
    if (!reader_accept_word(reader, "day"))
        return reader_refuse(reader, "day");
    deadline->months = (uint8_t)months;
    deadline->day = (uint8_t)day;
    return true;
}

static bool read_due(struct reader *reader, void *target)
{
    return read_deadline(reader, &((struct form_draft *)target)->form->due);
}

static bool read_review(struct reader *reader, void *target)
{
    return read_deadline(reader, &((struct form_draft *)target)->form->review);
}

static bool read_accept(struct reader *reader, void *target)
{
    return read_deadline(reader, &((struct form_draft *)target)->form->accept);
}

static bool read_roles(struct reader *reader, void *target)
{
    struct form_draft *draft = target;
    struct form *form = draft->form;
    do {
        if (form->role_count == FORM_ROLES_MAX)
            return reader_refuse(reader, MESSAGE_A_PROPERTY);
        struct code_value *role = &draft->roles[form->role_count];
        if (!reader_code(reader, MESSAGE_A_ROLE, &role->code) ||
            !reader_words(reader, &role->words))
            return false;
        form->role_count++;
    } while (reader_accept(reader, ','));
    return true;
}

static bool read_item(struct reader *reader, struct form_draft *draft, size_t *out)
{
    const struct token *name;
    struct compiler *compiler = draft->compiler;
    if (!reader_name(reader, MESSAGE_AN_ITEM, &name))
        return false;
    *out = CATALOGUE_NONE;
    if (!compiler_find(compiler, NAME_ITEM, name, MESSAGE_AN_ITEM, out))
        return true; /* the others are looked at all the same */
    for (size_t i = 0; i < draft->form->item_count; i++)
        if (draft->items[i] == *out)
            report(&compiler->reporter, name->place, MESSAGE_ITEM_TWICE, name->text);
    bool text = compiler->items[*out].type == ITEM_TEXT;
    if (text && !draft->form->roster)
        report(&compiler->reporter, name->place, MESSAGE_ITEM_TEXT_IN_TABLE, name->text);
    return true;
}

static bool read_key(struct reader *reader, void *target)
{
    struct form_draft *draft = target;
    const struct token *token = reader->token;
    if (!read_item(reader, draft, &draft->form->key_item))
        return false;
    size_t key = draft->form->key_item;
    if (!draft->form->roster)
        return report(&draft->compiler->reporter, token->place, MESSAGE_KEY_IN_TABLE);
    if (key != CATALOGUE_NONE && draft->compiler->items[key].type != ITEM_TEXT)
        return report(&draft->compiler->reporter, token->place, MESSAGE_KEY_TYPE, token->text);
    return true;
}

static bool read_section(struct reader *reader, void *target)
{
    struct form_draft *draft = target;
    struct form *form = draft->form;
    if (form->section_count == FORM_SECTIONS_MAX)
        return reader_refuse(reader, MESSAGE_A_PROPERTY);
    struct section *section = &draft->sections[form->section_count++];
    section->first = form->item_count;
    if (!reader_words(reader, &section->title) || !reader_sign(reader, '{'))
        return false;
    while (!reader_accept(reader, '}')) {
        size_t item = CATALOGUE_NONE;
        if (form->item_count == FORM_ITEMS_MAX)
            return report(&draft->compiler->reporter, reader->token->place, MESSAGE_FORM_TOO_LONG,
                          FORM_ITEMS_MAX);
        if (!read_item(reader, draft, &item))
            return false;
        if (item == CATALOGUE_NONE)
            continue;
        draft->items[form->item_count++] = item;
        section->count++;
    }
    return true;
}

/* clang-format off */
static const struct property properties[] = {
    { "every", false, read_every },   { "due", false, read_due },
    { "review", false, read_review }, { "accept", false, read_accept },
    { "sign", false, read_roles },    { "key", false, read_key },
    { "section", true, read_section },
};
/* clang-format on */

bool form_is_word(const char *word)
{
    return declaration_has_word(properties, COUNT_OF(properties), word);
}

static bool read_header(struct reader *reader, struct form *form)
{
    if (!reader_code(reader, MESSAGE_A_CODE, &form->code))
        return false;
    const struct token *noun = NULL;
    if (form->roster && !reader_name(reader, MESSAGE_A_NOUN, &noun))
        return false;
    form->short_name = noun ? noun->text : "";
    return reader_words(reader, &form->name);
}

static void announce(struct compiler *compiler, struct reader *reader, size_t number, bool roster)
{
    const struct token *token = reader->token;
    struct form *form = &compiler->forms[number];
    *form = (struct form){ .roster = roster, .key_item = CATALOGUE_NONE, .short_name = "" };
    if (!read_header(reader, form))
        return;
    form->place = token->place;
    if (!names_add(compiler->names, NAME_FORM, token->text, number))
        report(&compiler->reporter, token->place, MESSAGE_NAME_TAKEN, token->text);
    if (roster && (!names_add(compiler->names, NAME_ROSTER, form->short_name, number) ||
                   !names_add(compiler->names, NAME_ROSTER, token->text, number)))
        report(&compiler->reporter, token->place, MESSAGE_NAME_TAKEN, form->short_name);
}

void form_announce(struct compiler *compiler, struct reader *reader, size_t number)
{
    announce(compiler, reader, number, false);
}

/* One home for each figure: an item stands in one table of a frequency. */
static void check_tables(struct form_draft *draft, size_t number)
{
    struct compiler *compiler = draft->compiler;
    for (size_t f = 0; f < number; f++) {
        const struct form *other = &compiler->forms[f];
        if (other->roster || draft->form->roster || other->frequency != draft->form->frequency)
            continue;
        for (size_t i = 0; i < draft->form->item_count; i++)
            if (form_position(other, draft->items[i]) != CATALOGUE_NONE)
                report(&compiler->reporter, draft->form->place, MESSAGE_ITEM_IN_TWO_TABLES,
                       compiler->items[draft->items[i]].name.chinese, other->name.chinese,
                       draft->form->name.chinese);
    }
}

static void read(struct compiler *compiler, struct reader *reader, size_t number)
{
    struct form_draft *draft = arena_take(compiler->scratch, 1, sizeof(*draft));
    struct form *form = &compiler->forms[number];
    struct form header = { .roster = form->roster };
    draft->compiler = compiler;
    draft->form = form;
    if (form->place.line == 0 || !read_header(reader, &header))
        return;
    const struct token *body = reader->token;
    size_t before = report_count(&compiler->reporter);
    form->frequency = FREQUENCY_COUNT;
    declaration_read_body(reader, properties, COUNT_OF(properties), draft);
    if (report_count(&compiler->reporter) == before && form->frequency == FREQUENCY_COUNT)
        report(&compiler->reporter, body->place, MESSAGE_FORM_WITHOUT_FREQUENCY);
    if (report_count(&compiler->reporter) == before && form->roster &&
        form->key_item == CATALOGUE_NONE)
        report(&compiler->reporter, body->place, MESSAGE_ROSTER_WITHOUT_KEY, form->short_name);
    if (report_count(&compiler->reporter) == before && form->item_count == 0)
        report(&compiler->reporter, body->place, MESSAGE_FORM_EMPTY);
    if (report_count(&compiler->reporter) == before)
        check_tables(draft, number);
    form->items = draft->items;
    form->sections = draft->sections;
    form->roles = draft->roles;
}

/* The draft's arrays become the form's. */
static void keep(struct compiler *compiler, struct form *form)
{
    size_t *items = arena_take(compiler->arena, form->item_count, sizeof(*items));
    struct section *sections = arena_take(compiler->arena, form->section_count, sizeof(*sections));
    struct code_value *roles = arena_take(compiler->arena, form->role_count, sizeof(*roles));
    for (size_t i = 0; i < form->item_count; i++)
        items[i] = form->items[i];
    for (size_t i = 0; i < form->section_count; i++)
        sections[i] = form->sections[i];
    for (size_t i = 0; i < form->role_count; i++)
        roles[i] = form->roles[i];
    form->items = items;
    form->sections = sections;
    form->roles = roles;
}

void form_read(struct compiler *compiler, struct reader *reader, size_t number)
{
    read(compiler, reader, number);
    keep(compiler, &compiler->forms[number]);
}

void roster_announce(struct compiler *compiler, struct reader *reader, size_t number)
{
    announce(compiler, reader, number, true);
}

void roster_read(struct compiler *compiler, struct reader *reader, size_t number)
{
    form_read(compiler, reader, number);
}
