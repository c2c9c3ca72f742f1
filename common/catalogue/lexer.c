#include "common/catalogue/lexer.h"

#include <stdbool.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/memory.h"
#include "common/base/messages.h"
#include "common/base/text.h"
#include "common/catalogue/reporter.h"

#define COLUMN_MAX UINT16_MAX
#define FULL_WIDTH_FIRST 0xFF01 /* ！ */
#define FULL_WIDTH_LAST 0xFF5E  /* ～ */

struct lexer {
    struct bytes text;
    size_t position;
    struct place place;
    struct arena *arena;
    struct reporter *reporter;
    struct token *items;
    size_t count;
    size_t capacity;
};

/* clang-format off */
static const struct {
    const char *text;
    int kind;
} signs[] = { /* the longer ones first */
    { "..", TOKEN_DOTS }, { "<=", TOKEN_LESS_OR_EQUAL }, { ">=", TOKEN_GREATER_OR_EQUAL },
    { "!=", TOKEN_NOT_EQUAL }, { "{", '{' }, { "}", '}' }, { "(", '(' }, { ")", ')' },
    { ",", ',' }, { ":", ':' }, { ".", '.' }, { "+", '+' }, { "-", '-' }, { "*", '*' },
    { "/", '/' }, { "^", '^' }, { "@", '@' }, { "<", '<' }, { "=", '=' }, { ">", '>' },
    { "%", '%' },
};

/* Letters beyond ASCII that may stand in a name. */
static const struct { int32_t first, last; } letters[] = {
    { 0x00C0, 0x024F }, { 0x0370, 0x03FF }, { 0x3005, 0x3007 }, { 0x3400, 0x4DBF },
    { 0x4E00, 0x9FFF }, { 0xF900, 0xFAFF }, { 0x20000, 0x3FFFD },
};
/* clang-format on */

static bool is_digit(int32_t character)
{
    return character >= '0' && character <= '9';
}

