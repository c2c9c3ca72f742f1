#include "common/cube/builtin.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/decimal.h"
#include "common/base/memory.h"
#include "common/base/messages.h"
#include "common/base/text.h"
#include "common/cube/figure.h"
#include "common/model/day.h"

#define EXPLANATION_CHARACTERS_MIN 10
#define BEIJING_MS ((int64_t)8 * 3600 * 1000)
#define DAY_MS ((int64_t)24 * 3600 * 1000)

typedef void builtin_fn(struct check *check);
/* A cell of a table ("" is the row) or of a roster. */
typedef void cell_fn(struct check *check, const char *row_key, size_t item, struct value value);

void check_add(struct check *check, const char *row_key, size_t item, const char *evidence)
{
    const struct rule *rule = check->rule;
    check->found++;
    if (check->found > CHECK_EVIDENCE_MAX && !check->request->tersely)
        evidence = arena_format(check->scratch, MESSAGE_EVIDENCE_OMITTED, CHECK_EVIDENCE_MAX);
    struct finding finding = { .class = rule->class,
                               .rule = rule->code,
                               .form = check->form->code,
                               .period = check->request->submission->period,
                               .row_key = row_key,
                               .words = words_say(&rule->words),
                               .evidence = evidence,
                               .advice = words_say(&rule->advice) };
    if (item != CATALOGUE_NONE)
        finding.item = check->catalogue->items[item].code;
    findings_add(check->out, &finding);
    arena_reset(check->scratch);
}

static const char *item_name(const struct check *check, size_t item)
{
    return words_say(&check->catalogue->items[item].name);
}

static const char *date_text(const struct check *check, int64_t day)
{
    char buffer[DAY_TEXT_SIZE];
    return arena_copy_text(check->scratch, day_text(day, buffer));
}

static void zone_active(struct check *check)
{
    const struct zone *zone = cube_zone(check->request->cube, check->request->zone);
    struct period period = check->request->submission->period;
    char text[PERIOD_TEXT_SIZE];
    if (!zone_is_active(zone, period))
        check_add(check, "", CATALOGUE_NONE,
                  arena_format(check->scratch, MESSAGE_ZONE_NOT_ACTIVE, zone->name,
                               period_text(period, text)));
}

static void form_open(struct check *check)
{
    struct period period = check->request->submission->period;
    char text[PERIOD_TEXT_SIZE];
    period_text(period, text);
    if (!form_reports(check->form, period))
        check_add(check, "", CATALOGUE_NONE,
                  arena_format(check->scratch, MESSAGE_FORM_OTHER_PERIOD,
                               words_say(&check->form->name), text));
    if (check->request->today < period_last_day(period))
        check_add(check, "", CATALOGUE_NONE,
                  arena_format(check->scratch, MESSAGE_PERIOD_NOT_OVER, text,
                               date_text(check, period_last_day(period)),
                               date_text(check, check->request->today)));
}

/* Of the n-th cell or column, in the order of the codes. */
static struct code given_item(const struct submission *submission, bool roster, size_t number)
{
    return roster ? submission->columns[number].item : submission->cells[number].item;
}

static void add_blank(struct check *check, const char *row_key, size_t item)
{
    check_add(check, row_key, item,
              arena_format(check->scratch, MESSAGE_CELL_BLANK, item_name(check, item)));
}

/* A text that says it is there has to be there. */
static void find_blank_texts(struct check *check)
{
    const struct submission *submission = check->request->submission;
    for (size_t i = 0; i < submission->column_count; i++) {
        const struct roster_column *column = &submission->columns[i];
        for (size_t row = 0; column->texts && row < submission->row_count; row++)
            if (value_status_has_figure(column->statuses[row]) &&
                (!column->texts[row] || column->texts[row][0] == '\0'))
                add_blank(check, submission->row_keys[row],
                          catalogue_item(check->catalogue, column->item));
    }
}

/* The form's items and the submission's, side by side. */
static void complete(struct check *check)
{
    const struct form *form = check->form;
    const struct submission *submission = check->request->submission;
    size_t count = form->roster ? submission->column_count : submission->cell_count, next = 0;
    if (form->roster && submission->row_count == 0)
        return;
    for (size_t i = 0; i < form->item_count; i++) {
        const struct item_place *place = &form->items_by_code[i];
        bool key = form->roster && place->item == form->key_item;
        if (next < count && code_equal(given_item(submission, form->roster, next), place->code))
            next++;
        else if (!key && !check->catalogue->items[place->item].reference)
            add_blank(check, "", place->item);
    }
    find_blank_texts(check);
}

