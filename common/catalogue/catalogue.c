#include "common/catalogue/catalogue.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/text.h"
#include "common/model/day.h"

/* All declared things begin with their code. */
static size_t find_code(const void *things, size_t count, size_t size, struct code code)
{
    for (size_t i = 0; i < count; i++) {
        struct code own;
        memcpy(&own, (const char *)things + i * size, sizeof(own));
        if (code_equal(own, code))
            return i;
    }
    return CATALOGUE_NONE;
}

static int compare_with_place(const void *code, const void *place)
{
    uint64_t left = ((const struct code *)code)->packed;
    uint64_t right = ((const struct item_place *)place)->code.packed;
    return left < right ? -1 : left > right;
}

/* By halves: this is asked for every cell of every submission. */
size_t catalogue_item(const struct catalogue *catalogue, struct code code)
{
    const struct item_place *place = bsearch(&code, catalogue->items_by_code, catalogue->item_count,
                                             sizeof(*catalogue->items_by_code), compare_with_place);
    return place ? place->item : CATALOGUE_NONE;
}

size_t catalogue_form(const struct catalogue *catalogue, struct code code)
{
    return find_code(catalogue->forms, catalogue->form_count, sizeof(struct form), code);
}

size_t catalogue_rule(const struct catalogue *catalogue, struct code code)
{
    return find_code(catalogue->rules, catalogue->rule_count, sizeof(struct rule), code);
}

size_t catalogue_indicator(const struct catalogue *catalogue, struct code code)
{
    return find_code(catalogue->indicators, catalogue->indicator_count, sizeof(struct indicator),
                     code);
}

size_t catalogue_requirement(const struct catalogue *catalogue, struct code code)
{
    return find_code(catalogue->requirements, catalogue->requirement_count,
                     sizeof(struct requirement), code);
}

size_t catalogue_attribute(const struct catalogue *catalogue, struct code code)
{
    return find_code(catalogue->attributes, catalogue->attribute_count, sizeof(struct attribute),
                     code);
}

size_t catalogue_find_indicator(const struct catalogue *catalogue, const char *text)
{
    struct code code;
    size_t found = CATALOGUE_NONE;
    if (code_parse(text, strlen(text), &code))
        found = catalogue_indicator(catalogue, code);
    for (size_t i = 0; i < catalogue->indicator_count && found == CATALOGUE_NONE; i++)
        if (words_match(&catalogue->indicators[i].name, text))
            found = i;
    return found;
}

size_t catalogue_find_form(const struct catalogue *catalogue, const char *text)
{
    struct code code;
    size_t found = CATALOGUE_NONE;
    if (code_parse(text, strlen(text), &code))
        found = catalogue_form(catalogue, code);
    for (size_t i = 0; i < catalogue->form_count && found == CATALOGUE_NONE; i++) {
        const struct form *form = &catalogue->forms[i];
        if (words_match(&form->name, text) || (form->roster && text_equal(form->short_name, text)))
            found = i;
    }
    return found;
}

int code_list_ordinal(const struct code_list *list, struct code code)
{
    for (size_t i = 0; i < list->count; i++)
        if (code_equal(list->values[i].code, code))
            return (int)i;
    return -1;
}

bool code_list_parse(const struct code_list *list, const char *text, struct code *out)
{
    struct code code = { 0 };
    bool is_code = code_parse(text, strlen(text), &code);
    for (size_t i = 0; i < list->count; i++) {
        const struct code_value *value = &list->values[i];
        if ((is_code && code_equal(value->code, code)) || words_match(&value->words, text)) {
            *out = value->code;
            return true;
        }
    }
    return false;
}

size_t form_position(const struct form *form, size_t item)
{
    for (size_t i = 0; i < form->item_count; i++)
        if (form->items[i] == item)
            return i;
    return CATALOGUE_NONE;
}

bool form_reports(const struct form *form, struct period period)
{
    return period.frequency == form->frequency && !(form->exempt >> period.number & 1u);
}

/* Without months: so many days later. Otherwise in the month that is `months` after the period's
 * last one; the last day of a short month. */
int64_t deadline_day(struct deadline deadline, struct period period)
{
    if (deadline.months == 0)
        return period_last_day(period) + deadline.day;
    int year;
    int month;
    int day;
    day_to_date(period_last_day(period), &year, &month, &day);
    month += deadline.months - 1;
    year += month / 12;
    month = month % 12 + 1;
    int last = day_month_length(year, month);
    return day_of_date(year, month, deadline.day < last ? deadline.day : last);
}
