#include "common/catalogue/unit.h"

#include <stdio.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/messages.h"
#include "common/base/text.h"
#include "common/catalogue/compiler.h"
#include "common/catalogue/declaration.h"

#define POWER_MAX 18
#define EXPONENT_MAX 9

bool unit_combine(struct quantity *left, const struct quantity *right, int exponent)
{
    for (size_t i = 0; i < QUANTITY_DIMENSIONS_MAX; i++) {
        int sum = left->exponents[i] + right->exponents[i] * exponent;
        if (sum < -EXPONENT_MAX || sum > EXPONENT_MAX)
            return false;
        left->exponents[i] = (int8_t)sum;
    }
    int power = left->power + right->power * exponent;
    if (power < -POWER_MAX || power > POWER_MAX)
        return false;
    left->power = (int8_t)power;
    return true;
}

static bool built_in(const struct token *name, struct quantity *out)
{
    bool points = text_equal(name->text, UNIT_PERCENTAGE_POINTS);
    if (name->kind != '%' && !points)
        return false;
    *out = (struct quantity){ .power = -2, .points = points };
    return true;
}

bool unit_resolve(struct compiler *compiler, const struct unit_syntax *unit, struct quantity *out)
{
    *out = (struct quantity){ 0 };
    for (size_t i = 0; i < unit->count; i++) {
        const struct unit_factor *factor = &unit->factors[i];
        struct quantity quantity;
        size_t number;
        if (!built_in(factor->name, &quantity)) {
            if (!compiler_find(compiler, NAME_UNIT, factor->name, MESSAGE_A_UNIT, &number))
                return false;
            quantity = compiler->units[number].quantity;
        }
        out->points = unit->count == 1 && quantity.points;
        if (!unit_combine(out, &quantity, factor->exponent))
            return report(&compiler->reporter, factor->name->place, MESSAGE_UNIT_RANGE);
    }
    return true;
}

const char *unit_syntax_text(struct compiler *compiler, const struct unit_syntax *unit)
{
    const char *text = "";
    for (size_t i = 0; i < unit->count; i++) {
        const struct unit_factor *factor = &unit->factors[i];
        bool divides = factor->exponent < 0;
        int exponent = divides ? -factor->exponent : factor->exponent;
        text = arena_format(compiler->arena, "%s%s%s", text,
                            i == 0    ? ""
                            : divides ? "/"
                                      : "*",
                            factor->name->text);
        if (exponent > 1)
            text = arena_format(compiler->arena, "%s^%d", text, exponent);
    }
    return text;
}

static size_t add_text(char *buffer, size_t size, const char *text)
{
    size_t room = UNIT_TEXT_SIZE - 1 - size;
    size_t fitting = text_fit(text, room);
    memcpy(buffer + size, text, fitting);
    buffer[size + fitting] = '\0';
    return size + fitting;
}

static size_t add_side(const struct catalogue *catalogue, const struct quantity *quantity, int sign,
                       char *buffer, size_t size)
{
    for (size_t i = 0; i < catalogue->dimension_count; i++) {
        int exponent = quantity->exponents[i] * sign;
        if (exponent <= 0)
            continue;
        char power[8] = "";
        if (exponent > 1)
            snprintf(power, sizeof(power), "^%d", exponent % 100);
        if (sign < 0 || size > 0)
            size = add_text(buffer, size, sign < 0 ? (size > 0 ? "/" : "1/") : "*");
        size = add_text(buffer, size, catalogue->dimensions[i]);
        size = add_text(buffer, size, power);
    }
    return size;
}

const char *dimension_text(const struct catalogue *catalogue, const struct quantity *quantity,
                           char buffer[UNIT_TEXT_SIZE])
{
    buffer[0] = '\0';
    size_t size = add_side(catalogue, quantity, 1, buffer, 0);
    size = add_side(catalogue, quantity, -1, buffer, size);
    if (size == 0)
        add_text(buffer, 0, "1");
    return buffer;
}

static bool names(const struct quantity *unit, const struct quantity *quantity)
{
    return unit->power == quantity->power && quantity_same_dimension(unit, quantity);
}

/* What the catalogue calls this unit: a declared one, or that of an item or indicator. */
static const char *name_of(const struct catalogue *catalogue, const struct quantity *quantity)
{
    for (size_t i = 0; i < catalogue->unit_count; i++)
        if (catalogue->units[i].name && names(&catalogue->units[i].quantity, quantity))
            return catalogue->units[i].name;
    for (size_t i = 0; i < catalogue->indicator_count && catalogue->indicators; i++)
        if (names(&catalogue->indicators[i].quantity, quantity))
            return catalogue->indicators[i].unit_text;
    for (size_t i = 0; i < catalogue->item_count; i++)
        if (catalogue->items[i].unit_text && names(&catalogue->items[i].quantity, quantity))
            return catalogue->items[i].unit_text;
    return "";
}

