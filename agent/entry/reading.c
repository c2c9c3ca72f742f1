#include "agent/entry/reading.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "agent/entry/notes.h"
#include "agent/entry/wording.h"
#include "common/base/arena.h"
#include "common/base/messages.h"
#include "common/base/text.h"
#include "common/format/csv_writer.h"
#include "common/format/figure.h"
#include "common/model/day.h"

#define EXCEL_DIGITS 15 /* what a spreadsheet keeps of a number */
#define CREDIT_CODE_SIZE 18
#define PERCENT_POWER (-2)
#define PROBLEM(staging, spot, ...)                                                                \
    notes_add(&(staging)->import->problems, (spot).row, (spot).column, __VA_ARGS__)

static const char *name_of(const struct staging *staging, size_t item)
{
    return words_say(&staging->catalogue->items[item].name);
}

static bool find_unit(const struct catalogue *catalogue, const char *name, struct quantity *out)
{
    if (strcmp(name, "%") == 0) {
        *out = (struct quantity){ .power = PERCENT_POWER };
        return true;
    }
    for (size_t i = 0; i < catalogue->unit_count; i++)
        if (strcmp(catalogue->units[i].name, name) == 0) {
            *out = catalogue->units[i].quantity;
            return true;
        }
    return false;
}

bool reading_unit(struct staging *staging, size_t item, struct spot spot, const char *unit,
                  int *out_exponent)
{
    const struct item *its = &staging->catalogue->items[item];
    struct quantity quantity;
    *out_exponent = 0;
    if (strcmp(unit, its->unit_text) == 0)
        return true;
    if (!find_unit(staging->catalogue, unit, &quantity)) {
        PROBLEM(staging, spot, MESSAGE_ENTRY_UNIT_UNKNOWN, unit, name_of(staging, item),
                its->unit_text);
        return false;
    }
    if (!quantity_same_dimension(&quantity, &its->quantity) ||
        quantity.points != its->quantity.points) {
        PROBLEM(staging, spot, MESSAGE_ENTRY_UNIT_OTHER, unit, name_of(staging, item),
                its->unit_text);
        return false;
    }
    *out_exponent = quantity.power - its->quantity.power;
    if (*out_exponent < -FIGURE_SCALE_MAX || *out_exponent > FIGURE_SCALE_MAX) {
        PROBLEM(staging, spot, MESSAGE_ENTRY_UNIT_OTHER, unit, name_of(staging, item),
                its->unit_text);
        return false;
    }
    return true;
}

/* The nearest unit wins; they must all say the same. */
static bool settle_unit(struct staging *staging, size_t item, struct spot spot, const char *behind,
                        struct declared_units units, int *out_exponent)
{
    const char *const said[] = { behind, units.cell, units.heading };
    const char *first = NULL;
    *out_exponent = 0;
    for (size_t i = 0; i < COUNT_OF(said); i++) {
        int exponent;
        if (!*said[i])
            continue;
        struct spot place = { spot.row, i == 1 ? units.cell_column : spot.column };
        if (!reading_unit(staging, item, place, said[i], &exponent))
            return false;
        if (first && exponent != *out_exponent) {
            PROBLEM(staging, spot, MESSAGE_ENTRY_UNITS_DISAGREE, first, said[i]);
            return false;
        }
        if (!first)
            first = said[i];
        *out_exponent = exponent;
    }
    return true;
}

