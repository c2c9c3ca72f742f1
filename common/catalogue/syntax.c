#include "common/catalogue/syntax.h"

#include <string.h>

#include "common/base/arena.h"
#include "common/base/messages.h"
#include "common/base/text.h"
#include "common/catalogue/compiler.h"
#include "common/catalogue/declaration.h"
#include "common/catalogue/reader.h"

#define UNIT_FACTORS_MAX 8
#define UNIT_EXPONENT_MAX 9
#define SHIFT_MAX 120
#define TOP_MAX 1000

/* clang-format off */
/* Words that are never a name in an expression. */
static const char *const reserved[] = {
    "if", "then", "else", "implies", "or", "and", "not", "in", "is", "missing", "where", "top",
    "true", "false",
};

static const struct {
    int kind;
    enum operation operation;
} comparisons[] = {
    { '<', OPERATION_LESS }, { TOKEN_LESS_OR_EQUAL, OPERATION_LESS_OR_EQUAL },
    { '=', OPERATION_EQUAL }, { TOKEN_NOT_EQUAL, OPERATION_NOT_EQUAL },
    { TOKEN_GREATER_OR_EQUAL, OPERATION_GREATER_OR_EQUAL }, { '>', OPERATION_GREATER },
};
/* clang-format on */

static bool is_reserved(const struct token *token)
{
    for (size_t i = 0; i < COUNT_OF(reserved); i++)
        if (!token->quoted && text_equal(token->text, reserved[i]))
            return true;
    return false;
}

static struct syntax *new_syntax(struct reader *reader, enum syntax_kind kind)
{
    struct syntax *syntax = arena_take(reader->compiler->scratch, 1, sizeof(*syntax));
    syntax->kind = kind;
    syntax->token = reader->token;
    return syntax;
}

/* Sets how deep the tree below `syntax` is; NULL when that is too deep to be walked safely. */
static const struct syntax *deepen(struct reader *reader, struct syntax *syntax)
{
    int depth = syntax->where ? syntax->where->depth : 0;
    for (size_t i = 0; i < syntax->argument_count; i++)
        if (syntax->arguments[i]->depth > depth)
            depth = syntax->arguments[i]->depth;
    syntax->depth = depth + 1;
    syntax->has_range =
        syntax->kind == SYNTAX_IN_RANGE || (syntax->where && syntax->where->has_range);
    for (size_t i = 0; i < syntax->argument_count; i++)
        syntax->has_range = syntax->has_range || syntax->arguments[i]->has_range;
    if (syntax->depth <= SYNTAX_TREE_MAX)
        return syntax;
    report(&reader->compiler->reporter, syntax->token->place, MESSAGE_TREE_TOO_DEEP,
           SYNTAX_TREE_MAX);
    return NULL;
}

/* NULL when an argument is: it was reported. */
static const struct syntax *operation_of(struct reader *reader, enum operation operation,
                                         const struct token *token, const struct syntax *left,
                                         const struct syntax *right)
{
    if (!left || !right)
        return NULL;
    struct syntax *syntax = new_syntax(reader, SYNTAX_OPERATION);
    syntax->operation = operation;
    syntax->token = token;
    syntax->arguments[0] = left;
    syntax->arguments[1] = right;
    syntax->argument_count = left == right ? 1 : 2;
    return deepen(reader, syntax);
}

static bool is_unit_name(const struct reader *reader, const struct token *token)
{
    return token->kind == '%' ||
           (token->kind == TOKEN_NAME &&
            names_find(reader->compiler->names, NAME_UNIT, token->text) != CATALOGUE_NONE);
}

/* A `/` or `*` behind a unit belongs to it when a unit follows. */
static bool unit_goes_on(const struct reader *reader)
{
    int kind = reader_kind(reader);
    return (kind == '*' || kind == '/') && reader->token + 1 < reader->end &&
           is_unit_name(reader, reader->token + 1);
}

