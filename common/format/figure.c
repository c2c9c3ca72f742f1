#include "common/format/figure.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

#include "common/base/text.h"

#define SCALED_SIZE (FIGURE_TEXT_SIZE + FIGURE_SCALE_MAX + 2)
#define GROUP_SIZE 3
#define TEN_THOUSAND_GROUP_SIZE 4

/* Left as it is when `replacement` is -1, left out when it is 0. */
struct folding_rule {
    int32_t first;
    int32_t last;
    int32_t replacement; /* of `first`; the rest of the range follows */
    unsigned folding;
};

/* clang-format off */
static const struct folding_rule folding_rules[] = {
    { 0xFF05, 0xFF05, '%', FOLDING_WIDTH },
    { 0xFF08, 0xFF09, '(', FOLDING_WIDTH },
    { 0xFF0B, 0xFF0E, '+', FOLDING_WIDTH }, /* + , - . */
    { 0xFF10, 0xFF19, '0', FOLDING_WIDTH },
    { 0xFF21, 0xFF3A, 'A', FOLDING_WIDTH },
    { 0xFF41, 0xFF5A, 'a', FOLDING_WIDTH },
    { 0x2212, 0x2212, '-', FOLDING_MINUS },
    { 0x00A0, 0x00A0, ' ', FOLDING_SPACE },
    { 0x3000, 0x3000, ' ', FOLDING_SPACE },
    { 0x200B, 0x200D, 0,   FOLDING_INVISIBLE },
    { 0x2060, 0x2060, 0,   FOLDING_INVISIBLE },
    { 0xFEFF, 0xFEFF, 0,   FOLDING_INVISIBLE },
};
/* clang-format on */

static const struct folding_rule *rule_for(int32_t character)
{
    for (size_t i = 0; i < COUNT_OF(folding_rules); i++)
        if (character >= folding_rules[i].first && character <= folding_rules[i].last)
            return &folding_rules[i];
    return NULL;
}

/* Spaces, tabs and line ends around the text. */
static void trim(char *text, size_t size)
{
    size_t start = 0;
    while (size > 0 && isspace((unsigned char)text[size - 1]))
        size--;
    while (start < size && isspace((unsigned char)text[start]))
        start++;
    if (start > 0)
        memmove(text, text + start, size - start);
    text[size - start] = '\0';
}

bool figure_fold(struct bytes cell, char buffer[FIGURE_TEXT_SIZE], unsigned *out_foldings)
{
    const char *source = cell.data;
    size_t size = 0;
    *out_foldings = 0;
    for (size_t position = 0; position < cell.size;) {
        size_t start = position;
        if (source[position] > 0 && size + 1 < FIGURE_TEXT_SIZE) { /* ASCII: nearly every cell */
            buffer[size++] = source[position++];
            continue;
        }
        int32_t character = text_next(cell, &position);
        if (character <= 0 || size + (position - start) >= FIGURE_TEXT_SIZE)
            return false;
        const struct folding_rule *rule = rule_for(character);
        if (!rule) {
            memcpy(buffer + size, source + start, position - start);
            size += position - start;
            continue;
        }
        *out_foldings |= rule->folding;
        if (rule->replacement)
            buffer[size++] = (char)(rule->replacement + (character - rule->first));
    }
    trim(buffer, size);
    return true;
}

static bool is_digit(char character)
{
    return character >= '0' && character <= '9';
}

static bool begins_with_currency(const char *text)
{
    static const char *const signs[] = { "¥", "￥", "$", "＄", "€", "£", "RMB", "CNY", "人民币" };
    if (*text == '-' || *text == '+')
        text++;
    for (size_t i = 0; i < COUNT_OF(signs); i++)
        if (text_starts_with(text, signs[i]))
            return true;
    return false;
}

/* Digits and commas up to `end`: are the groups those of thousands? */
static enum figure_trouble check_groups(const char *start, const char *end)
{
    const char *comma = memchr(start, ',', (size_t)(end - start));
    if (!comma)
        return FIGURE_OK;
    bool thousands = comma > start && comma - start <= GROUP_SIZE;
    bool ten_thousands = comma > start && comma - start <= TEN_THOUSAND_GROUP_SIZE;
    while (comma < end) {
        const char *next = memchr(comma + 1, ',', (size_t)(end - comma - 1));
        const char *group_end = next ? next : end;
        thousands = thousands && group_end - comma - 1 == GROUP_SIZE;
        ten_thousands = ten_thousands && group_end - comma - 1 == TEN_THOUSAND_GROUP_SIZE;
        comma = group_end;
    }
    if (thousands)
        return FIGURE_OK;
    return ten_thousands ? FIGURE_GROUPS_OF_TEN_THOUSAND : FIGURE_GROUPS;
}