static void explain_figure(struct staging *staging, struct spot spot, enum figure_trouble trouble,
                           const char *shown)
{
    switch (trouble) {
    case FIGURE_OK:
    case FIGURE_EMPTY:
        assert(false);
        break;
    case FIGURE_NOT_A_NUMBER:
        PROBLEM(staging, spot, MESSAGE_ENTRY_NOT_A_NUMBER, shown);
        break;
    case FIGURE_TOO_LONG:
        PROBLEM(staging, spot, MESSAGE_ENTRY_FIGURE_TOO_LONG, shown);
        break;
    case FIGURE_EXPONENT:
        PROBLEM(staging, spot, MESSAGE_ENTRY_EXPONENT, shown);
        break;
    case FIGURE_GROUPS:
        PROBLEM(staging, spot, MESSAGE_ENTRY_GROUPS, shown);
        break;
    case FIGURE_GROUPS_OF_TEN_THOUSAND:
        PROBLEM(staging, spot, MESSAGE_ENTRY_GROUPS_OF_TEN_THOUSAND, shown);
        break;
    case FIGURE_PARENTHESES:
        PROBLEM(staging, spot, MESSAGE_ENTRY_PARENTHESES, shown);
        break;
    case FIGURE_CURRENCY:
        PROBLEM(staging, spot, MESSAGE_ENTRY_CURRENCY, shown);
        break;
    case FIGURE_FORMULA:
        PROBLEM(staging, spot, MESSAGE_ENTRY_FORMULA, shown);
        break;
    }
}

static bool explain_decimal(struct staging *staging, size_t item, struct spot spot,
                            enum decimal_trouble trouble, const char *shown)
{
    const struct item *its = &staging->catalogue->items[item];
    if (trouble == DECIMAL_TOO_PRECISE)
        PROBLEM(staging, spot, MESSAGE_ENTRY_TOO_PRECISE, shown, name_of(staging, item),
                its->decimals, its->unit_text);
    else
        PROBLEM(staging, spot, MESSAGE_ENTRY_TOO_LARGE, shown);
    return false;
}

static void tell_foldings(struct staging *staging, struct spot spot, const struct figure *figure,
                          const char *shown)
{
    if (figure->foldings)
        notes_add(&staging->import->notices, spot.row, spot.column, MESSAGE_ENTRY_FOLDED, shown,
                  figure->digits);
}

static bool take_mantissa(struct staging *staging, size_t item, struct spot spot,
                          const struct figure *figure, struct declared_units units,
                          const char *shown, struct reading *out)
{
    const struct item *its = &staging->catalogue->items[item];
    int exponent;
    if (!settle_unit(staging, item, spot, figure->unit, units, &exponent))
        return false;
    enum decimal_trouble trouble =
        figure_mantissa(figure, exponent, its->decimals, &out->value.mantissa);
    if (trouble != DECIMAL_OK)
        return explain_decimal(staging, item, spot, trouble, shown);
    if (out->value.mantissa < 0 && !its->may_be_negative) {
        PROBLEM(staging, spot, MESSAGE_ENTRY_NEGATIVE, shown, name_of(staging, item));
        return false;
    }
    tell_foldings(staging, spot, figure, shown);
    char buffer[DECIMAL_TEXT_SIZE];
    if (exponent != 0)
        notes_add(&staging->import->notices, spot.row, spot.column, MESSAGE_ENTRY_CONVERTED, shown,
                  decimal_text(out->value.mantissa, its->decimals, buffer), its->unit_text);
    out->filled = true;
    return true;
}

/* A word or mark that says why there is no figure. */
static bool take_status(const char *text, struct reading *out)
{
    enum value_status status;
    if (!value_status_parse(text, &status) || value_status_has_figure(status))
        return false;
    *out = (struct reading){ true, { 0, (uint8_t)status }, "" };
    return true;
}

static bool take_quantity(struct staging *staging, size_t item, struct spot spot, struct bytes cell,
                          struct declared_units units, struct reading *out)
{
    struct figure figure;
    enum figure_trouble trouble = figure_read(cell, &figure);
    if (trouble == FIGURE_EMPTY)
        return true;
    if (trouble == FIGURE_NOT_A_NUMBER && take_status(figure.text, out))
        return true;
    const char *shown = notes_excerpt(staging->arena, cell);
    if (trouble != FIGURE_OK) {
        explain_figure(staging, spot, trouble, shown);
        return false;
    }
    return take_mantissa(staging, item, spot, &figure, units, shown, out);
}

/* A spreadsheet that takes a code for a number drops its zeros: "06" becomes "6". */
static const char *code_without_zeros(const struct code_list *list, const char *text,
                                      char buffer[CODE_TEXT_SIZE])
{
    for (size_t i = 0; i < list->count; i++) {
        const char *code = code_text(list->values[i].code, buffer);
        const char *digits = code + strspn(code, "0");
        if (digits > code && strcmp(digits, text) == 0)
            return code;
    }
    return NULL;
}

