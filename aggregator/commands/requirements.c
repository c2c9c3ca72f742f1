#include <stdio.h>
#include <string.h>

#include "aggregator/commands/commands.h"
#include "aggregator/commands/table.h"
#include "aggregator/groups.h"
#include "aggregator/projection.h"
#include "aggregator/province.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/memory.h"
#include "common/base/messages.h"
#include "common/catalogue/catalogue.h"
#include "common/catalogue/unit.h"
#include "common/cube/judgement.h"
#include "common/runtime/listing.h"

#define DECIMALS 2
#define OUTCOMES (JUDGEMENT_NOT_APPLICABLE + 1)

struct view {
    const struct catalogue *catalogue;
    const struct cube *cube;
    struct arena *arena;
    struct judgement *items;
    size_t count;
    size_t capacity;
};

static bool keep(const struct judgement *judgement, void *owner)
{
    struct view *view = owner;
    view->items = memory_grown(view->items, &view->capacity, view->count + 1, sizeof *view->items);
    view->items[view->count] = *judgement;
    view->items[view->count++].row_key = arena_copy_text(view->arena, judgement->row_key);
    return true;
}

static const char *unit_of(const struct view *view, const struct judgement *judgement,
                           char buffer[UNIT_TEXT_SIZE])
{
    const struct expression *comparison = judgement->comparison;
    if (!judgement->has_margin || !comparison || !comparison->left)
        return "";
    if (comparison->left->class != CLASS_NUMBER)
        return "";
    return unit_text(view->catalogue, &comparison->left->quantity, buffer);
}

static void add_number(struct table_writer *table, bool known, struct number number)
{
    char text[NUMBER_TEXT_SIZE];
    table_figure(table, known ? number_text(number, DECIMALS, ROUNDING_HALF_UP, text) : "");
}

static void add_judgement(struct table_writer *table, const struct view *view,
                          const struct judgement *judgement)
{
    const struct requirement *requirement = &view->catalogue->requirements[judgement->requirement];
    const struct zone *zone = cube_zone(view->cube, judgement->zone);
    char text[UNIT_TEXT_SIZE];
    bool known = judgement->has_margin;
    bool listing = table->format == TABLE_LISTING;
    table_text(table,
               listing ? judgement_words(judgement->outcome) : judgement_name(judgement->outcome));
    table_text(table, zone->id.text);
    table_text(table, zone->name);
    table_text(table, period_text(judgement->period, text));
    table_text(table, code_text(requirement->code, text));
    table_text(table, requirement->cite);
    table_text(table, judgement->row_key);
    add_number(table, known, judgement->value);
    add_number(table, known, judgement->limit);
    add_number(table, known, judgement->margin);
    table_text(table, unit_of(view, judgement, text));
    table_text(table, words_say(&requirement->words));
}

/* Failing first; what does not apply is left out for a person. */
static bool write_judgements(const struct view *view, struct table_writer *table, struct error *err)
{
    static const enum judgement_outcome order[] = { JUDGEMENT_FAIL, JUDGEMENT_UNKNOWN,
                                                    JUDGEMENT_PASS, JUDGEMENT_NOT_APPLICABLE };
    size_t shown = table->format == TABLE_LISTING ? COUNT_OF(order) - 1 : COUNT_OF(order);
    for (size_t i = 0; i < shown; i++)
        for (size_t k = 0; k < view->count; k++)
            if (view->items[k].outcome == order[i])
                add_judgement(table, view, &view->items[k]);
    return table_print(table, err);
}

static void print_summary(const struct view *view)
{
    CLEANUP(listing_destroy) struct listing *listing = listing_create(7);
    listing_text(listing, MESSAGE_COLUMN_CODE);
    listing_text(listing, MESSAGE_COLUMN_CLAUSE);
    listing_text(listing, judgement_words(JUDGEMENT_FAIL));
    listing_text(listing, judgement_words(JUDGEMENT_PASS));
    listing_text(listing, judgement_words(JUDGEMENT_UNKNOWN));
    listing_text(listing, judgement_words(JUDGEMENT_NOT_APPLICABLE));
    listing_text(listing, MESSAGE_COLUMN_REQUIREMENT);
    for (size_t i = 0; i < view->catalogue->requirement_count; i++) {
        const struct requirement *requirement = &view->catalogue->requirements[i];
        size_t counts[OUTCOMES] = { 0 };
        size_t total = 0;
        char text[CODE_TEXT_SIZE];
        for (size_t k = 0; k < view->count; k++)
            if (view->items[k].requirement == i) {
                counts[view->items[k].outcome]++;
                total++;
            }
        if (total == 0)
            continue;
        listing_text(listing, code_text(requirement->code, text));
        listing_text(listing, requirement->cite);
        listing_format(listing, "%zu", counts[JUDGEMENT_FAIL]);
        listing_format(listing, "%zu", counts[JUDGEMENT_PASS]);
        listing_format(listing, "%zu", counts[JUDGEMENT_UNKNOWN]);
        listing_format(listing, "%zu", counts[JUDGEMENT_NOT_APPLICABLE]);
        listing_text(listing, words_say(&requirement->words));
    }
    listing_print(listing, stdout);
}

static bool judge(struct view *view, const char *zone, struct period period, struct error *err)
{
    struct zone_group group;
    if (!groups_find(view->cube, zone ? zone : "province", period, view->arena, &group))
        return error_set(err, ERROR_REFUSED, MESSAGE_GROUP_NONE, zone ? zone : "province");
    for (size_t i = 0; i < group.scope.zone_count; i++)
        judge_zone(view->cube, group.scope.zones[i], period, keep, view);
    return true;
}

bool command_requirements(const struct arguments *arguments, struct error *err)
{
    static const char *const columns[] = { "verdict",     "zone",   "name", "period",
                                           "requirement", "clause", "row",  "value",
                                           "limit",       "margin", "unit", "words" };
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    CLEANUP(table_close) struct table_writer table = { 0 };
    if (!table_open(&table, arguments, columns, COUNT_OF(columns), err))
        return false;
    CLEANUP(province_close) struct province *province = command_open(arguments, err);
    struct period period;
    if (!province || !command_period(arguments, province, &period, err))
        return false;
    struct view view = { .catalogue = province->catalogue,
                         .cube = projection_cube(province->projection),
                         .arena = arena };
    bool good = judge(&view, arguments_option(arguments, "zone"), period, err);
    if (good && arguments_option(arguments, "summary"))
        print_summary(&view);
    else if (good)
        good = write_judgements(&view, &table, err);
    memory_free(&view.items);
    return good;
}
