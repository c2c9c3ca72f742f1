/* Prints random catalogues, figures and what the cube computes from them as JSON, for
 * oracle.py. Arguments: seed, zones. */

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/base/random.h"
#include "tests/common/cube/random_case.h"

#define INDICATORS 25
#define DIGITS_MAX 48

static json_t *integer_json(int128 value)
{
    char digits[DIGITS_MAX];
    size_t at = sizeof digits - 1;
    bool negative = value < 0;
    digits[at] = '\0';
    do {
        int digit = (int)(value % 10);
        digits[--at] = (char)('0' + (digit < 0 ? -digit : digit));
        value /= 10;
    } while (value != 0);
    if (negative)
        digits[--at] = '-';
    return json_string(digits + at);
}

static json_t *tree_json(const struct expression *expression)
{
    if (!expression)
        return json_null();
    json_t *tree = json_pack("{s:i, s:i, s:i}", "operation", (int)expression->operation, "item",
                             (int)expression->item, "exponent", expression->exponent);
    json_object_set_new(tree, "indicator", json_integer((json_int_t)expression->indicator));
    json_object_set_new(tree, "numerator", integer_json(expression->constant.numerator));
    json_object_set_new(tree, "denominator", integer_json(expression->constant.denominator));
    json_object_set_new(tree, "shift",
                        json_pack("[i,i,i,i]", expression->shift.years, expression->shift.steps,
                                  expression->shift.part_number, expression->shift.basis));
    json_object_set_new(tree, "left", tree_json(expression->left));
    json_object_set_new(tree, "right", tree_json(expression->right));
    json_object_set_new(tree, "third", tree_json(expression->third));
    return tree;
}

static json_t *operations_json(void)
{
    static const struct {
        const char *name;
        enum operation operation;
    } names[] = {
        { "constant", OPERATION_CONSTANT },
        { "item", OPERATION_ITEM },
        { "indicator", OPERATION_INDICATOR },
        { "negate", OPERATION_NEGATE },
        { "add", OPERATION_ADD },
        { "subtract", OPERATION_SUBTRACT },
        { "multiply", OPERATION_MULTIPLY },
        { "divide", OPERATION_DIVIDE },
        { "scale", OPERATION_SCALE },
        { "absolute", OPERATION_ABSOLUTE },
        { "smaller", OPERATION_SMALLER },
        { "larger", OPERATION_LARGER },
        { "first_of", OPERATION_FIRST_OF },
        { "less", OPERATION_LESS },
        { "if", OPERATION_IF },
    };
    json_t *operations = json_object();
    for (size_t i = 0; i < COUNT_OF(names); i++)
        json_object_set_new(operations, names[i].name, json_integer(names[i].operation));
    return operations;
}

static json_t *items_json(const struct fixture *f)
{
    json_t *items = json_array();
    for (size_t i = 0; i < f->catalogue->item_count; i++) {
        const struct item *item = &f->catalogue->items[i];
        int base = item->base == CATALOGUE_NONE ? -1 : (int)item->base;
        json_array_append_new(items,
                              json_pack("{s:i, s:i, s:b}", "decimals", item->decimals, "base", base,
                                        "cumulative", item->quantity.kind == KIND_FLOW));
    }
    return items;
}

static json_t *cells_json(const struct fixture *f)
{
    json_t *cells = json_array();
    for (size_t zone = 0; zone < cube_zone_count(f->cube); zone++)
        for (size_t item = 0; item < f->catalogue->item_count; item++)
            for (int month = 1; month <= 24; month++) {
                int year = 2020 + (month - 1) / 12, number = (month - 1) % 12 + 1;
                struct origin origin;
                struct value value =
                    cube_observe(f->cube, zone, item, period_of_month(year, number), &origin);
                if (origin.reported)
                    json_array_append_new(cells, json_pack("[i,i,i,i,I,i]", (int)zone, (int)item,
                                                           year, number, (json_int_t)value.mantissa,
                                                           value.status));
            }
    return cells;
}

static json_t *result_json(size_t indicator, int zone, int month, struct indicator_value value)
{
    json_t *json =
        json_pack("[i,i,i,s]", (int)indicator, zone, month, absence_name(value.result.absence));
    json_array_append_new(json, integer_json(value.result.number.numerator));
    json_array_append_new(json, integer_json(value.result.number.denominator));
    json_array_append_new(json, json_integer((json_int_t)value.coverage.included));
    return json;
}

/* Zone -1 is the group of all. */
static json_t *results_json(const struct fixture *f)
{
    json_t *results = json_array();
    size_t zone_count = cube_zone_count(f->cube);
    size_t *zones = calloc(zone_count, sizeof *zones);
    for (size_t zone = 0; zones && zone < zone_count; zone++)
        zones[zone] = zone;
    for (size_t i = 0; i < f->catalogue->indicator_count; i++)
        for (int month = 1; month <= 12; month++) {
            struct period period = period_of_month(2021, month);
            struct scope all = { zones, zone_count, true };
            json_array_append_new(
                results, result_json(i, -1, month, evaluate_indicator(f->cube, i, all, period)));
            for (size_t zone = 0; zone < zone_count; zone++) {
                struct scope one = { &zones[zone], 1, false };
                json_array_append_new(
                    results,
                    result_json(i, (int)zone, month, evaluate_indicator(f->cube, i, one, period)));
            }
        }
    free(zones);
    return results;
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return EXIT_FAILURE;
    struct seeded_random seeded = seeded_random_of(strtoull(argv[1], NULL, 10));
    struct fixture f;
    random_case_open(&f, &seeded.random, INDICATORS, (size_t)strtoul(argv[2], NULL, 10));

    json_t *indicators = json_array();
    for (size_t i = 0; i < f.catalogue->indicator_count; i++)
        json_array_append_new(indicators, tree_json(f.catalogue->indicators[i].value));
    json_t *root = json_object();
    json_object_set_new(root, "operations", operations_json());
    json_object_set_new(root, "items", items_json(&f));
    json_object_set_new(root, "indicators", indicators);
    json_object_set_new(root, "cells", cells_json(&f));
    json_object_set_new(root, "results", results_json(&f));
    json_dumpf(root, stdout, JSON_COMPACT);
    json_decref(root);
    fixture_close(&f);
    return EXIT_SUCCESS;
}