bool syntax_read_unit(struct reader *reader, struct unit_syntax *out)
{
    struct unit_factor factors[UNIT_FACTORS_MAX];
    size_t count = 0;
    int sign = 1;
    for (;;) {
        int kind = reader_kind(reader);
        if (kind != TOKEN_NAME && kind != '%')
            return reader_refuse(reader, MESSAGE_A_UNIT);
        factors[count].name = reader_take(reader);
        factors[count].exponent = sign;
        int exponent = 1;
        if (reader_accept(reader, '^') && !reader_integer(reader, 1, UNIT_EXPONENT_MAX, &exponent))
            return false;
        factors[count++].exponent *= exponent;
        if (count == UNIT_FACTORS_MAX || !unit_goes_on(reader))
            break;
        sign = reader_take(reader)->kind == '/' ? -1 : 1;
    }
    struct unit_factor *copy = arena_take(reader->compiler->scratch, count, sizeof(*copy));
    memcpy(copy, factors, count * sizeof(*copy));
    *out = (struct unit_syntax){ copy, count };
    return true;
}

/* A NAME behind a number is its unit, unless it is a word of the language. */
static bool at_unit(const struct reader *reader)
{
    int kind = reader_kind(reader);
    if (kind == '%')
        return true;
    return kind == TOKEN_NAME && !is_reserved(reader->token) &&
           (is_unit_name(reader, reader->token) || reader->token->quoted ||
            !declaration_is_word(reader->token->text));
}

static const struct syntax *read_constant(struct reader *reader)
{
    struct syntax *syntax = new_syntax(reader, SYNTAX_NUMBER);
    if (!reader_number(reader, &syntax->number))
        return NULL;
    if (at_unit(reader) && !syntax_read_unit(reader, &syntax->unit))
        return NULL;
    return syntax;
}

static bool read_signed_shift(struct reader *reader, struct shift *shift)
{
    bool back = reader_kind(reader) == '-';
    reader_take(reader);
    int count = 0;
    if (!reader_integer(reader, 1, SHIFT_MAX, &count))
        return false;
    int8_t steps = (int8_t)(back ? -count : count);
    if (reader_accept_word(reader, "y"))
        shift->years = (int8_t)(shift->years + steps);
    else if (reader_accept_word(reader, "p"))
        shift->steps = (int8_t)(shift->steps + steps);
    else
        return reader_refuse(reader, MESSAGE_SHIFT_UNIT);
    return true;
}

/* M12 or Q4. */
static bool read_part(struct reader *reader, struct shift *shift)
{
    const char *text = reader->token->text;
    int number = 0;
    size_t size = strlen(text);
    for (size_t i = 1; i < size && size <= 3; i++)
        number = text[i] >= '0' && text[i] <= '9' ? number * 10 + (text[i] - '0') : 100;
    bool month = text[0] == 'M' && number >= 1 && number <= 12;
    bool quarter = text[0] == 'Q' && number >= 1 && number <= 4;
    if (!month && !quarter)
        return reader_refuse(reader, MESSAGE_A_SHIFT);
    shift->part_frequency = month ? FREQUENCY_MONTH : FREQUENCY_QUARTER;
    shift->part_number = (uint8_t)number;
    reader_take(reader);
    return true;
}

static bool read_shift(struct reader *reader, struct shift *shift)
{
    if (reader_kind(reader) == '+' || reader_kind(reader) == '-')
        return read_signed_shift(reader, shift);
    if (reader_kind(reader) != TOKEN_NAME)
        return reader_refuse(reader, MESSAGE_A_SHIFT);
    if (reader_accept_word(reader, "yoy"))
        shift->years = (int8_t)(shift->years - 1);
    else if (reader_accept_word(reader, "prev"))
        shift->steps = (int8_t)(shift->steps - 1);
    else if (reader_accept_word(reader, "period"))
        shift->basis = SHIFT_PERIOD_ONLY;
    else if (reader_accept_word(reader, "ytd"))
        shift->basis = SHIFT_CUMULATIVE;
    else
        return read_part(reader, shift);
    return true;
}

