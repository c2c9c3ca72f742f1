#include "common/catalogue/reader.h"

#include <string.h>

#include "common/base/messages.h"
#include "common/base/text.h"
#include "common/catalogue/compiler.h"
#include "common/model/day.h"

#define NUMBER_DIGITS_MAX 18

int reader_kind(const struct reader *reader)
{
    return reader->token == reader->end ? TOKEN_END : reader->token->kind;
}

bool reader_at_word(const struct reader *reader, const char *word)
{
    return reader_kind(reader) == TOKEN_NAME && !reader->token->quoted &&
           text_equal(reader->token->text, word);
}

const struct token *reader_take(struct reader *reader)
{
    return reader->token == reader->end ? NULL : reader->token++;
}

bool reader_accept(struct reader *reader, int kind)
{
    if (reader_kind(reader) != kind)
        return false;
    return reader_take(reader) != NULL;
}

bool reader_accept_word(struct reader *reader, const char *word)
{
    return reader_at_word(reader, word) && reader_take(reader);
}

bool reader_refuse(const struct reader *reader, const char *what)
{
    struct reporter *reporter = &reader->compiler->reporter;
    if (reader->token->kind == TOKEN_END)
        return report(reporter, reader->token->place, MESSAGE_EXPECTED_AT_END, what);
    return report(reporter, reader->token->place, MESSAGE_EXPECTED, what, reader->token->text);
}

bool reader_sign(struct reader *reader, int kind)
{
    char sign[] = { (char)kind, '\0' };
    return reader_accept(reader, kind) || reader_refuse(reader, sign);
}

bool reader_name(struct reader *reader, const char *what, const struct token **out)
{
    if (reader_kind(reader) != TOKEN_NAME)
        return reader_refuse(reader, what);
    *out = reader_take(reader);
    return true;
}

bool reader_string(struct reader *reader, const char **out)
{
    if (reader_kind(reader) != TOKEN_STRING)
        return reader_refuse(reader, MESSAGE_A_TEXT);
    *out = reader_take(reader)->text;
    return true;
}

bool reader_words(struct reader *reader, struct words *out)
{
    if (!reader_string(reader, &out->chinese))
        return false;
    out->english = out->chinese;
    return !reader_accept(reader, '/') || reader_string(reader, &out->english);
}

bool reader_code(struct reader *reader, const char *what, struct code *out)
{
    int kind = reader_kind(reader);
    if (kind != TOKEN_NAME && kind != TOKEN_NUMBER)
        return reader_refuse(reader, what);
    const char *text = reader->token->text;
    if (!code_parse(text, strlen(text), out))
        return report(&reader->compiler->reporter, reader->token->place, MESSAGE_CODE_MALFORMED,
                      text);
    reader_take(reader);
    return true;
}

/* The digits fit in 64 bits. */
static bool parse_number(const char *text, struct number *out)
{
    int64_t mantissa = 0;
    int digits = 0;
    int decimals = 0;
    bool behind_point = false;
    for (; *text; text++) {
        if (*text == '.') {
            behind_point = true;
            continue;
        }
        if (digits++ == NUMBER_DIGITS_MAX)
            return false;
        mantissa = mantissa * 10 + (*text - '0');
        decimals += behind_point;
    }
    return number_shift(number_of(mantissa), -decimals, out);
}

bool reader_number(struct reader *reader, struct number *out)
{
    if (reader_kind(reader) != TOKEN_NUMBER)
        return reader_refuse(reader, MESSAGE_A_NUMBER);
    const struct token *token = reader_take(reader);
    return parse_number(token->text, out) || report(&reader->compiler->reporter, token->place,
                                                    MESSAGE_NUMBER_TOO_LONG, NUMBER_DIGITS_MAX);
}

bool reader_signed_number(struct reader *reader, struct number *out)
{
    bool negative = reader_accept(reader, '-');
    if (!reader_number(reader, out))
        return false;
    if (negative)
        out->numerator = -out->numerator;
    return true;
}

bool reader_integer(struct reader *reader, int smallest, int largest, int *out)
{
    const struct token *token = reader->token;
    if (reader_kind(reader) != TOKEN_NUMBER)
        return reader_refuse(reader, MESSAGE_A_NUMBER);
    reader_take(reader);
    int64_t value = 0;
    for (const char *digit = token->text; *digit; digit++) {
        value = value * 10 + (*digit - '0');
        if (*digit == '.' || value > largest)
            value = INT32_MAX;
    }
    if (value < smallest || value > largest)
        return report(&reader->compiler->reporter, token->place, MESSAGE_INTEGER_RANGE, smallest,
                      largest, token->text);
    *out = (int)value;
    return true;
}

bool reader_period(struct reader *reader, struct period *out)
{
    int kind = reader_kind(reader);
    if (kind != TOKEN_PERIOD && kind != TOKEN_NUMBER)
        return reader_refuse(reader, MESSAGE_A_PERIOD);
    const struct token *token = reader_take(reader);
    return period_parse(token->text, out) ||
           report(&reader->compiler->reporter, token->place, MESSAGE_PERIOD_MALFORMED, token->text);
}

bool reader_date(struct reader *reader, int64_t *out)
{
    if (reader_kind(reader) != TOKEN_DATE)
        return reader_refuse(reader, MESSAGE_A_DATE);
    const struct token *token = reader_take(reader);
    return day_parse(token->text, out) ||
           report(&reader->compiler->reporter, token->place, MESSAGE_DATE_MALFORMED, token->text);
}