static bool take_code(struct staging *staging, size_t item, struct spot spot, const char *text,
                      struct reading *out)
{
    const struct code_list *list = &staging->catalogue->lists[staging->catalogue->items[item].list];
    struct code code;
    if (code_list_parse(list, text, &code)) {
        *out = (struct reading){ true, { (int64_t)code.packed, VALUE_PRESENT }, "" };
        return true;
    }
    if (take_status(text, out))
        return true;
    char buffer[CODE_TEXT_SIZE];
    const char *whole = code_without_zeros(list, text, buffer);
    if (whole)
        PROBLEM(staging, spot, MESSAGE_ENTRY_ZEROS_LOST, text, whole);
    else
        PROBLEM(staging, spot, MESSAGE_ENTRY_CODE_UNKNOWN, text, list->name,
                wording_of_codes(list, staging->arena));
    return false;
}

static bool take_date(struct staging *staging, struct spot spot, const char *text,
                      struct reading *out)
{
    int64_t day;
    if (day_parse(text, &day)) {
        *out = (struct reading){ true, { day, VALUE_PRESENT }, "" };
        return true;
    }
    if (take_status(text, out))
        return true;
    PROBLEM(staging, spot, MESSAGE_ENTRY_DATE, text);
    return false;
}

static bool take_flag(struct staging *staging, struct spot spot, const char *text,
                      struct reading *out)
{
    static const struct {
        const char *word;
        bool set;
    } words[] = {
        { "是", true },  { "有", true },  { "1", true },  { "yes", true }, { "y", true },
        { "否", false }, { "无", false }, { "0", false }, { "no", false }, { "n", false },
    };
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (strcasecmp(words[i].word, text) == 0) {
            *out = (struct reading){ true, { words[i].set, VALUE_PRESENT }, "" };
            return true;
        }
    if (take_status(text, out))
        return true;
    PROBLEM(staging, spot, MESSAGE_ENTRY_FLAG, text);
    return false;
}

static bool is_all_digits(struct bytes text)
{
    const char *characters = text.data;
    for (size_t i = 0; i < text.size; i++)
        if (characters[i] < '0' || characters[i] > '9')
            return false;
    return text.size > 0;
}

/* Zeros behind the fifteenth digit: what a spreadsheet leaves of a long number. */
static bool lost_its_end(struct bytes text)
{
    const char *characters = text.data;
    if (text.size <= EXCEL_DIGITS || !is_all_digits(text))
        return false;
    for (size_t i = EXCEL_DIGITS; i < text.size; i++)
        if (characters[i] != '0')
            return false;
    return true;
}

static bool is_in_exponent_form(struct bytes text)
{
    struct figure figure;
    return figure_read(text, &figure) == FIGURE_EXPONENT &&
           (strstr(figure.text, "E+") || strstr(figure.text, "e+"));
}

/* What happened to a code on its way through a spreadsheet. */
static bool check_eaten(struct staging *staging, size_t item, struct spot spot, struct bytes text,
                        const char *shown)
{
    bool credit_code = strstr(staging->catalogue->items[item].name.chinese, "信用代码") != NULL;
    if (is_in_exponent_form(text))
        PROBLEM(staging, spot, MESSAGE_ENTRY_CODE_EXPONENT, shown);
    else if (lost_its_end(text))
        PROBLEM(staging, spot, MESSAGE_ENTRY_CODE_END_LOST, shown);
    else if (credit_code && text.size < CREDIT_CODE_SIZE && is_all_digits(text))
        PROBLEM(staging, spot, MESSAGE_ENTRY_CREDIT_CODE_SHORT, shown, text.size);
    else
        return true;
    return false;
}