static bool shift_in_range(const struct shift *shift)
{
    return shift->years >= -SHIFT_MAX && shift->years <= SHIFT_MAX && shift->steps >= -SHIFT_MAX &&
           shift->steps <= SHIFT_MAX;
}

static const struct syntax *read_rows(struct reader *reader, struct syntax *syntax)
{
    syntax->kind = SYNTAX_ROWS;
    if (!reader_name(reader, MESSAGE_A_ROSTER, &syntax->roster))
        return NULL;
    if (reader_accept(reader, '.') && !reader_name(reader, MESSAGE_A_COLUMN, &syntax->column))
        return NULL;
    if (reader_accept_word(reader, "where") && !(syntax->where = syntax_read(reader)))
        return NULL;
    if (reader_accept_word(reader, "top") && !reader_integer(reader, 1, TOP_MAX, &syntax->top))
        return NULL;
    return reader_sign(reader, ')') ? deepen(reader, syntax) : NULL;
}

/* Behind "(": whether rows of a roster follow. */
static bool at_rows(const struct reader *reader, const char *function)
{
    bool dotted = reader->token + 1 < reader->end && reader->token[1].kind == '.';
    return text_equal(function, "sum") || text_equal(function, "count") ||
           (dotted && (text_equal(function, "min") || text_equal(function, "max")));
}

static const struct syntax *read_call(struct reader *reader, struct syntax *syntax)
{
    syntax->kind = SYNTAX_CALL;
    reader_take(reader);
    if (at_rows(reader, syntax->token->text))
        return read_rows(reader, syntax);
    if (reader_accept(reader, ')'))
        return syntax;
    do {
        if (syntax->argument_count == SYNTAX_ARGUMENTS_MAX) {
            report(&reader->compiler->reporter, reader->token->place, MESSAGE_ARGUMENTS_TOO_MANY,
                   SYNTAX_ARGUMENTS_MAX);
            return NULL;
        }
        const struct syntax *argument = syntax_read(reader);
        if (!argument)
            return NULL;
        syntax->arguments[syntax->argument_count++] = argument;
    } while (reader_accept(reader, ','));
    return reader_sign(reader, ')') ? deepen(reader, syntax) : NULL;
}

static const struct syntax *read_name(struct reader *reader)
{
    struct syntax *syntax = new_syntax(reader, SYNTAX_NAME);
    const struct token *token = reader_take(reader);
    if (reader_kind(reader) == '(' && !token->quoted)
        return read_call(reader, syntax);
    while (reader_accept(reader, '@')) {
        syntax->shifted = true;
        if (!read_shift(reader, &syntax->shift))
            return NULL;
        if (!shift_in_range(&syntax->shift)) {
            report(&reader->compiler->reporter, token->place, MESSAGE_SHIFT_RANGE, SHIFT_MAX);
            return NULL;
        }
    }
    return syntax;
}

static const struct syntax *read_truth_word(struct reader *reader)
{
    struct syntax *syntax = new_syntax(reader, SYNTAX_OPERATION);
    bool is_true = reader_accept_word(reader, "true");
    if (!is_true && !reader_accept_word(reader, "false")) {
        reader_refuse(reader, MESSAGE_AN_EXPRESSION);
        return NULL;
    }
    syntax->operation = is_true ? OPERATION_TRUE : OPERATION_FALSE;
    return syntax;
}

/* A property's word where an operand was to stand: the expression ends too early. */
static bool at_property(const struct reader *reader)
{
    const struct token *token = reader->token;
    const struct names *names = reader->compiler->names;
    return !token->quoted && declaration_is_word(token->text) &&
           names_find(names, NAME_ITEM, token->text) == CATALOGUE_NONE &&
           names_find(names, NAME_INDICATOR, token->text) == CATALOGUE_NONE &&
           names_find(names, NAME_ATTRIBUTE, token->text) == CATALOGUE_NONE;
}

