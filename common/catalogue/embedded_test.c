/* test "…" { period …  given …  row …  expect … } */

#include <string.h>

#include "common/base/arena.h"
#include "common/base/messages.h"
#include "common/base/text.h"
#include "common/catalogue/compiler.h"
#include "common/catalogue/declaration.h"
#include "common/catalogue/unit.h"

struct test_body {
    struct compiler *compiler;
    struct catalogue_test *test;
    struct test_given givens[TEST_LINES_MAX];
    struct test_expected expectations[TEST_LINES_MAX];
};

static bool read_period(struct reader *reader, void *target)
{
    return reader_period(reader, &((struct test_body *)target)->test->period);
}

/* "= 12.5 万元" in the item's unit; exact or refused. */
static bool read_quantity(struct reader *reader, struct compiler *compiler, const struct item *item,
                          struct test_given *given)
{
    const struct token *token = reader->token;
    struct number number;
    struct unit_syntax unit = { 0 };
    struct quantity quantity = item->quantity;
    if (!reader_signed_number(reader, &number))
        return false;
    if (syntax_at_unit(reader) &&
        (!syntax_read_unit(reader, &unit) || !unit_resolve(compiler, &unit, &quantity)))
        return false;
    if (!quantity_same_dimension(&quantity, &item->quantity))
        return report(&compiler->reporter, token->place, MESSAGE_TEST_UNIT, item->unit_text);
    bool fits = number_shift(number, quantity.power - item->quantity.power, &number) &&
                number_round(number, item->decimals, ROUNDING_HALF_UP, &given->value.mantissa);
    struct number stored = number_of_decimal(given->value.mantissa, item->decimals);
    if (!fits || number_compare(number, stored) != 0)
        return report(&compiler->reporter, token->place, MESSAGE_TEST_DECIMALS, item->name.chinese,
                      item->decimals);
    given->value.status = VALUE_PRESENT;
    return true;
}

/* A code of the item's list. */
static bool read_code(struct reader *reader, struct compiler *compiler, size_t list,
                      struct code *out)
{
    int kind = reader_kind(reader);
    if ((kind != TOKEN_NAME && kind != TOKEN_NUMBER) || list == CATALOGUE_NONE)
        return reader_refuse(reader, MESSAGE_A_CODE_VALUE);
    const struct token *token = reader_take(reader);
    return code_list_parse(&compiler->lists[list], token->text, out) ||
           report(&compiler->reporter, token->place, MESSAGE_CODE_UNKNOWN_BRIEF, token->text,
                  compiler->lists[list].name);
}

static bool read_flag(struct reader *reader, struct test_given *given)
{
    given->value.mantissa = reader_accept_word(reader, "true");
    return given->value.mantissa || reader_accept_word(reader, "false") ||
           reader_refuse(reader, "true | false");
}

static bool read_item_value(struct reader *reader, struct compiler *compiler,
                            struct test_given *given)
{
    const struct item *item = &compiler->items[given->item];
    struct code code;
    enum value_status status;
    bool word = reader_kind(reader) == TOKEN_NAME;
    bool code_first = item->type == ITEM_CODE && item->list != CATALOGUE_NONE && word &&
                      code_list_parse(&compiler->lists[item->list], reader->token->text, &code);
    if (word && !code_first && value_status_parse(reader->token->text, &status) &&
        !value_status_has_figure(status)) {
        given->value.status = (uint8_t)status;
        return reader_take(reader) != NULL;
    }
    switch (item->type) {
    case ITEM_QUANTITY:
        return read_quantity(reader, compiler, item, given);
    case ITEM_DATE:
        return reader_date(reader, &given->value.mantissa);
    case ITEM_FLAG:
        return read_flag(reader, given);
    case ITEM_TEXT:
        return reader_string(reader, &given->text);
    case ITEM_CODE:
        break;
    }
    if (!read_code(reader, compiler, item->list, &code))
        return false;
    given->value.mantissa = (int64_t)code.packed;
    return true;
}

static struct test_given *add_given(struct reader *reader, struct test_body *body)
{
    if (body->test->given_count == TEST_LINES_MAX) {
        report(&body->compiler->reporter, reader->token->place, MESSAGE_TEST_TOO_LONG,
               TEST_LINES_MAX);
        return NULL;
    }
    struct test_given *given = &body->givens[body->test->given_count++];
    *given = (struct test_given){ .item = CATALOGUE_NONE,
                                  .attribute = CATALOGUE_NONE,
                                  .roster = CATALOGUE_NONE,
                                  .row_key = "",
                                  .text = "",
                                  .period = body->test->period };
    return given;
}