const char *unit_text(const struct catalogue *catalogue, const struct quantity *quantity,
                      char buffer[UNIT_TEXT_SIZE])
{
    char dimension[UNIT_TEXT_SIZE];
    buffer[0] = '\0';
    if (quantity->points)
        add_text(buffer, 0, UNIT_PERCENTAGE_POINTS);
    else if (quantity_is_dimensionless(quantity) && quantity->power == 0)
        return buffer;
    else if (quantity_is_dimensionless(quantity) && quantity->power == -2)
        add_text(buffer, 0, "%");
    if (buffer[0] == '\0')
        add_text(buffer, 0, name_of(catalogue, quantity));
    if (buffer[0] == '\0') {
        char power[16] = "";
        if (quantity->power != 0)
            snprintf(power, sizeof(power), "10^%d ", quantity->power);
        size_t size = add_text(buffer, 0, power);
        add_text(buffer, size, dimension_text(catalogue, quantity, dimension));
    }
    return buffer;
}

void unit_announce(struct compiler *compiler, struct reader *reader, size_t number)
{
    const struct token *name;
    struct unit *unit = &compiler->units[number];
    if (!reader_name(reader, MESSAGE_A_NAME, &name))
        return;
    unit->name = name->text;
    unit->place = name->place;
    if (text_equal(name->text, UNIT_PERCENTAGE_POINTS) ||
        !names_add(compiler->names, NAME_UNIT, name->text, number))
        report(&compiler->reporter, name->place, MESSAGE_NAME_TAKEN, name->text);
}

static void read_dimension(struct compiler *compiler, struct reader *reader, struct unit *unit)
{
    const struct token *name;
    struct catalogue *catalogue = compiler->catalogue;
    if (!reader_name(reader, MESSAGE_A_DIMENSION, &name))
        return;
    size_t number = names_find(compiler->names, NAME_DIMENSION, name->text);
    if (number == CATALOGUE_NONE) {
        number = catalogue->dimension_count;
        if (number == QUANTITY_DIMENSIONS_MAX) {
            report(&compiler->reporter, name->place, MESSAGE_DIMENSIONS_TOO_MANY,
                   QUANTITY_DIMENSIONS_MAX);
            return;
        }
        bool added = names_add(compiler->names, NAME_DIMENSION, name->text, number);
        compiler->dimensions[number] = name->text;
        catalogue->dimension_count += added;
    }
    unit->quantity.exponents[number] = 1;
}

/* "10^4 元", "10^-2", "元": of units that stand further up. */
static void read_definition(struct compiler *compiler, struct reader *reader, struct unit *unit)
{
    int base = 1;
    int power = 0;
    if (reader_kind(reader) == TOKEN_NUMBER) {
        if (!reader_integer(reader, 10, 10, &base) || !reader_sign(reader, '^'))
            return;
        bool negative = reader_accept(reader, '-');
        if (!reader_integer(reader, 0, POWER_MAX, &power))
            return;
        power = negative ? -power : power;
    }
    struct unit_syntax factors = { 0 };
    if (reader_kind(reader) != TOKEN_END || base == 1)
        if (!syntax_read_unit(reader, &factors))
            return;
    struct quantity quantity;
    for (size_t i = 0; i < factors.count; i++)
        if (text_equal(factors.factors[i].name->text, unit->name)) {
            report(&compiler->reporter, factors.factors[i].name->place, MESSAGE_UNIT_OF_ITSELF,
                   unit->name);
            return;
        }
    if (!unit_resolve(compiler, &factors, &quantity))
        return;
    struct quantity scale = { .power = (int8_t)power };
    if (unit_combine(&quantity, &scale, 1))
        unit->quantity = quantity;
    else
        report(&compiler->reporter, unit->place, MESSAGE_UNIT_RANGE);
}

void unit_read(struct compiler *compiler, struct reader *reader, size_t number)
{
    struct unit *unit = &compiler->units[number];
    const struct token *name;
    if (!reader_name(reader, MESSAGE_A_NAME, &name))
        return;
    if (reader_accept(reader, ':'))
        read_dimension(compiler, reader, unit);
    else if (reader_accept(reader, '='))
        read_definition(compiler, reader, unit);
    else
        reader_refuse(reader, "=");
    if (reader_kind(reader) != TOKEN_END)
        reader_refuse(reader, MESSAGE_A_DECLARATION);
}