static const struct syntax *read_primary(struct reader *reader)
{
    switch (reader_kind(reader)) {
    case TOKEN_NUMBER:
        return read_constant(reader);
    case TOKEN_DATE: {
        struct syntax *syntax = new_syntax(reader, SYNTAX_DATE);
        int64_t day = 0;
        if (!reader_date(reader, &day))
            return NULL;
        syntax->number = number_of(day);
        return syntax;
    }
    case '(': {
        reader_take(reader);
        const struct syntax *inner = syntax_read(reader);
        return inner && reader_sign(reader, ')') ? inner : NULL;
    }
    case TOKEN_NAME:
        if (is_reserved(reader->token) || at_property(reader))
            return read_truth_word(reader);
        return read_name(reader);
    default:
        reader_refuse(reader, MESSAGE_AN_EXPRESSION);
        return NULL;
    }
}

static const struct syntax *read_sign(struct reader *reader)
{
    const struct token *token = reader->token;
    if (!reader_accept(reader, '-'))
        return read_primary(reader);
    const struct syntax *operand = read_primary(reader);
    return operation_of(reader, OPERATION_NEGATE, token, operand, operand);
}

static const struct syntax *read_product(struct reader *reader)
{
    const struct syntax *left = read_sign(reader);
    while (left && (reader_kind(reader) == '*' || reader_kind(reader) == '/')) {
        const struct token *token = reader_take(reader);
        enum operation operation = token->kind == '*' ? OPERATION_MULTIPLY : OPERATION_DIVIDE;
        left = operation_of(reader, operation, token, left, read_sign(reader));
    }
    return left;
}

static const struct syntax *read_sum(struct reader *reader)
{
    const struct syntax *left = read_product(reader);
    while (left && (reader_kind(reader) == '+' || reader_kind(reader) == '-')) {
        const struct token *token = reader_take(reader);
        enum operation operation = token->kind == '+' ? OPERATION_ADD : OPERATION_SUBTRACT;
        left = operation_of(reader, operation, token, left, read_product(reader));
    }
    return left;
}

static const struct syntax *read_set(struct reader *reader, struct syntax *syntax)
{
    const struct token *names[SYNTAX_SET_MAX];
    do {
        int kind = reader_kind(reader);
        if (syntax->set_count == SYNTAX_SET_MAX || (kind != TOKEN_NAME && kind != TOKEN_NUMBER)) {
            reader_refuse(reader, MESSAGE_A_CODE_VALUE);
            return NULL;
        }
        names[syntax->set_count++] = reader_take(reader);
    } while (reader_accept(reader, ','));
    const struct token **copy =
        arena_take(reader->compiler->scratch, syntax->set_count, sizeof(*copy));
    memcpy(copy, names, syntax->set_count * sizeof(*copy));
    syntax->set = copy;
    return reader_sign(reader, '}') ? deepen(reader, syntax) : NULL;
}

/* Behind `in`. */
static const struct syntax *read_in(struct reader *reader, const struct syntax *left,
                                    const struct token *token)
{
    struct syntax *syntax = new_syntax(reader, SYNTAX_IN_SET);
    syntax->token = token;
    syntax->arguments[0] = left;
    syntax->argument_count = 1;
    if (reader_accept(reader, '{'))
        return read_set(reader, syntax);
    if (left->has_range) {
        report(&reader->compiler->reporter, token->place, MESSAGE_RANGE_NESTED);
        return NULL;
    }
    syntax->kind = SYNTAX_IN_RANGE;
    syntax->argument_count = 3;
    syntax->arguments[1] = read_sum(reader);
    if (!syntax->arguments[1])
        return NULL;
    if (!reader_accept(reader, TOKEN_DOTS)) {
        reader_refuse(reader, "..");
        return NULL;
    }
    syntax->arguments[2] = read_sum(reader);
    return syntax->arguments[2] ? deepen(reader, syntax) : NULL;
}