static void each_in_column(struct check *check, const struct roster_column *column, size_t item,
                           cell_fn *visit)
{
    const struct submission *submission = check->request->submission;
    for (size_t row = 0; column->mantissas && row < submission->row_count; row++)
        if (value_status_has_figure(column->statuses[row]))
            visit(check, submission->row_keys[row], item,
                  (struct value){ column->mantissas[row], column->statuses[row] });
}

static void each_cell(struct check *check, cell_fn *visit)
{
    const struct submission *submission = check->request->submission;
    const struct item_place *place = check->form->items_by_code;
    if (check->plain)
        return;
    for (size_t i = 0; i < submission->cell_count; i++, place++) {
        const struct cell *cell = &submission->cells[i];
        while (!code_equal(place->code, cell->item))
            place++;
        if (value_status_has_figure(cell->value.status))
            visit(check, "", place->item, cell->value);
    }
    for (size_t i = 0; i < submission->column_count; i++) {
        const struct roster_column *column = &submission->columns[i];
        each_in_column(check, column, catalogue_item(check->catalogue, column->item), visit);
    }
}

static bool is_plain(const struct item *item, struct value value)
{
    if (!value_status_has_figure(value.status))
        return true;
    if (item->type != ITEM_QUANTITY || (value.mantissa < 0 && !item->may_be_negative))
        return false;
    return item->quantity.kind != KIND_COUNT || item->decimals == 0 ||
           value.mantissa % (int64_t)decimal_power(item->decimals) == 0;
}

bool builtin_cells_are_plain(const struct check *check)
{
    const struct submission *submission = check->request->submission;
    const struct item_place *place = check->form->items_by_code;
    bool plain = !check->form->roster;
    for (size_t i = 0; i < submission->cell_count && plain; i++, place++) {
        while (!code_equal(place->code, submission->cells[i].item))
            place++;
        plain = is_plain(&check->catalogue->items[place->item], submission->cells[i].value);
    }
    return plain;
}

static const char *cell_text(const struct check *check, size_t item, struct value value)
{
    const struct item *described = &check->catalogue->items[item];
    return figure_text(number_of_decimal(value.mantissa, described->decimals), described->decimals,
                       described->unit_text, check->scratch);
}

static void range_of(struct check *check, const char *row_key, size_t item, struct value value)
{
    const struct item *described = &check->catalogue->items[item];
    if (described->type == ITEM_QUANTITY && !described->may_be_negative && value.mantissa < 0)
        check_add(check, row_key, item,
                  arena_format(check->scratch, MESSAGE_CELL_NEGATIVE, item_name(check, item),
                               cell_text(check, item, value)));
}

static void range(struct check *check)
{
    each_cell(check, range_of);
}

static void integer_of(struct check *check, const char *row_key, size_t item, struct value value)
{
    const struct item *described = &check->catalogue->items[item];
    if (described->type == ITEM_QUANTITY && described->quantity.kind == KIND_COUNT &&
        value.mantissa % decimal_power(described->decimals) != 0)
        check_add(check, row_key, item,
                  arena_format(check->scratch, MESSAGE_CELL_NOT_WHOLE, item_name(check, item),
                               cell_text(check, item, value)));
}

static void integer(struct check *check)
{
    each_cell(check, integer_of);
}

static void code_of_cell(struct check *check, const char *row_key, size_t item, struct value value)
{
    const struct item *described = &check->catalogue->items[item];
    if (described->type != ITEM_CODE)
        return;
    const struct code_list *list = &check->catalogue->lists[described->list];
    struct code code = { (uint64_t)value.mantissa };
    char text[CODE_TEXT_SIZE];
    if (code_list_ordinal(list, code) < 0)
        check_add(check, row_key, item,
                  arena_format(check->scratch, MESSAGE_CELL_CODE_UNKNOWN, item_name(check, item),
                               code_text(code, text), list->name));
}

static void codes(struct check *check)
{
    each_cell(check, code_of_cell);
}

static const struct sign_off *sign_off_of(const struct submission *submission, struct code role)
{
    for (size_t i = 0; i < submission->sign_off_count; i++)
        if (code_equal(submission->sign_offs[i].role, role) && submission->sign_offs[i].name &&
            *submission->sign_offs[i].name)
            return &submission->sign_offs[i];
    return NULL;
}

