/* codes NAME { CODE "…" / "…"  … }    attribute CODE "…" / "…" : NAME */

#include <string.h>

#include "common/base/arena.h"
#include "common/base/messages.h"
#include "common/base/text.h"
#include "common/catalogue/compiler.h"
#include "common/catalogue/declaration.h"

void list_announce(struct compiler *compiler, struct reader *reader, size_t number)
{
    const struct token *name;
    struct code_list *list = &compiler->lists[number];
    if (!reader_name(reader, MESSAGE_A_NAME, &name))
        return;
    list->name = name->text;
    list->place = name->place;
    if (!names_add(compiler->names, NAME_LIST, name->text, number))
        report(&compiler->reporter, name->place, MESSAGE_NAME_TAKEN, name->text);
}

/* A word of the list stands for one code only. */
static bool is_taken(const struct code_list *list, const char *text)
{
    struct code code;
    return code_list_parse(list, text, &code);
}

static bool read_value(struct compiler *compiler, struct reader *reader, struct code_list *list,
                       struct code_value *value)
{
    const struct token *token = reader->token;
    if (!reader_code(reader, MESSAGE_A_CODE, &value->code) || !reader_words(reader, &value->words))
        return false;
    if (is_taken(list, token->text) || is_taken(list, value->words.chinese))
        report(&compiler->reporter, token->place, MESSAGE_CODE_VALUE_TWICE, token->text,
               list->name);
    return true;
}

void list_read(struct compiler *compiler, struct reader *reader, size_t number)
{
    const struct token *name;
    struct code_list *list = &compiler->lists[number];
    if (!reader_name(reader, MESSAGE_A_NAME, &name) || !reader_sign(reader, '{'))
        return;
    size_t room = (size_t)(reader->end - reader->token) / 2 + 1;
    struct code_value *values = arena_take(compiler->arena, room, sizeof(*values));
    list->values = values;
    while (!reader_accept(reader, '}')) {
        if (list->count == CODE_VALUES_MAX) {
            report(&compiler->reporter, reader->token->place, MESSAGE_CODE_VALUES_TOO_MANY,
                   CODE_VALUES_MAX);
            return;
        }
        struct code_value value = { 0 };
        if (!read_value(compiler, reader, list, &value))
            return;
        values[list->count++] = value;
    }
    if (list->count == 0)
        report(&compiler->reporter, list->place, MESSAGE_LIST_EMPTY, list->name);
}

void attribute_announce(struct compiler *compiler, struct reader *reader, size_t number)
{
    const struct token *token = reader->token;
    struct attribute *attribute = &compiler->attributes[number];
    attribute->list = CATALOGUE_NONE;
    if (!reader_code(reader, MESSAGE_A_CODE, &attribute->code) ||
        !reader_words(reader, &attribute->name))
        return;
    attribute->place = token->place;
    if (!names_add(compiler->names, NAME_ATTRIBUTE, token->text, number))
        report(&compiler->reporter, token->place, MESSAGE_NAME_TAKEN, token->text);
    if (!text_equal(token->text, attribute->name.chinese) &&
        !names_add(compiler->names, NAME_ATTRIBUTE, attribute->name.chinese, number))
        report(&compiler->reporter, token->place, MESSAGE_NAME_TAKEN, attribute->name.chinese);
}

void attribute_read(struct compiler *compiler, struct reader *reader, size_t number)
{
    struct attribute *attribute = &compiler->attributes[number];
    struct code code;
    struct words words;
    const struct token *list;
    if (attribute->place.line == 0 || !reader_code(reader, MESSAGE_A_CODE, &code) ||
        !reader_words(reader, &words) || !reader_sign(reader, ':') ||
        !reader_name(reader, MESSAGE_A_LIST, &list) ||
        !compiler_find(compiler, NAME_LIST, list, MESSAGE_A_LIST, &attribute->list))
        return;
    if (reader_kind(reader) != TOKEN_END)
        reader_refuse(reader, MESSAGE_A_DECLARATION);
}
