#include "common/catalogue/expression.h"

#include <assert.h>
#include <stdio.h>

#include "common/base/arena.h"
#include "common/base/decimal.h"
#include "common/base/text.h"
#include "common/catalogue/catalogue.h"
#include "common/model/day.h"

/* How tightly an operation binds: an operand that binds less gets brackets. */
enum binding {
    BIND_CHOICE,
    BIND_IMPLIES,
    BIND_OR,
    BIND_AND,
    BIND_NOT,
    BIND_COMPARE,
    BIND_SUM,
    BIND_PRODUCT,
    BIND_SIGN,
    BIND_LEAF
};

enum shape { SHAPE_LEAF, SHAPE_PREFIX, SHAPE_INFIX, SHAPE_CALL, SHAPE_BEHIND, SHAPE_LEFT_ONLY };

/* clang-format off */
static const struct {
    const char *sign;
    enum shape shape;
    enum binding binding;
} writings[OPERATION_COUNT] = {
    [OPERATION_CONSTANT]         = { "", SHAPE_LEAF, BIND_LEAF },
    [OPERATION_CODE]             = { "", SHAPE_LEAF, BIND_LEAF },
    [OPERATION_ITEM]             = { "", SHAPE_LEAF, BIND_LEAF },
    [OPERATION_COLUMN]           = { "", SHAPE_LEAF, BIND_LEAF },
    [OPERATION_ATTRIBUTE]        = { "", SHAPE_LEAF, BIND_LEAF },
    [OPERATION_INDICATOR]        = { "", SHAPE_LEAF, BIND_LEAF },
    [OPERATION_PERIOD_END]       = { "period_end", SHAPE_CALL, BIND_LEAF },
    [OPERATION_NEGATE]           = { "-", SHAPE_PREFIX, BIND_SIGN },
    [OPERATION_ADD]              = { " + ", SHAPE_INFIX, BIND_SUM },
    [OPERATION_SUBTRACT]         = { " - ", SHAPE_INFIX, BIND_SUM },
    [OPERATION_MULTIPLY]         = { " * ", SHAPE_INFIX, BIND_PRODUCT },
    [OPERATION_DIVIDE]           = { " / ", SHAPE_INFIX, BIND_PRODUCT },
    [OPERATION_SCALE]            = { "", SHAPE_LEFT_ONLY, BIND_LEAF },
    [OPERATION_ABSOLUTE]         = { "abs", SHAPE_CALL, BIND_LEAF },
    [OPERATION_SMALLER]          = { "min", SHAPE_CALL, BIND_LEAF },
    [OPERATION_LARGER]           = { "max", SHAPE_CALL, BIND_LEAF },
    [OPERATION_FIRST_OF]         = { "firstof", SHAPE_CALL, BIND_LEAF },
    [OPERATION_DAYS]             = { "days", SHAPE_CALL, BIND_LEAF },
    [OPERATION_WORKDAYS]         = { "workdays", SHAPE_CALL, BIND_LEAF },
    [OPERATION_YEARS_LATER]      = { "years_later", SHAPE_CALL, BIND_LEAF },
    [OPERATION_ROWS_COUNT]       = { "count", SHAPE_LEAF, BIND_LEAF },
    [OPERATION_ROWS_SUM]         = { "sum", SHAPE_LEAF, BIND_LEAF },
    [OPERATION_ROWS_SMALLEST]    = { "min", SHAPE_LEAF, BIND_LEAF },
    [OPERATION_ROWS_LARGEST]     = { "max", SHAPE_LEAF, BIND_LEAF },
    [OPERATION_TRUE]             = { "true", SHAPE_LEAF, BIND_LEAF },
    [OPERATION_FALSE]            = { "false", SHAPE_LEAF, BIND_LEAF },
    [OPERATION_FLAG]             = { "", SHAPE_LEFT_ONLY, BIND_LEAF },
    [OPERATION_LESS]             = { " < ", SHAPE_INFIX, BIND_COMPARE },
    [OPERATION_LESS_OR_EQUAL]    = { " <= ", SHAPE_INFIX, BIND_COMPARE },
    [OPERATION_GREATER]          = { " > ", SHAPE_INFIX, BIND_COMPARE },
    [OPERATION_GREATER_OR_EQUAL] = { " >= ", SHAPE_INFIX, BIND_COMPARE },
    [OPERATION_EQUAL]            = { " = ", SHAPE_INFIX, BIND_COMPARE },
    [OPERATION_NOT_EQUAL]        = { " != ", SHAPE_INFIX, BIND_COMPARE },
    [OPERATION_IN_SET]           = { "", SHAPE_LEAF, BIND_COMPARE },
    [OPERATION_AND]              = { " and ", SHAPE_INFIX, BIND_AND },
    [OPERATION_OR]               = { " or ", SHAPE_INFIX, BIND_OR },
    [OPERATION_NOT]              = { "not ", SHAPE_PREFIX, BIND_NOT },
    [OPERATION_IMPLIES]          = { " implies ", SHAPE_INFIX, BIND_IMPLIES },
    [OPERATION_IS_MISSING]       = { " is missing", SHAPE_BEHIND, BIND_COMPARE },
    [OPERATION_VALID_CREDIT_CODE] = { "valid_credit_code", SHAPE_CALL, BIND_LEAF },
    [OPERATION_REFERS]           = { "refers", SHAPE_LEAF, BIND_LEAF },
    [OPERATION_IF]               = { "", SHAPE_LEAF, BIND_CHOICE },
};
/* clang-format on */

