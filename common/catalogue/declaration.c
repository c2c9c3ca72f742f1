#include "common/catalogue/declaration.h"

#include <string.h>

#include "common/base/arena.h"
#include "common/base/memory.h"
#include "common/base/messages.h"
#include "common/base/text.h"
#include "common/catalogue/compiler.h"

#define PROPERTIES_MAX 32

/* clang-format off */
/* In the order in which bodies are read: what is used by a body stands above it. */
static const struct declaration_kind kinds[] = {
    { "catalogue",   NULL,                 title_read,       title_is_word,       false },
    { "holidays",    NULL,                 holidays_read,    nothing_is_word,     false },
    { "unit",        unit_announce,        unit_read,        NULL,                false },
    { "codes",       list_announce,        list_read,        nothing_is_word,     false },
    { "attribute",   attribute_announce,   attribute_read,   NULL,                false },
    { "item",        item_announce,        item_read,        item_is_word,        false },
    { "form",        form_announce,        form_read,        form_is_word,        false },
    { "roster",      roster_announce,      roster_read,      form_is_word,        true  },
    { "rule",        rule_announce,        rule_read,        rule_is_word,        false },
    { "indicator",   indicator_announce,   indicator_read,   indicator_is_word,   false },
    { "requirement", requirement_announce, requirement_read, requirement_is_word, false },
    { "test",        NULL,                 test_read,        test_is_word,        false },
};
/* clang-format on */

struct declarations {
    struct declaration *items;
    size_t count;
    size_t counts[COUNT_OF(kinds)]; /* by the kind that counts */
};

bool declaration_has_word(const struct property *properties, size_t count, const char *word)
{
    for (size_t i = 0; i < count; i++)
        if (text_equal(properties[i].word, word))
            return true;
    return false;
}

/* The property at the reader, or `count` after a report. */
static size_t find_property(struct reader *reader, const struct property *properties, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (reader_at_word(reader, properties[i].word))
            return i;
    reader_refuse(reader, MESSAGE_A_PROPERTY);
    return count;
}

/* Skips to the next property of this body, or to its end. */
static void recover(struct reader *reader, const struct property *properties, size_t count)
{
    int depth = 0;
    while (reader_kind(reader) != TOKEN_END) {
        int kind = reader_kind(reader);
        bool word = kind == TOKEN_NAME && !reader->token->quoted &&
                    declaration_has_word(properties, count, reader->token->text);
        if (depth <= 0 && (kind == '}' || word))
            return;
        depth += (kind == '{') - (kind == '}');
        reader_take(reader);
    }
}

void declaration_read_body(struct reader *reader, const struct property *properties, size_t count,
                           void *target)
{
    bool seen[PROPERTIES_MAX] = { false };
    if (!reader_sign(reader, '{'))
        return;
    while (reader_kind(reader) != TOKEN_END && !reader_accept(reader, '}')) {
        const struct token *word = reader->token;
        size_t i = find_property(reader, properties, count);
        if (i == count) {
            reader_take(reader);
            recover(reader, properties, count);
            continue;
        }
        reader_take(reader);
        if (seen[i] && !properties[i].repeated)
            report(&reader->compiler->reporter, word->place, MESSAGE_PROPERTY_TWICE, word->text);
        seen[i] = true;
        if (!properties[i].read(reader, target))
            recover(reader, properties, count);
    }
}

static const struct declaration_kind *kind_of(const struct token *token)
{
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (token->kind == TOKEN_NAME && !token->quoted && text_equal(token->text, kinds[i].word))
            return &kinds[i];
    return NULL;
}

bool nothing_is_word(const char *word)
{
    (void)word;
    return false;
}

bool declaration_is_word(const char *word)
{
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (text_equal(kinds[i].word, word) || (kinds[i].is_word && kinds[i].is_word(word)))
            return true;
    return false;
}

/* The token behind the brace that closes the first one, or NULL when none does. */
static const struct token *closing(const struct token *token)
{
    int depth = 0;
    for (; token->kind != TOKEN_END; token++) {
        depth += (token->kind == '{') - (token->kind == '}');
        if (token->kind == '}' && depth <= 0)
            return token + 1;
    }
    return NULL;
}

/* The next declaration word at the beginning of a line: where to go on after a missing brace. */
static const struct token *next_at_margin(const struct declaration_kind *kind,
                                          const struct token *token)
{
    while (token->kind != TOKEN_END &&
           !(token->place.column == 1 && kind_of(token) && !kind->is_word(token->text)))
        token++;
    return token;
}