static bool is_letter(int32_t character)
{
    if ((character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z'))
        return true;
    for (size_t i = 0; i < COUNT_OF(letters); i++)
        if (character >= letters[i].first && character <= letters[i].last)
            return true;
    return false;
}

static bool is_name_part(int32_t character)
{
    return is_letter(character) || is_digit(character) || character == '_';
}

/* The byte `ahead` of the position, 0 beyond the end. */
static char peek(const struct lexer *lexer, size_t ahead)
{
    size_t position = lexer->position + ahead;
    return position < lexer->text.size ? ((const char *)lexer->text.data)[position] : '\0';
}

static bool at_end(const struct lexer *lexer)
{
    return lexer->position >= lexer->text.size;
}

/* The character at the position without moving, -1 for broken UTF-8, 0 at the end. */
static int32_t look(const struct lexer *lexer)
{
    size_t position = lexer->position;
    return at_end(lexer) ? 0 : text_next(lexer->text, &position);
}

static int32_t take(struct lexer *lexer)
{
    int32_t character = text_next(lexer->text, &lexer->position);
    if (character == '\n') {
        lexer->place.line++;
        lexer->place.column = 1;
    } else if (lexer->place.column < COLUMN_MAX) {
        lexer->place.column++;
    }
    return character;
}

static const char *copy(struct lexer *lexer, size_t first, size_t size)
{
    char *text = arena_take(lexer->arena, size + 1, 1);
    memcpy(text, (const char *)lexer->text.data + first, size);
    return text;
}

static void add(struct lexer *lexer, int kind, struct place place, const char *text, bool quoted)
{
    if (lexer->count == TOKENS_MAX) {
        report(lexer->reporter, place, MESSAGE_TOKENS_TOO_MANY, TOKENS_MAX);
        lexer->position = lexer->text.size;
        return;
    }
    lexer->items =
        memory_grown(lexer->items, &lexer->capacity, lexer->count + 1, sizeof(*lexer->items));
    lexer->items[lexer->count++] = (struct token){ kind, quoted, place, text };
}

static void read_name(struct lexer *lexer)
{
    struct place place = lexer->place;
    size_t first = lexer->position;
    while (is_name_part(look(lexer)))
        take(lexer);
    add(lexer, TOKEN_NAME, place, copy(lexer, first, lexer->position - first), false);
}

/* Whether exactly `wanted` digits stand from `ahead` on. */
static bool digits_at(const struct lexer *lexer, size_t ahead, size_t wanted)
{
    for (size_t i = 0; i < wanted; i++)
        if (!is_digit(peek(lexer, ahead + i)))
            return false;
    return !is_digit(peek(lexer, ahead + wanted));
}

/* The size of the date or period at the position, 0 when there is none. */
static size_t calendar_size(const struct lexer *lexer, int *out_kind)
{
    if (!digits_at(lexer, 0, 4) || peek(lexer, 4) != '-')
        return 0;
    *out_kind = TOKEN_PERIOD;
    if (peek(lexer, 5) == 'Q' && digits_at(lexer, 6, 1))
        return 7;
    if (peek(lexer, 5) == 'M' && digits_at(lexer, 6, 2))
        return 8;
    *out_kind = TOKEN_DATE;
    return digits_at(lexer, 5, 2) && peek(lexer, 7) == '-' && digits_at(lexer, 8, 2) ? 10 : 0;
}

static void read_number(struct lexer *lexer)
{
    struct place place = lexer->place;
    size_t first = lexer->position;
    int kind = TOKEN_NUMBER;
    size_t size = calendar_size(lexer, &kind);
    for (size_t i = 0; i < size; i++)
        take(lexer);
    if (size == 0) {
        kind = TOKEN_NUMBER;
        while (is_digit(peek(lexer, 0)))
            take(lexer);
        if (peek(lexer, 0) == '.' && is_digit(peek(lexer, 1)))
            do
                take(lexer);
            while (is_digit(peek(lexer, 0)));
    }
    add(lexer, kind, place, copy(lexer, first, lexer->position - first), false);
}

/* What is left of the line, in bytes. */
static size_t line_size(const struct lexer *lexer)
{
    size_t size = 0;
    while (lexer->position + size < lexer->text.size && peek(lexer, size) != '\n')
        size++;
    return size;
}

/* Says that the mark is not closed, and takes the braces of the line for what they were meant. */
static void reopen(struct lexer *lexer, struct place place, struct lexer opened, char mark)
{
    report(lexer->reporter, place, MESSAGE_QUOTE_OPEN, mark);
    while (opened.position < lexer->position && peek(&opened, 0) != '{' && peek(&opened, 0) != '}')
        take(&opened);
    lexer->position = opened.position;
    lexer->place = opened.place;
}

/* Up to the closing mark on the same line. */
static void read_quoted(struct lexer *lexer, char mark)
{
    struct place place = lexer->place;
    take(lexer);
    struct lexer opened = *lexer;
    char *text = arena_take(lexer->arena, line_size(lexer) + 1, 1);
    size_t size = 0;
    while (!at_end(lexer) && peek(lexer, 0) != '\n' && peek(lexer, 0) != mark) {
        if (mark == '"' && peek(lexer, 0) == '\\' &&
            (peek(lexer, 1) == '"' || peek(lexer, 1) == '\\'))
            take(lexer);
        size_t first = lexer->position;
        take(lexer);
        memcpy(text + size, (const char *)lexer->text.data + first, lexer->position - first);
        size += lexer->position - first;
    }
    bool closed = peek(lexer, 0) == mark && !at_end(lexer);
    if (closed)
        take(lexer);
    else
        reopen(lexer, place, opened, mark);
    bool clean = text_is_clean((struct bytes){ text, size }, false);
    if (closed && !clean)
        report(lexer->reporter, place, MESSAGE_TEXT_UNCLEAN);
    if (!clean)
        memset(text, '?', size); /* it may be shown in another message */
    if (closed && size == 0 && mark == '\'')
        report(lexer->reporter, place, MESSAGE_NAME_EMPTY);
    add(lexer, mark == '"' ? TOKEN_STRING : TOKEN_NAME, place, text, mark == '\'');
}

/* A sign of one character that stands for itself. */
static void add_sign(struct lexer *lexer, struct place place, int32_t character)
{
    for (size_t i = 0; i < COUNT_OF(signs); i++)
        if (signs[i].kind == character)
            add(lexer, signs[i].kind, place, signs[i].text, false);
}

static bool read_sign(struct lexer *lexer)
{
    for (size_t i = 0; i < COUNT_OF(signs); i++) {
        const char *text = signs[i].text;
        if (peek(lexer, 0) != text[0] || (text[1] && peek(lexer, 1) != text[1]))
            continue;
        struct place place = lexer->place;
        for (size_t k = 0; text[k]; k++)
            take(lexer);
        add(lexer, signs[i].kind, place, text, false);
        return true;
    }
    return false;
}

/* Full-width signs are what a Chinese keyboard gives: say so instead of "unknown". */
static void refuse(struct lexer *lexer)
{
    struct place place = lexer->place;
    size_t first = lexer->position;
    int32_t character = take(lexer);
    struct bytes seen = { (const char *)lexer->text.data + first, lexer->position - first };
    bool shown = character >= 0 && text_is_clean(seen, false);
    bool full_width = character >= FULL_WIDTH_FIRST && character <= FULL_WIDTH_LAST;
    if (!shown)
        report(lexer->reporter, place, MESSAGE_CHARACTER_BROKEN);
    else if (full_width)
        report(lexer->reporter, place, MESSAGE_CHARACTER_FULL_WIDTH, copy(lexer, first, seen.size));
    else
        report(lexer->reporter, place, MESSAGE_CHARACTER_UNKNOWN, copy(lexer, first, seen.size));
    if (full_width)
        add_sign(lexer, place, character - FULL_WIDTH_FIRST + '!');
}

static void read_token(struct lexer *lexer)
{
    char next = peek(lexer, 0);
    if (next == ' ' || next == '\t' || next == '\r' || next == '\n' || next == ';')
        take(lexer);
    else if (next == '#')
        while (!at_end(lexer) && peek(lexer, 0) != '\n')
            take(lexer);
    else if (is_digit(next))
        read_number(lexer);
    else if (next == '"' || next == '\'')
        read_quoted(lexer, next);
    else if (is_letter(look(lexer)))
        read_name(lexer);
    else if (!read_sign(lexer))
        refuse(lexer);
}

struct tokens lexer_read(struct sources sources, struct arena *arena, struct arena *scratch,
                         struct reporter *reporter)
{
    struct lexer lexer = { .arena = arena, .reporter = reporter };
    for (size_t i = 0; i < sources.count; i++) {
        lexer.text = sources.files[i].text;
        lexer.position = 0;
        lexer.place = (struct place){ (uint16_t)i, 1, 1 };
        while (!at_end(&lexer))
            read_token(&lexer);
    }
    struct token *items = arena_take(scratch, lexer.count + 1, sizeof(*items));
    if (lexer.count > 0)
        memcpy(items, lexer.items, lexer.count * sizeof(*items));
    items[lexer.count] = (struct token){ TOKEN_END, false, lexer.place, "" };
    memory_free(&lexer.items);
    return (struct tokens){ items, lexer.count };
}