/* The first role prepares, the others answer for it: they are other persons. */
static void signed_by_all(struct check *check)
{
    const struct submission *submission = check->request->submission;
    const struct form *form = check->form;
    int64_t end = period_last_day(submission->period);
    const struct sign_off *preparer =
        form->role_count ? sign_off_of(submission, form->roles[0].code) : NULL;
    for (size_t i = 0; i < form->role_count; i++) {
        const char *role = words_say(&form->roles[i].words);
        const struct sign_off *sign_off = sign_off_of(submission, form->roles[i].code);
        if (!sign_off) {
            check_add(check, "", CATALOGUE_NONE,
                      arena_format(check->scratch, MESSAGE_SIGNATURE_MISSING, role));
            continue;
        }
        int64_t day = (sign_off->utc_ms + BEIJING_MS) / DAY_MS;
        if (day < end)
            check_add(check, "", CATALOGUE_NONE,
                      arena_format(check->scratch, MESSAGE_SIGNATURE_EARLY, role,
                                   date_text(check, day), date_text(check, end)));
        if (i > 0 && preparer && strcmp(preparer->name, sign_off->name) == 0)
            check_add(check, "", CATALOGUE_NONE,
                      arena_format(check->scratch, MESSAGE_SIGNATURE_SAME_PERSON,
                                   words_say(&form->roles[0].words), role, sign_off->name));
    }
}

static void version(struct check *check)
{
    const struct submission *submission = check->request->submission;
    uint32_t last = check->request->last_version;
    if (submission->version != last + 1 || submission->base_version > last ||
        check->request->unaware)
        check_add(check, "", CATALOGUE_NONE,
                  arena_format(check->scratch, MESSAGE_VERSION_WRONG, submission->version,
                               submission->base_version, last));
}

static void late(struct check *check)
{
    int64_t due = deadline_day(check->form->due, check->request->submission->period);
    if (check->request->today > due)
        check_add(check, "", CATALOGUE_NONE,
                  check->request->tersely
                      ? ""
                      : arena_format(check->scratch, MESSAGE_RETURN_LATE, date_text(check, due),
                                     date_text(check, check->request->today)));
}

static size_t character_count(const char *text)
{
    struct bytes bytes = bytes_of_text(text);
    size_t position = 0, count = 0;
    while (position < bytes.size && text_next(bytes, &position) >= 0)
        count++;
    return count;
}

static int by_text(const void *left, const void *right)
{
    const struct explanation *one = *(const struct explanation *const *)left;
    const struct explanation *other = *(const struct explanation *const *)right;
    int order = strcmp(one->text, other->text);
    return order ? order : (one > other) - (one < other); /* elements of one array */
}

static void explanation(struct check *check)
{
    const struct submission *submission = check->request->submission;
    size_t count = submission->explanation_count;
    CLEANUP(memory_free)
    const struct explanation **sorted = memory_zeroed(count, sizeof(struct explanation *));
    for (size_t i = 0; i < count; i++)
        sorted[i] = &submission->explanations[i];
    if (count > 0)
        qsort(sorted, count, sizeof(struct explanation *), by_text);
    for (size_t i = 0; i < count; i++) {
        char rule[CODE_TEXT_SIZE];
        size_t size = character_count(sorted[i]->text);
        code_text(sorted[i]->rule, rule);
        if (size < EXPLANATION_CHARACTERS_MIN)
            check_add(check, sorted[i]->row_key, CATALOGUE_NONE,
                      arena_format(check->scratch, MESSAGE_EXPLANATION_SHORT, rule, size,
                                   EXPLANATION_CHARACTERS_MIN));
        else if (i > 0 && strcmp(sorted[i - 1]->text, sorted[i]->text) == 0)
            check_add(check, sorted[i]->row_key, CATALOGUE_NONE,
                      arena_format(check->scratch, MESSAGE_EXPLANATION_REPEATED, rule));
    }
}

/* clang-format off */
static builtin_fn *const builtins[] = {
    [BUILTIN_ZONE_ACTIVE] = zone_active,
    [BUILTIN_FORM_OPEN]   = form_open,
    [BUILTIN_COMPLETE]    = complete,
    [BUILTIN_RANGE]       = range,
    [BUILTIN_INTEGER]     = integer,
    [BUILTIN_SIGNED]      = signed_by_all,
    [BUILTIN_VERSION]     = version,
    [BUILTIN_CODES]       = codes,
    [BUILTIN_EXPLANATION] = explanation,
    [BUILTIN_LATE]        = late,
};
/* clang-format on */

void builtin_run(struct check *check)
{
    assert(check->rule->builtin < COUNT_OF(builtins) && builtins[check->rule->builtin]);
    builtins[check->rule->builtin](check);
}
