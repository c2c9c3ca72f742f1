/* item CODE "…" / "…" { unit … decimals … kind … } */

#include "common/base/arena.h"
#include "common/base/decimal.h"
#include "common/base/messages.h"
#include "common/base/text.h"
#include "common/catalogue/compiler.h"
#include "common/catalogue/declaration.h"
#include "common/catalogue/unit.h"

struct item_draft {
    struct compiler *compiler;
    struct item *item;
    struct unit_syntax unit;
    bool has_type; /* code, date, flag or text */
    bool has_kind;
    bool has_total;
};

struct choice {
    const char *word;
    int value;
};

/* clang-format off */
static const struct choice kind_choices[] = {
    { "flow", KIND_FLOW }, { "stock", KIND_STOCK }, { "average", KIND_AVERAGE },
    { "ratio", KIND_RATIO }, { "index", KIND_INDEX }, { "score", KIND_SCORE },
    { "count", KIND_COUNT },
};
static const struct choice total_choices[] = {
    { "sum", TOTAL_SUM }, { "none", TOTAL_NONE }, { "smallest", TOTAL_SMALLEST },
    { "largest", TOTAL_LARGEST },
};
static const struct choice basis_choices[] = {
    { "ytd", BASIS_CUMULATIVE }, { "period", BASIS_PERIOD },
};
/* clang-format on */

static bool read_choice(struct reader *reader, const struct choice *choices, size_t count, int *out)
{
    for (size_t i = 0; i < count; i++)
        if (reader_accept_word(reader, choices[i].word)) {
            *out = choices[i].value;
            return true;
        }
    const char *expected = choices[0].word;
    for (size_t i = 1; i < count; i++)
        expected = arena_format(reader->compiler->scratch, "%s | %s", expected, choices[i].word);
    return reader_refuse(reader, expected);
}

static bool read_unit(struct reader *reader, void *target)
{
    struct item_draft *draft = target;
    struct quantity quantity;
    if (!syntax_read_unit(reader, &draft->unit) ||
        !unit_resolve(draft->compiler, &draft->unit, &quantity))
        return false;
    struct quantity *own = &draft->item->quantity;
    quantity.kind = own->kind;
    quantity.basis = own->basis;
    quantity.price = own->price;
    *own = quantity;
    draft->item->unit_text = unit_syntax_text(draft->compiler, &draft->unit);
    return true;
}

static bool read_decimals(struct reader *reader, void *target)
{
    return reader_integer(reader, 0, DECIMAL_DECIMALS_MAX,
                          &((struct item_draft *)target)->item->decimals);
}

static bool read_kind(struct reader *reader, void *target)
{
    struct item_draft *draft = target;
    int kind = 0;
    draft->has_kind = true;
    if (!read_choice(reader, kind_choices, COUNT_OF(kind_choices), &kind))
        return false;
    draft->item->quantity.kind = (uint8_t)kind;
    return true;
}

static bool read_basis(struct reader *reader, void *target)
{
    int basis = 0;
    if (!read_choice(reader, basis_choices, COUNT_OF(basis_choices), &basis))
        return false;
    ((struct item_draft *)target)->item->quantity.basis = (uint8_t)basis;
    return true;
}

static bool read_price(struct reader *reader, void *target)
{
    struct quantity *quantity = &((struct item_draft *)target)->item->quantity;
    int year = 0;
    if (reader_accept_word(reader, "current"))
        quantity->price = PRICE_CURRENT;
    else if (reader_accept_word(reader, "constant"))
        quantity->price = PRICE_CONSTANT;
    else
        return reader_refuse(reader, "current | constant");
    return quantity->price == PRICE_CURRENT ||
           reader_integer(reader, PERIOD_YEAR_MIN, PERIOD_YEAR_MAX, &year);
}

static bool read_total(struct reader *reader, void *target)
{
    struct item_draft *draft = target;
    int total = 0;
    draft->has_total = true;
    if (!read_choice(reader, total_choices, COUNT_OF(total_choices), &total))
        return false;
    draft->item->total = (enum item_total)total;
    return true;
}

static bool read_core(struct reader *reader, void *target)
{
    (void)reader;
    ((struct item_draft *)target)->item->core = true;
    return true;
}

static bool read_negative(struct reader *reader, void *target)
{
    (void)reader;
    ((struct item_draft *)target)->item->may_be_negative = true;
    return true;
}

static bool read_reference(struct reader *reader, void *target)
{
    (void)reader;
    ((struct item_draft *)target)->item->reference = true;
    return true;
}

static bool read_base(struct reader *reader, void *target)
{
    struct item_draft *draft = target;
    const struct token *name;
    return reader_name(reader, MESSAGE_AN_ITEM, &name) &&
           compiler_find(draft->compiler, NAME_ITEM, name, MESSAGE_AN_ITEM, &draft->item->base);
}

static bool read_note(struct reader *reader, void *target)
{
    return reader_words(reader, &((struct item_draft *)target)->item->note);
}

static bool read_department(struct reader *reader, void *target)
{
    return reader_words(reader, &((struct item_draft *)target)->item->department);
}