static struct bytes trimmed(struct bytes cell)
{
    const char *text = cell.data;
    while (cell.size > 0 && strchr(" \t\r\n", text[0]) && text[0]) {
        text++;
        cell.size--;
    }
    while (cell.size > 0 && strchr(" \t\r\n", text[cell.size - 1]) && text[cell.size - 1])
        cell.size--;
    /* The apostrophe our own writer puts before what looks like a formula. */
    struct bytes rest = { text + 1, cell.size - 1 };
    if (cell.size > 1 && text[0] == '\'' && csv_looks_like_formula(rest))
        return rest;
    return (struct bytes){ text, cell.size };
}

/* Line ends inside a cell become spaces: what is signed stands on one line. */
static char *on_one_line(struct arena *arena, struct bytes text, bool *out_changed)
{
    const char *characters = text.data;
    char *line = arena_take(arena, text.size + 1, 1), *target = line;
    for (size_t i = 0; i < text.size; i++) {
        bool pair = characters[i] == '\r' && i + 1 < text.size && characters[i + 1] == '\n';
        bool blank = strchr("\t\r\n", characters[i]) && characters[i];
        *out_changed = *out_changed || blank;
        if (!pair)
            *target++ = blank ? ' ' : characters[i];
    }
    return line;
}

static bool take_text(struct staging *staging, size_t item, struct spot spot, struct bytes cell,
                      struct reading *out)
{
    struct bytes text = trimmed(cell);
    if (text.size == 0)
        return true;
    const char *shown = notes_excerpt(staging->arena, text);
    bool key = staging->form->roster && item == staging->form->key_item;
    size_t size_max = key ? SUBMISSION_ROW_KEY_SIZE_MAX : SUBMISSION_TEXT_SIZE_MAX;
    if (text.size > size_max) {
        PROBLEM(staging, spot, MESSAGE_ENTRY_TEXT_TOO_LONG, shown, size_max);
        return false;
    }
    bool changed = false;
    const char *line = on_one_line(staging->arena, text, &changed);
    if (!text_is_clean(bytes_of_text(line), false)) {
        PROBLEM(staging, spot, MESSAGE_ENTRY_TEXT_UNCLEAN, shown);
        return false;
    }
    if (!check_eaten(staging, item, spot, text, shown))
        return false;
    if (changed)
        notes_add(&staging->import->notices, spot.row, spot.column, MESSAGE_ENTRY_LINES_JOINED,
                  shown);
    if (key || !take_status(line, out))
        *out = (struct reading){ true, { 0, VALUE_PRESENT }, line };
    return true;
}

bool reading_cell(struct staging *staging, size_t item, struct spot spot, struct bytes cell,
                  struct declared_units units, struct reading *out)
{
    enum item_type type = staging->catalogue->items[item].type;
    *out = (struct reading){ .text = "" };
    if (type == ITEM_QUANTITY)
        return take_quantity(staging, item, spot, cell, units, out);
    if (type == ITEM_TEXT)
        return take_text(staging, item, spot, cell, out);

    char text[FIGURE_TEXT_SIZE];
    unsigned foldings;
    if (!figure_fold(cell, text, &foldings)) {
        PROBLEM(staging, spot, MESSAGE_ENTRY_FIGURE_TOO_LONG, notes_excerpt(staging->arena, cell));
        return false;
    }
    if (!*text)
        return true;
    if (type == ITEM_CODE)
        return take_code(staging, item, spot, text, out);
    return type == ITEM_DATE ? take_date(staging, spot, text, out)
                             : take_flag(staging, spot, text, out);
}

bool reading_mark(struct staging *staging, struct spot spot, struct bytes cell,
                  enum value_status *out)
{
    char text[FIGURE_TEXT_SIZE];
    unsigned foldings;
    *out = VALUE_PRESENT;
    if (figure_fold(cell, text, &foldings)) {
        if (!*text)
            return true;
        if (strcmp(text, "合成") == 0)
            *out = VALUE_SYNTHETIC;
        if (*out == VALUE_SYNTHETIC ||
            (value_status_parse(text, out) && value_status_has_figure(*out)))
            return true;
    }
    PROBLEM(staging, spot, MESSAGE_ENTRY_MARK, notes_excerpt(staging->arena, cell));
    return false;
}