struct writer {
    const struct catalogue *catalogue;
    struct text_builder builder;
};

/* Conversions and flags are not seen: what is inside binds. */
static const struct expression *visible(const struct expression *expression)
{
    while (writings[expression->operation].shape == SHAPE_LEFT_ONLY)
        expression = expression->left;
    return expression;
}

static void write_shift(struct writer *writer, const struct shift *shift)
{
    if (shift->years == -1)
        text_builder_add(&writer->builder, "@yoy");
    else if (shift->years != 0)
        text_builder_format(&writer->builder, "@%+dy", shift->years);
    if (shift->steps == -1)
        text_builder_add(&writer->builder, "@prev");
    else if (shift->steps != 0)
        text_builder_format(&writer->builder, "@%+dp", shift->steps);
    if (shift->part_number > 0)
        text_builder_format(&writer->builder, "@%c%d",
                            shift->part_frequency == FREQUENCY_MONTH ? 'M' : 'Q',
                            shift->part_number);
    if (shift->basis != SHIFT_AS_REPORTED)
        text_builder_add(&writer->builder, shift->basis == SHIFT_PERIOD_ONLY ? "@period" : "@ytd");
}

/* As many decimals as the number has. */
static void write_number(struct writer *writer, struct number number)
{
    char text[NUMBER_TEXT_SIZE];
    int decimals = 0;
    int64_t mantissa = 0;
    for (; decimals < DECIMAL_TEXT_DECIMALS_MAX; decimals++)
        if (number_round(number, decimals, ROUNDING_HALF_UP, &mantissa) &&
            number_compare(number, number_of_decimal(mantissa, decimals)) == 0)
            break;
    text_builder_add(&writer->builder, number_text(number, decimals, ROUNDING_HALF_UP, text));
}

static void write_constant(struct writer *writer, const struct expression *expression)
{
    if (expression->class == CLASS_DATE) {
        char day[DAY_TEXT_SIZE];
        text_builder_add(&writer->builder, day_text((int64_t)expression->constant.numerator, day));
        return;
    }
    write_number(writer, expression->constant);
    bool apart = expression->unit[0] != '\0' && expression->unit[0] != '%';
    text_builder_add(&writer->builder, apart ? " " : "");
    text_builder_add(&writer->builder, expression->unit);
}

static void write_code(struct writer *writer, size_t list, struct code code)
{
    const struct code_list *values = &writer->catalogue->lists[list];
    int ordinal = code_list_ordinal(values, code);
    char text[CODE_TEXT_SIZE];
    text_builder_add(&writer->builder, ordinal >= 0 ? words_say(&values->values[ordinal].words)
                                                    : code_text(code, text));
}

static void write(struct writer *writer, const struct expression *expression, enum binding least);

static void write_rows(struct writer *writer, const struct expression *expression)
{
    const struct catalogue *catalogue = writer->catalogue;
    text_builder_format(&writer->builder, "%s(%s", writings[expression->operation].sign,
                        catalogue->forms[expression->form].short_name);
    if (expression->operation != OPERATION_ROWS_COUNT)
        text_builder_format(&writer->builder, ".%s",
                            words_say(&catalogue->items[expression->item].name));
    if (expression->left) {
        text_builder_add(&writer->builder, " where ");
        write(writer, expression->left, BIND_CHOICE);
    }
    if (expression->top > 0)
        text_builder_format(&writer->builder, " top %d", expression->top);
    text_builder_add(&writer->builder, ")");
}