/* "@yoy" or "at 2020-M12": another period than the test's. */
static bool read_when(struct reader *reader, struct period *period)
{
    const struct token *token = reader->token;
    int years = 0;
    if (reader_accept_word(reader, "at"))
        return reader_period(reader, period);
    if (!reader_accept(reader, '@'))
        return true;
    bool shifted = false;
    if (reader_accept_word(reader, "yoy")) {
        shifted = period_shift_years(*period, -1, period);
    } else if (reader_accept_word(reader, "prev")) {
        shifted = period_shift(*period, -1, period);
    } else {
        bool back = reader_accept(reader, '-');
        if (!back && !reader_sign(reader, '+'))
            return false;
        if (!reader_integer(reader, 1, 99, &years))
            return false;
        years = back ? -years : years;
        if (reader_accept_word(reader, "y"))
            shifted = period_shift_years(*period, years, period);
        else if (reader_accept_word(reader, "p"))
            shifted = period_shift(*period, years, period);
        else
            return reader_refuse(reader, MESSAGE_SHIFT_UNIT);
    }
    return shifted || report(&reader->compiler->reporter, token->place, MESSAGE_TEST_PERIOD);
}

static bool has_period(const struct reader *reader, const struct test_body *body)
{
    return body->test->period.year != 0 ||
           report(&body->compiler->reporter, reader->token[-1].place, MESSAGE_TEST_PERIOD_FIRST);
}

static bool read_given(struct reader *reader, void *target)
{
    struct test_body *body = target;
    struct compiler *compiler = body->compiler;
    const struct token *name;
    if (!has_period(reader, body) || !reader_name(reader, MESSAGE_AN_OPERAND, &name))
        return false;
    struct test_given *given = add_given(reader, body);
    if (!given || !read_when(reader, &given->period) || !reader_sign(reader, '='))
        return false;
    given->item = names_find(compiler->names, NAME_ITEM, name->text);
    given->attribute = names_find(compiler->names, NAME_ATTRIBUTE, name->text);
    if (given->item != CATALOGUE_NONE) {
        given->attribute = CATALOGUE_NONE;
        return read_item_value(reader, compiler, given);
    }
    if (given->attribute == CATALOGUE_NONE)
        return compiler_unknown(compiler, NAME_BIT(NAME_ITEM) | NAME_BIT(NAME_ATTRIBUTE), name,
                                MESSAGE_AN_OPERAND);
    return read_code(reader, compiler, compiler->attributes[given->attribute].list, &given->code);
}

static bool read_cell(struct reader *reader, struct test_body *body, size_t roster, const char *key,
                      struct period period)
{
    struct compiler *compiler = body->compiler;
    const struct token *name;
    size_t item;
    if (!reader_name(reader, MESSAGE_A_COLUMN, &name) || !reader_sign(reader, '=') ||
        !compiler_find(compiler, NAME_ITEM, name, MESSAGE_A_COLUMN, &item))
        return false;
    if (form_position(&compiler->forms[roster], item) == CATALOGUE_NONE)
        return report(&compiler->reporter, name->place, MESSAGE_COLUMN_FOREIGN, name->text,
                      compiler->forms[roster].short_name);
    struct test_given *given = add_given(reader, body);
    if (!given)
        return false;
    given->item = item;
    given->roster = roster;
    given->row_key = key;
    given->period = period;
    return read_item_value(reader, compiler, given);
}

static bool read_row(struct reader *reader, void *target)
{
    struct test_body *body = target;
    const struct token *noun;
    const char *key;
    size_t roster;
    struct period period = body->test->period;
    if (!has_period(reader, body) || !reader_name(reader, MESSAGE_A_ROSTER, &noun) ||
        !compiler_find(body->compiler, NAME_ROSTER, noun, MESSAGE_A_ROSTER, &roster) ||
        !reader_string(reader, &key) || !read_when(reader, &period) || !reader_sign(reader, '{'))
        return false;
    while (!reader_accept(reader, '}'))
        if (!read_cell(reader, body, roster, key, period))
            return false;
    return true;
}

static bool find_expected(struct compiler *compiler, const struct token *name,
                          struct test_expected *expected)
{
    expected->rule = names_find(compiler->names, NAME_RULE, name->text);
    expected->requirement = names_find(compiler->names, NAME_REQUIREMENT, name->text);
    expected->indicator = names_find(compiler->names, NAME_INDICATOR, name->text);
    int meanings = (expected->rule != CATALOGUE_NONE) + (expected->requirement != CATALOGUE_NONE) +
                   (expected->indicator != CATALOGUE_NONE);
    if (meanings > 1)
        return report(&compiler->reporter, name->place, MESSAGE_NAME_AMBIGUOUS, name->text);
    return meanings == 1 || compiler_unknown(compiler,
                                             NAME_BIT(NAME_RULE) | NAME_BIT(NAME_REQUIREMENT) |
                                                 NAME_BIT(NAME_INDICATOR),
                                             name, MESSAGE_EXPECTABLE);
}