static const struct syntax *read_is(struct reader *reader, const struct syntax *left,
                                    const struct token *token)
{
    bool negated = reader_accept_word(reader, "not");
    if (!reader_accept_word(reader, "missing")) {
        reader_refuse(reader, "missing");
        return NULL;
    }
    const struct syntax *test = operation_of(reader, OPERATION_IS_MISSING, token, left, left);
    return negated ? operation_of(reader, OPERATION_NOT, token, test, test) : test;
}

static const struct syntax *read_comparison(struct reader *reader)
{
    const struct syntax *left = read_sum(reader);
    if (!left)
        return NULL;
    const struct token *token = reader->token;
    if (reader_accept_word(reader, "in"))
        return read_in(reader, left, token);
    if (reader_accept_word(reader, "is"))
        return read_is(reader, left, token);
    for (size_t i = 0; i < COUNT_OF(comparisons); i++)
        if (reader_accept(reader, comparisons[i].kind))
            return operation_of(reader, comparisons[i].operation, token, left, read_sum(reader));
    return left;
}

static const struct syntax *read_not(struct reader *reader)
{
    const struct token *token = reader->token;
    if (!reader_accept_word(reader, "not"))
        return read_comparison(reader);
    const struct syntax *operand = read_comparison(reader);
    return operation_of(reader, OPERATION_NOT, token, operand, operand);
}

static const struct syntax *read_and(struct reader *reader)
{
    const struct syntax *left = read_not(reader);
    while (left && reader_at_word(reader, "and")) {
        const struct token *token = reader_take(reader);
        left = operation_of(reader, OPERATION_AND, token, left, read_not(reader));
    }
    return left;
}

static const struct syntax *read_or(struct reader *reader)
{
    const struct syntax *left = read_and(reader);
    while (left && reader_at_word(reader, "or")) {
        const struct token *token = reader_take(reader);
        left = operation_of(reader, OPERATION_OR, token, left, read_and(reader));
    }
    return left;
}

static const struct syntax *read_implication(struct reader *reader)
{
    const struct syntax *left = read_or(reader);
    const struct token *token = reader->token;
    if (!left || !reader_accept_word(reader, "implies"))
        return left;
    return operation_of(reader, OPERATION_IMPLIES, token, left, read_or(reader));
}

static bool read_branch(struct reader *reader, const char *word, struct syntax *syntax, size_t part)
{
    if (!reader_accept_word(reader, word))
        return reader_refuse(reader, word);
    syntax->arguments[part] = syntax_read(reader);
    return syntax->arguments[part] != NULL;
}

static const struct syntax *read_choice(struct reader *reader)
{
    if (!reader_at_word(reader, "if"))
        return read_implication(reader);
    struct syntax *syntax = new_syntax(reader, SYNTAX_OPERATION);
    syntax->operation = OPERATION_IF;
    syntax->argument_count = 3;
    return read_branch(reader, "if", syntax, 0) && read_branch(reader, "then", syntax, 1) &&
                   read_branch(reader, "else", syntax, 2)
               ? deepen(reader, syntax)
               : NULL;
}

const struct syntax *syntax_read(struct reader *reader)
{
    if (reader->depth == SYNTAX_DEPTH_MAX) {
        report(&reader->compiler->reporter, reader->token->place, MESSAGE_TOO_DEEP,
               SYNTAX_DEPTH_MAX);
        return NULL;
    }
    reader->depth++;
    const struct syntax *syntax = read_choice(reader);
    reader->depth--;
    return syntax;
}

bool syntax_at_unit(const struct reader *reader)
{
    return reader_kind(reader) != TOKEN_END && is_unit_name(reader, reader->token);
}