static void write_set(struct writer *writer, const struct expression *expression)
{
    write(writer, expression->left, BIND_SUM);
    text_builder_add(&writer->builder, " in {");
    for (size_t i = 0; i < expression->code_count; i++) {
        text_builder_add(&writer->builder, i == 0 ? "" : ", ");
        write_code(writer, expression->list, expression->codes[i]);
    }
    text_builder_add(&writer->builder, "}");
}

static void write_choice(struct writer *writer, const struct expression *expression)
{
    text_builder_add(&writer->builder, "if ");
    write(writer, expression->left, BIND_IMPLIES);
    text_builder_add(&writer->builder, " then ");
    write(writer, expression->right, BIND_IMPLIES);
    text_builder_add(&writer->builder, " else ");
    write(writer, expression->third, BIND_CHOICE);
}

static void write_named(struct writer *writer, const struct words *name, const struct shift *shift)
{
    text_builder_add(&writer->builder, words_say(name));
    write_shift(writer, shift);
}

static void write_leaf(struct writer *writer, const struct expression *expression)
{
    const struct catalogue *catalogue = writer->catalogue;
    switch ((int)expression->operation) {
    case OPERATION_CONSTANT:
        write_constant(writer, expression);
        break;
    case OPERATION_CODE:
        write_code(writer, expression->list, expression->code);
        break;
    case OPERATION_ITEM:
    case OPERATION_COLUMN:
        write_named(writer, &catalogue->items[expression->item].name, &expression->shift);
        break;
    case OPERATION_INDICATOR:
        write_named(writer, &catalogue->indicators[expression->indicator].name, &expression->shift);
        break;
    case OPERATION_ATTRIBUTE:
        write_named(writer, &catalogue->attributes[expression->attribute].name, &expression->shift);
        break;
    case OPERATION_IN_SET:
        write_set(writer, expression);
        break;
    case OPERATION_IF:
        write_choice(writer, expression);
        break;
    case OPERATION_REFERS:
        text_builder_add(&writer->builder, "refers(");
        write(writer, expression->left, BIND_CHOICE);
        text_builder_format(&writer->builder, ", %s)",
                            catalogue->forms[expression->form].short_name);
        break;
    case OPERATION_TRUE:
    case OPERATION_FALSE:
        text_builder_add(&writer->builder, writings[expression->operation].sign);
        break;
    default:
        write_rows(writer, expression);
    }
}

static void write_call(struct writer *writer, const struct expression *expression)
{
    text_builder_format(&writer->builder, "%s(", writings[expression->operation].sign);
    if (expression->left)
        write(writer, expression->left, BIND_CHOICE);
    if (expression->right) {
        text_builder_add(&writer->builder, ", ");
        write(writer, expression->right, BIND_CHOICE);
    }
    if (expression->operation == OPERATION_YEARS_LATER)
        text_builder_format(&writer->builder, ", %d", expression->exponent);
    text_builder_add(&writer->builder, ")");
}

static void write_shape(struct writer *writer, const struct expression *expression)
{
    enum binding binding = writings[expression->operation].binding;
    const char *sign = writings[expression->operation].sign;
    switch (writings[expression->operation].shape) {
    case SHAPE_PREFIX:
        text_builder_add(&writer->builder, sign);
        write(writer, expression->left, binding + 1);
        break;
    case SHAPE_BEHIND:
        write(writer, expression->left, binding + 1);
        text_builder_add(&writer->builder, sign);
        break;
    case SHAPE_INFIX:
        write(writer, expression->left,
              binding == BIND_COMPARE || binding == BIND_IMPLIES ? binding + 1 : binding);
        text_builder_add(&writer->builder, sign);
        write(writer, expression->right, binding + 1);
        break;
    case SHAPE_CALL:
        write_call(writer, expression);
        break;
    case SHAPE_LEAF:
    case SHAPE_LEFT_ONLY:
        write_leaf(writer, expression);
    }
}

static void write(struct writer *writer, const struct expression *expression, enum binding least)
{
    expression = visible(expression);
    bool brackets = writings[expression->operation].binding < least;
    text_builder_add(&writer->builder, brackets ? "(" : "");
    write_shape(writer, expression);
    text_builder_add(&writer->builder, brackets ? ")" : "");
}

const char *expression_text(const struct catalogue *catalogue, const struct expression *expression,
                            struct arena *arena)
{
    struct writer writer = { .catalogue = catalogue };
    write(&writer, expression, BIND_CHOICE);
    const char *text = arena_copy_text(arena, writer.builder.text);
    text_builder_free(&writer.builder);
    return text;
}
