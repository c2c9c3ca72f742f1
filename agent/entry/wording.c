#include "agent/entry/wording.h"

#include <assert.h>

#include "common/base/arena.h"
#include "common/base/decimal.h"
#include "common/base/messages.h"
#include "common/base/text.h"
#include "common/model/day.h"

#define CODES_SHOWN 8

static const struct words yes = WORDS_ENTRY_YES;
static const struct words no = WORDS_ENTRY_NO;

static const char *code_wording(const struct code_list *list, struct code code, bool for_file,
                                struct arena *arena)
{
    char buffer[CODE_TEXT_SIZE];
    int ordinal = code_list_ordinal(list, code);
    if (for_file || ordinal < 0)
        return arena_copy_text(arena, code_text(code, buffer));
    return words_say(&list->values[ordinal].words);
}

static const char *answer_wording(const struct catalogue *catalogue, const struct item *item,
                                  int64_t mantissa, bool for_file, struct arena *arena)
{
    char figure[DECIMAL_TEXT_SIZE], day[DAY_TEXT_SIZE];
    switch (item->type) {
    case ITEM_QUANTITY:
        return arena_copy_text(arena, decimal_text(mantissa, item->decimals, figure));
    case ITEM_CODE:
        return code_wording(&catalogue->lists[item->list], (struct code){ (uint64_t)mantissa },
                            for_file, arena);
    case ITEM_DATE:
        return arena_copy_text(arena, day_text(mantissa, day));
    case ITEM_FLAG:
        return words_say(mantissa ? &yes : &no);
    case ITEM_TEXT:
        break;
    }
    assert(false);
    return "";
}

const char *wording_for_file(const struct catalogue *catalogue, size_t item, struct value value,
                             const char *text, struct arena *arena)
{
    if (!value_status_has_figure(value.status))
        return value_status_words(value.status);
    if (catalogue->items[item].type == ITEM_TEXT)
        return text;
    return answer_wording(catalogue, &catalogue->items[item], value.mantissa, true, arena);
}

const char *wording_of_value(const struct catalogue *catalogue, size_t item, struct value value,
                             const char *text, struct arena *arena)
{
    if (!value_status_has_figure(value.status))
        return value_status_words(value.status);
    const char *plain = text;
    if (catalogue->items[item].type != ITEM_TEXT)
        plain = answer_wording(catalogue, &catalogue->items[item], value.mantissa, false, arena);
    if (value.status == VALUE_PRESENT)
        return plain;
    return arena_format(arena, MESSAGE_ENTRY_WITH_STATUS, plain, value_status_words(value.status));
}

const char *wording_of_codes(const struct code_list *list, struct arena *arena)
{
    CLEANUP(text_builder_free) struct text_builder text = { 0 };
    text_builder_add(&text, "");
    for (size_t i = 0; i < list->count && i < CODES_SHOWN; i++) {
        char buffer[CODE_TEXT_SIZE];
        text_builder_add(&text, i > 0 ? MESSAGE_ENTRY_SEPARATOR : "");
        text_builder_format(&text, "%s %s", code_text(list->values[i].code, buffer),
                            words_say(&list->values[i].words));
    }
    text_builder_add(&text, list->count > CODES_SHOWN ? "…" : "");
    return arena_copy_text(arena, text.text);
}