static const struct token *end_of(struct compiler *compiler, const struct declaration_kind *kind,
                                  const struct token *word)
{
    const struct token *token = word + 1;
    if (!kind->is_word) {
        while (token->kind != TOKEN_END && token->kind != '}' && !kind_of(token))
            token++;
        return token;
    }
    const struct token *end = closing(token);
    const struct token *next = next_at_margin(kind, token);
    if (end && end <= next)
        return end;
    report(&compiler->reporter, word->place, MESSAGE_BRACE_OPEN, word->text);
    return next;
}

static void add(struct declarations *declarations, const struct declaration_kind *kind,
                const struct token *word, const struct token *end)
{
    size_t counted = (size_t)(kind - kinds) - (kind->shares_number ? 1 : 0);
    declarations->items[declarations->count++] =
        (struct declaration){ kind, word, end, declarations->counts[counted]++ };
}

static void cut(struct compiler *compiler, struct declarations *declarations)
{
    bool lost = false; /* said once, until a declaration begins again */
    for (const struct token *token = compiler->tokens.items; token->kind != TOKEN_END;) {
        const struct declaration_kind *kind = kind_of(token);
        if (!kind) {
            if (!lost)
                report(&compiler->reporter, token->place, MESSAGE_EXPECTED, MESSAGE_A_DECLARATION,
                       token->text);
            lost = true;
            token++;
            continue;
        }
        lost = false;
        if (declarations->count == DECLARATIONS_MAX) {
            report(&compiler->reporter, token->place, MESSAGE_DECLARATIONS_TOO_MANY,
                   DECLARATIONS_MAX);
            return;
        }
        const struct token *end = end_of(compiler, kind, token);
        add(declarations, kind, token, end);
        token = end;
    }
}

static size_t count_of(const struct declarations *declarations, const char *word)
{
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (text_equal(kinds[i].word, word))
            return declarations->counts[i];
    return 0;
}

#define ARRAY_OF(compiler, array, count)                                                           \
    ((array) = arena_take((compiler)->arena, (count), sizeof(*(array))))

/* One entry for each declaration; those that cannot be read stay empty. */
static void allocate(struct compiler *compiler, const struct declarations *declarations)
{
    struct catalogue *catalogue = compiler->catalogue;
    catalogue->unit_count = count_of(declarations, "unit");
    catalogue->list_count = count_of(declarations, "codes");
    catalogue->attribute_count = count_of(declarations, "attribute");
    catalogue->item_count = count_of(declarations, "item");
    catalogue->form_count = count_of(declarations, "form");
    catalogue->indicator_count = count_of(declarations, "indicator");
    catalogue->requirement_count = count_of(declarations, "requirement");
    catalogue->test_count = count_of(declarations, "test");
    compiler->rule_draft_count = count_of(declarations, "rule");
    catalogue->units = ARRAY_OF(compiler, compiler->units, catalogue->unit_count);
    catalogue->dimensions = ARRAY_OF(compiler, compiler->dimensions, QUANTITY_DIMENSIONS_MAX);
    catalogue->lists = ARRAY_OF(compiler, compiler->lists, catalogue->list_count);
    catalogue->attributes = ARRAY_OF(compiler, compiler->attributes, catalogue->attribute_count);
    catalogue->items = ARRAY_OF(compiler, compiler->items, catalogue->item_count);
    catalogue->forms = ARRAY_OF(compiler, compiler->forms, catalogue->form_count);
    catalogue->requirements =
        ARRAY_OF(compiler, compiler->requirements, catalogue->requirement_count);
    catalogue->tests = ARRAY_OF(compiler, compiler->tests, catalogue->test_count);
    ARRAY_OF(compiler, compiler->indicator_drafts, catalogue->indicator_count);
    ARRAY_OF(compiler, compiler->rule_drafts, compiler->rule_draft_count);
    ARRAY_OF(compiler, compiler->requirement_drafts, catalogue->requirement_count);
}

static struct reader reader_of(struct compiler *compiler, const struct declaration *declaration)
{
    return (struct reader){ compiler, declaration->word + 1, declaration->end, 0 };
}

void declarations_read(struct compiler *compiler)
{
    struct declarations declarations = { 0 };
    declarations.items =
        arena_take(compiler->scratch, DECLARATIONS_MAX, sizeof(*declarations.items));
    cut(compiler, &declarations);
    allocate(compiler, &declarations);
    for (size_t i = 0; i < declarations.count; i++) {
        const struct declaration *declaration = &declarations.items[i];
        struct reader reader = reader_of(compiler, declaration);
        if (declaration->kind->announce)
            declaration->kind->announce(compiler, &reader, declaration->number);
    }
    for (size_t k = 0; k < COUNT_OF(kinds); k++)
        for (size_t i = 0; i < declarations.count; i++) {
            const struct declaration *declaration = &declarations.items[i];
            struct reader reader = reader_of(compiler, declaration);
            if (declaration->kind == &kinds[k])
                declaration->kind->read(compiler, &reader, declaration->number);
        }
}