static bool read_outcome(struct reader *reader, enum test_outcome *out)
{
    static const char *const words[] = { "pass", "fail", "unknown", "not_applicable" };
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (reader_accept_word(reader, words[i])) {
            *out = (enum test_outcome)i;
            return true;
        }
    return reader_refuse(reader, "pass | fail | unknown | not_applicable");
}

/* "70%", "2 / 3": exactly this, in the indicator's unit. */
static bool read_number(struct reader *reader, struct compiler *compiler,
                        struct test_expected *expected)
{
    const struct indicator *indicator = &compiler->indicator_drafts[expected->indicator].indicator;
    struct number divisor;
    struct unit_syntax unit = { 0 };
    struct quantity quantity = indicator->quantity;
    if (reader_accept_word(reader, "missing")) {
        expected->missing = true;
        return true;
    }
    if (!reader_signed_number(reader, &expected->number))
        return false;
    if (reader_accept(reader, '/') &&
        (!reader_number(reader, &divisor) || number_is_zero(divisor) ||
         !number_divide(expected->number, divisor, &expected->number)))
        return reader_refuse(reader, MESSAGE_A_NUMBER);
    if (syntax_at_unit(reader) &&
        (!syntax_read_unit(reader, &unit) || !unit_resolve(compiler, &unit, &quantity)))
        return false;
    if (!quantity_same_dimension(&quantity, &indicator->quantity) ||
        !number_shift(expected->number, quantity.power - indicator->quantity.power,
                      &expected->number))
        return report(&compiler->reporter, expected->place, MESSAGE_TEST_UNIT,
                      indicator->unit_text);
    return true;
}

static bool read_expect(struct reader *reader, void *target)
{
    struct test_body *body = target;
    const struct token *name;
    if (body->test->expectation_count == TEST_LINES_MAX)
        return report(&body->compiler->reporter, reader->token->place, MESSAGE_TEST_TOO_LONG,
                      TEST_LINES_MAX);
    if (!reader_name(reader, MESSAGE_EXPECTABLE, &name))
        return false;
    struct test_expected expected = { .row_key = "", .place = name->place };
    if (!find_expected(body->compiler, name, &expected))
        return false;
    if (reader_kind(reader) == TOKEN_STRING && !reader_string(reader, &expected.row_key))
        return false;
    if (!reader_sign(reader, '='))
        return false;
    bool good = expected.indicator != CATALOGUE_NONE
                    ? read_number(reader, body->compiler, &expected)
                    : read_outcome(reader, &expected.outcome);
    body->expectations[body->test->expectation_count++] = expected;
    return good;
}

/* clang-format off */
static const struct property properties[] = {
    { "period", false, read_period }, { "given", true, read_given },
    { "row", true, read_row },        { "expect", true, read_expect },
};
/* clang-format on */

bool test_is_word(const char *word)
{
    return declaration_has_word(properties, COUNT_OF(properties), word);
}

void test_read(struct compiler *compiler, struct reader *reader, size_t number)
{
    struct test_body *body = arena_take(compiler->scratch, 1, sizeof(*body));
    struct catalogue_test *test = &compiler->tests[number];
    body->compiler = compiler;
    body->test = test;
    test->place = reader->token->place;
    test->name = "";
    if (!reader_string(reader, &test->name))
        return;
    declaration_read_body(reader, properties, COUNT_OF(properties), body);
    if (test->expectation_count == 0)
        report(&compiler->reporter, test->place, MESSAGE_TEST_WITHOUT_EXPECT);

    struct test_given *givens = arena_take(compiler->arena, test->given_count, sizeof(*givens));
    struct test_expected *expectations =
        arena_take(compiler->arena, test->expectation_count, sizeof(*expectations));
    memcpy(givens, body->givens, test->given_count * sizeof(*givens));
    memcpy(expectations, body->expectations, test->expectation_count * sizeof(*expectations));
    test->givens = givens;
    test->expectations = expectations;
}

/* A `for` makes several rules of one declaration: the first of them is meant. */
static size_t place_of_rule(const struct compiler *compiler, size_t number)
{
    return catalogue_rule(compiler->catalogue, compiler->rule_drafts[number].rule.code);
}

void tests_settle(struct compiler *compiler)
{
    for (size_t i = 0; i < compiler->catalogue->test_count; i++) {
        struct catalogue_test *test = &compiler->tests[i];
        struct test_expected *expectations =
            arena_take(compiler->arena, test->expectation_count, sizeof(*expectations));
        for (size_t k = 0; k < test->expectation_count; k++) {
            expectations[k] = test->expectations[k];
            if (expectations[k].indicator != CATALOGUE_NONE)
                expectations[k].indicator =
                    compiler->indicator_drafts[expectations[k].indicator].position;
            if (expectations[k].rule != CATALOGUE_NONE)
                expectations[k].rule = place_of_rule(compiler, expectations[k].rule);
        }
        test->expectations = expectations;
    }
}