static const char *skip_digits(const char *text, bool commas)
{
    while (is_digit(*text) || (commas && *text == ','))
        text++;
    return text;
}

static void copy_digits(struct figure *figure, const char *start, const char *end)
{
    char *target = figure->digits;
    for (; start < end; start++) {
        if (*start == ',')
            figure->foldings |= FOLDING_GROUPS;
        else
            *target++ = *start;
    }
    *target = '\0';
}

static bool is_exponent(const char *text)
{
    if (*text != 'E' && *text != 'e')
        return false;
    text++;
    if (*text == '+' || *text == '-')
        text++;
    return is_digit(*text);
}

/* A number in parentheses: how bookkeepers write a loss. */
static bool is_in_parentheses(const char *text)
{
    size_t size = strlen(text);
    return size > 2 && text[0] == '(' && text[size - 1] == ')' && is_digit(text[1]);
}

enum figure_trouble figure_read(struct bytes cell, struct figure *out)
{
    out->digits[0] = '\0';
    out->unit = "";
    if (!figure_fold(cell, out->text, &out->foldings))
        return FIGURE_TOO_LONG;
    const char *start = out->text;
    if (!*start)
        return FIGURE_EMPTY;
    if (!is_digit(*start)) {
        if (*start == '=')
            return FIGURE_FORMULA;
        if (begins_with_currency(start))
            return FIGURE_CURRENCY;
        if (is_in_parentheses(start))
            return FIGURE_PARENTHESES;
    }

    const char *whole = start + (*start == '-' || *start == '+');
    const char *end = is_digit(*whole) ? skip_digits(whole, true) : whole;
    if (end == whole)
        return FIGURE_NOT_A_NUMBER;
    enum figure_trouble groups = check_groups(whole, end);
    if (*end == '.') {
        const char *fraction = end + 1;
        end = skip_digits(fraction, false);
        if (end == fraction)
            return FIGURE_NOT_A_NUMBER;
    }
    if (is_exponent(end))
        return FIGURE_EXPONENT;
    copy_digits(out, start, end);
    while (*end == ' ')
        end++;
    out->unit = end;
    bool more = is_digit(*end) || (*end && strchr(".,+-/*:", *end));
    return more ? FIGURE_NOT_A_NUMBER : groups;
}

/* The sign and the digits without the point; `out_point` is where it stands among the digits. */
static size_t split_digits(const char *digits, bool *out_negative, char *target, size_t *out_point)
{
    size_t count = 0;
    bool found = false;
    *out_negative = *digits == '-';
    if (*digits == '-' || *digits == '+')
        digits++;
    for (; *digits; digits++) {
        if (*digits == '.') {
            found = true;
            *out_point = count;
        } else {
            target[count++] = *digits;
        }
    }
    if (!found)
        *out_point = count;
    return count;
}

enum decimal_trouble figure_mantissa(const struct figure *figure, int exponent, int decimals,
                                     int64_t *out_mantissa)
{
    assert(exponent >= -FIGURE_SCALE_MAX && exponent <= FIGURE_SCALE_MAX);
    if (exponent == 0)
        return decimal_parse(figure->digits, strlen(figure->digits), decimals, out_mantissa);
    char digits[FIGURE_TEXT_SIZE], scaled[SCALED_SIZE + FIGURE_SCALE_MAX];
    bool negative;
    size_t point, count = split_digits(figure->digits, &negative, digits, &point), size = 0;
    if (count == 0)
        return DECIMAL_EMPTY;

    long moved = (long)point + exponent;
    if (negative)
        scaled[size++] = '-';
    for (long i = moved < 1 ? moved - 1 : 0; i < (long)count || i < moved; i++) {
        if (i == moved)
            scaled[size++] = '.';
        scaled[size++] = i >= 0 && i < (long)count ? digits[i] : '0';
    }
    return decimal_parse(scaled, size, decimals, out_mantissa);
}
