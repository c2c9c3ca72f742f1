#include "common/cube/figure.h"

#include <string.h>

#include "common/base/arena.h"
#include "common/base/messages.h"
#include "common/base/text.h"

#define GROUP 3
#define PERCENT_POWER (-2)

static size_t digits_at(const char *text)
{
    return strspn(text, "0123456789");
}

const char *figure_text(struct number number, int decimals, const char *unit, struct arena *arena)
{
    char buffer[NUMBER_TEXT_SIZE];
    const char *text = number_text(number, decimals, ROUNDING_HALF_UP, buffer);
    CLEANUP(text_builder_free) struct text_builder grouped = { 0 };
    if (*text == '-')
        text_builder_add(&grouped, "-");
    text += *text == '-';
    size_t whole = digits_at(text);
    for (size_t i = 0; i < whole; i++) {
        if (i > 0 && (whole - i) % GROUP == 0)
            text_builder_add(&grouped, ",");
        text_builder_add_bytes(&grouped, (struct bytes){ text + i, 1 });
    }
    text_builder_add(&grouped, text + whole);
    if (*unit)
        text_builder_format(&grouped, " %s", unit);
    return arena_copy_text(arena, grouped.text);
}

int figure_decimals(struct number number, int most)
{
    for (int decimals = 0; decimals < most; decimals++) {
        int64_t mantissa;
        if (number_round(number, decimals, ROUNDING_HALF_UP, &mantissa) &&
            number_compare(number, number_of_decimal(mantissa, decimals)) == 0)
            return decimals;
    }
    return most;
}

static bool same_unit(const struct quantity *left, const struct quantity *right)
{
    return left->power == right->power && left->points == right->points &&
           quantity_same_dimension(left, right);
}

const char *figure_unit(const struct catalogue *catalogue, const struct quantity *quantity)
{
    if (quantity_is_dimensionless(quantity) && quantity->power == PERCENT_POWER)
        return quantity->points ? WORD_POINTS : "%";
    if (quantity_is_dimensionless(quantity) && quantity->power == 0)
        return "";
    for (size_t i = 0; i < catalogue->unit_count; i++)
        if (same_unit(&catalogue->units[i].quantity, quantity))
            return catalogue->units[i].name;
    for (size_t i = 0; i < catalogue->item_count; i++)
        if (catalogue->items[i].type == ITEM_QUANTITY &&
            same_unit(&catalogue->items[i].quantity, quantity))
            return catalogue->items[i].unit_text;
    for (size_t i = 0; i < catalogue->indicator_count; i++)
        if (same_unit(&catalogue->indicators[i].quantity, quantity))
            return catalogue->indicators[i].unit_text;
    return "";
}