static bool set_type(struct item_draft *draft, enum item_type type)
{
    draft->item->type = type;
    draft->has_type = true;
    return true;
}

static bool read_code(struct reader *reader, void *target)
{
    struct item_draft *draft = target;
    const struct token *name;
    set_type(draft, ITEM_CODE);
    return reader_name(reader, MESSAGE_A_LIST, &name) &&
           compiler_find(draft->compiler, NAME_LIST, name, MESSAGE_A_LIST, &draft->item->list);
}

static bool read_date(struct reader *reader, void *target)
{
    (void)reader;
    return set_type(target, ITEM_DATE);
}

static bool read_flag(struct reader *reader, void *target)
{
    (void)reader;
    return set_type(target, ITEM_FLAG);
}

static bool read_text(struct reader *reader, void *target)
{
    (void)reader;
    return set_type(target, ITEM_TEXT);
}

/* clang-format off */
static const struct property properties[] = {
    { "unit", false, read_unit },           { "decimals", false, read_decimals },
    { "kind", false, read_kind },           { "basis", false, read_basis },
    { "price", false, read_price },         { "total", false, read_total },
    { "core", false, read_core },           { "negative", false, read_negative },
    { "reference", false, read_reference }, { "base", false, read_base },
    { "note", false, read_note },           { "department", false, read_department },
    { "code", false, read_code },           { "date", false, read_date },
    { "flag", false, read_flag },           { "text", false, read_text },
};
/* clang-format on */

bool item_is_word(const char *word)
{
    return declaration_has_word(properties, COUNT_OF(properties), word);
}

static const struct words no_words = { "", "" };

void item_announce(struct compiler *compiler, struct reader *reader, size_t number)
{
    const struct token *token = reader->token;
    struct item *item = &compiler->items[number];
    *item = (struct item){ .name = no_words,
                           .note = no_words,
                           .department = no_words,
                           .unit_text = "",
                           .list = CATALOGUE_NONE,
                           .base = CATALOGUE_NONE };
    if (!reader_code(reader, MESSAGE_A_CODE, &item->code) || !reader_words(reader, &item->name))
        return;
    item->place = token->place;
    if (!names_add(compiler->names, NAME_ITEM, token->text, number))
        report(&compiler->reporter, token->place, MESSAGE_NAME_TAKEN, token->text);
    else if (!text_equal(token->text, item->name.chinese) &&
             !names_add(compiler->names, NAME_ITEM, item->name.chinese, number))
        report(&compiler->reporter, token->place, MESSAGE_NAME_TAKEN, item->name.chinese);
}

/* What is not additive must not be declared so. */
static bool check_quantity(struct item_draft *draft)
{
    struct item *item = draft->item;
    struct quantity *quantity = &item->quantity;
    struct reporter *reporter = &draft->compiler->reporter;
    bool flow = quantity->kind == KIND_FLOW;
    bool ratio = quantity->kind == KIND_RATIO || quantity->kind == KIND_INDEX ||
                 quantity->kind == KIND_SCORE;
    if (!draft->has_kind)
        return report(reporter, item->place, MESSAGE_ITEM_WITHOUT_KIND, item->name.chinese);
    if (!flow && quantity->basis != BASIS_NONE)
        return report(reporter, item->place, MESSAGE_ITEM_BASIS, item->name.chinese);
    if (flow && quantity->basis == BASIS_NONE)
        return report(reporter, item->place, MESSAGE_ITEM_WITHOUT_BASIS, item->name.chinese);
    if (quantity->kind == KIND_STOCK)
        quantity->basis = BASIS_INSTANT;
    if (ratio && draft->has_total && item->total == TOTAL_SUM)
        return report(reporter, item->place, MESSAGE_ITEM_RATIO_SUMMED, item->name.chinese);
    if (ratio && !draft->has_total)
        item->total = TOTAL_NONE;
    return true;
}

static bool check_item(struct item_draft *draft)
{
    struct item *item = draft->item;
    struct reporter *reporter = &draft->compiler->reporter;
    bool quantity = draft->unit.count > 0 || draft->has_kind;
    if (draft->has_type && quantity)
        return report(reporter, item->place, MESSAGE_ITEM_TWO_TYPES, item->name.chinese);
    if (!draft->has_type && !quantity)
        return report(reporter, item->place, MESSAGE_ITEM_WITHOUT_TYPE, item->name.chinese);
    return draft->has_type || check_quantity(draft);
}

void item_read(struct compiler *compiler, struct reader *reader, size_t number)
{
    struct item_draft draft = { .compiler = compiler, .item = &compiler->items[number] };
    struct code code;
    struct words words;
    if (draft.item->place.line == 0 || !reader_code(reader, MESSAGE_A_CODE, &code) ||
        !reader_words(reader, &words))
        return;
    size_t before = report_count(&compiler->reporter);
    declaration_read_body(reader, properties, COUNT_OF(properties), &draft);
    if (report_count(&compiler->reporter) == before)
        check_item(&draft);
}
