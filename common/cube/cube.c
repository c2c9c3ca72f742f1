#include "common/cube/cube.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/memory.h"
#include "common/cube/column.h"
#include "common/cube/cube_place.h"
#include "common/cube/roster.h"

#define YEAR_COUNT (PERIOD_SLOT_COUNT / PERIOD_SLOTS_PER_YEAR)
#define NO_POSITION UINT16_MAX

/* The returns of one form in one period. */
struct returns {
    struct filing {
        uint32_t version; /* 0: none */
        uint64_t source;
        struct roster_rows *rows; /* of a roster */
    } * filings;
    size_t capacity; /* zones */
};

/* Item and form by slot within the year: [index * PERIOD_SLOTS_PER_YEAR + slot]. */
struct year {
    struct column *columns;
    struct returns *returns;
};

/* A zone and the copies of its texts. */
struct zone_entry {
    struct zone zone;
    char *texts[5];
    struct zone_attribute *attributes;
};

struct cube {
    const struct catalogue *catalogue;
    struct zone_entry **zones; /* each stays where it is when more come */
    size_t zone_count;
    size_t zone_capacity;
    size_t *by_id; /* zones, ascending by id */
    size_t by_id_capacity;
    struct year *years[YEAR_COUNT];
    size_t *item_forms;  /* [item * FREQUENCY_COUNT + frequency] */
    uint16_t *positions; /* [form * item_count + item] */
    uint64_t generation;
};

static void note_forms(struct cube *cube)
{
    const struct catalogue *catalogue = cube->catalogue;
    for (size_t i = 0; i < catalogue->item_count * FREQUENCY_COUNT; i++)
        cube->item_forms[i] = CATALOGUE_NONE;
    for (size_t i = 0; i < catalogue->form_count * catalogue->item_count; i++)
        cube->positions[i] = NO_POSITION;
    for (size_t f = 0; f < catalogue->form_count; f++) {
        const struct form *form = &catalogue->forms[f];
        for (size_t i = 0; i < form->item_count; i++) {
            cube->positions[f * catalogue->item_count + form->items[i]] = (uint16_t)i;
            if (!form->roster)
                cube->item_forms[form->items[i] * FREQUENCY_COUNT + form->frequency] = f;
        }
    }
}

struct cube *cube_create(const struct catalogue *catalogue)
{
    struct cube *cube = memory_zeroed(1, sizeof *cube);
    cube->catalogue = catalogue;
    cube->item_forms =
        memory_zeroed(catalogue->item_count * FREQUENCY_COUNT, sizeof *cube->item_forms);
    cube->positions =
        memory_zeroed(catalogue->form_count * catalogue->item_count, sizeof *cube->positions);
    note_forms(cube);
    return cube;
}

static void free_zone(struct zone_entry *entry)
{
    for (size_t i = 0; i < COUNT_OF(entry->texts); i++)
        free(entry->texts[i]);
    free(entry->attributes);
}

static void free_year(const struct cube *cube, struct year *year)
{
    for (size_t i = 0; i < cube->catalogue->item_count * PERIOD_SLOTS_PER_YEAR; i++)
        column_free(&year->columns[i]);
    for (size_t i = 0; i < cube->catalogue->form_count * PERIOD_SLOTS_PER_YEAR; i++) {
        for (size_t zone = 0; zone < year->returns[i].capacity; zone++)
            roster_rows_destroy(&year->returns[i].filings[zone].rows);
        free(year->returns[i].filings);
    }
    free(year->columns);
    free(year->returns);
    free(year);
}

void cube_destroy(struct cube **cube)
{
    if (!*cube)
        return;
    for (size_t i = 0; i < (*cube)->zone_count; i++) {
        free_zone((*cube)->zones[i]);
        free((*cube)->zones[i]);
    }
    for (size_t i = 0; i < YEAR_COUNT; i++)
        if ((*cube)->years[i])
            free_year(*cube, (*cube)->years[i]);
    free((*cube)->zones);
    free((*cube)->by_id);
    free((*cube)->item_forms);
    free((*cube)->positions);
    free(*cube);
    *cube = NULL;
}

const struct catalogue *cube_catalogue(const struct cube *cube)
{
    return cube->catalogue;
}

/* Where the id stands in the order, or would stand. */
static size_t id_position(const struct cube *cube, const struct zone_id *id)
{
    size_t first = 0, end = cube->zone_count;
    while (first < end) {
        size_t middle = first + (end - first) / 2;
        if (strcmp(cube->zones[cube->by_id[middle]]->zone.id.text, id->text) < 0)
            first = middle + 1;
        else
            end = middle;
    }
    return first;
}

size_t cube_find_zone(const struct cube *cube, const struct zone_id *id)
{
    size_t position = id_position(cube, id);
    if (position == cube->zone_count)
        return CATALOGUE_NONE;
    size_t zone = cube->by_id[position];
    return zone_id_equal(&cube->zones[zone]->zone.id, id) ? zone : CATALOGUE_NONE;
}

static void copy_zone(struct zone_entry *entry, const struct zone *zone)
{
    struct zone copy = *zone;
    const char **texts[] = { &copy.name, &copy.prefecture, &copy.prefecture_code, &copy.county,
                             &copy.county_code };
    static_assert(COUNT_OF(texts) == COUNT_OF(entry->texts), "a copy of each text");
    char *copies[COUNT_OF(texts)];
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        *texts[i] = copies[i] = memory_copy_text(*texts[i] ? *texts[i] : "");

    struct zone_attribute *attributes = memory_zeroed(zone->attribute_count, sizeof *attributes);
    for (size_t i = 0; i < zone->attribute_count; i++)
        attributes[i] = zone->attributes[i];
    copy.attributes = attributes;

    free_zone(entry); /* last: `zone` may be the very one that is replaced */
    *entry = (struct zone_entry){ .zone = copy, .attributes = attributes };
    memcpy(entry->texts, copies, sizeof copies);
}

size_t cube_add_zone(struct cube *cube, const struct zone *zone)
{
    cube->generation++;
    size_t known = cube_find_zone(cube, &zone->id);
    if (known != CATALOGUE_NONE) {
        copy_zone(cube->zones[known], zone);
        return known;
    }

    size_t position = id_position(cube, &zone->id), count = cube->zone_count;
    cube->zones = memory_grown(cube->zones, &cube->zone_capacity, count + 1, sizeof *cube->zones);
    cube->by_id = memory_grown(cube->by_id, &cube->by_id_capacity, count + 1, sizeof *cube->by_id);
    cube->zones[count] = memory_zeroed(1, sizeof *cube->zones[count]);
    copy_zone(cube->zones[count], zone);
    memmove(cube->by_id + position + 1, cube->by_id + position,
            (count - position) * sizeof *cube->by_id);
    cube->by_id[position] = count;
    cube->zone_count++;
    return count;
}

size_t cube_zone_count(const struct cube *cube)
{
    return cube->zone_count;
}

const struct zone *cube_zone(const struct cube *cube, size_t zone)
{
    assert(zone < cube->zone_count);
    return &cube->zones[zone]->zone;
}

static struct year *year_of(struct cube *cube, struct period period)
{
    struct year **year = &cube->years[period_slot(period) / PERIOD_SLOTS_PER_YEAR];
    if (!*year) {
        *year = memory_zeroed(1, sizeof **year);
        (*year)->columns = memory_zeroed(cube->catalogue->item_count * PERIOD_SLOTS_PER_YEAR,
                                         sizeof *(*year)->columns);
        (*year)->returns = memory_zeroed(cube->catalogue->form_count * PERIOD_SLOTS_PER_YEAR,
                                         sizeof *(*year)->returns);
    }
    return *year;
}

static struct column *writable_column(struct cube *cube, size_t item, struct period period)
{
    size_t slot = period_slot(period) % PERIOD_SLOTS_PER_YEAR;
    return &year_of(cube, period)->columns[item * PERIOD_SLOTS_PER_YEAR + slot];
}

static struct filing *writable_filing(struct cube *cube, size_t form, struct period period,
                                      size_t zone)
{
    size_t slot = period_slot(period) % PERIOD_SLOTS_PER_YEAR;
    struct returns *returns = &year_of(cube, period)->returns[form * PERIOD_SLOTS_PER_YEAR + slot];
    returns->filings = memory_grown(returns->filings, &returns->capacity, cube->zone_count,
                                    sizeof *returns->filings);
    return &returns->filings[zone];
}

/* What the submission leaves out is missing, not unreported. Its cells and the form's items are
 * both in the order of the codes. */
static void put_cells(struct cube *cube, size_t zone, const struct form *form,
                      const struct submission *submission)
{
    size_t slot = period_slot(submission->period) % PERIOD_SLOTS_PER_YEAR, next = 0;
    struct column *columns = year_of(cube, submission->period)->columns;
    for (size_t i = 0; i < form->item_count; i++) {
        const struct item_place *place = &form->items_by_code[i];
        struct column *column = &columns[place->item * PERIOD_SLOTS_PER_YEAR + slot];
        bool given =
            next < submission->cell_count && code_equal(submission->cells[next].item, place->code);
        if (given)
            column_put(column, zone, cube->zone_count, submission->cells[next++].value);
        else if (!cube->catalogue->items[place->item].reference)
            column_put(column, zone, cube->zone_count, (struct value){ 0, VALUE_MISSING });
    }
    assert(next == submission->cell_count);
}

void cube_put(struct cube *cube, size_t zone, const struct submission *submission, uint64_t source)
{
    size_t index = catalogue_form(cube->catalogue, submission->form);
    assert(zone < cube->zone_count && index != CATALOGUE_NONE);
    const struct form *form = &cube->catalogue->forms[index];

    cube->generation++;
    struct filing *filing = writable_filing(cube, index, submission->period, zone);
    filing->version = submission->version;
    filing->source = source;
    if (form->roster) {
        roster_rows_destroy(&filing->rows);
        filing->rows = roster_rows_create(cube->catalogue, form, submission);
        return;
    }
    put_cells(cube, zone, form, submission);
}

void cube_remove(struct cube *cube, size_t zone, size_t form, struct period period)
{
    assert(zone < cube->zone_count && form < cube->catalogue->form_count);
    const struct form *removed = &cube->catalogue->forms[form];

    cube->generation++;
    struct filing *filing = writable_filing(cube, form, period, zone);
    roster_rows_destroy(&filing->rows);
    *filing = (struct filing){ 0 };
    for (size_t i = 0; !removed->roster && i < removed->item_count; i++)
        column_forget(writable_column(cube, removed->items[i], period), zone);
}

void cube_put_figure(struct cube *cube, size_t zone, size_t item, struct period period,
                     struct value value)
{
    assert(zone < cube->zone_count && item < cube->catalogue->item_count);
    cube->generation++;
    column_put(writable_column(cube, item, period), zone, cube->zone_count, value);
}

static const struct filing *find_filing(const struct cube *cube, size_t form, struct period period,
                                        size_t zone)
{
    size_t slot = period_slot(period);
    const struct year *year = cube->years[slot / PERIOD_SLOTS_PER_YEAR];
    if (!year || form == CATALOGUE_NONE)
        return NULL;
    const struct returns *returns =
        &year->returns[form * PERIOD_SLOTS_PER_YEAR + slot % PERIOD_SLOTS_PER_YEAR];
    if (zone >= returns->capacity || returns->filings[zone].version == 0)
        return NULL;
    return &returns->filings[zone];
}

static struct origin origin_of(const struct cube *cube, size_t zone, size_t form,
                               struct period period)
{
    const struct filing *filing = find_filing(cube, form, period, zone);
    struct origin origin = { .reported = true, .form = CATALOGUE_NONE, .period = period };
    if (!filing)
        return origin;
    origin.form = form;
    origin.version = filing->version;
    origin.source = filing->source;
    return origin;
}

/* `inout_at` becomes the period at which the figure stands. */
static bool find_figure(const struct cube *cube, size_t zone, size_t item, struct period *inout_at,
                        struct value *out)
{
    assert(zone < cube->zone_count);
    do {
        const struct column *column = cube_column(cube, item, *inout_at);
        if (column && column_get(column, zone, out))
            return true;
    } while (cube_item_has_parts(cube, item) && period_last_part(*inout_at, inout_at));
    return false;
}

bool cube_look(const struct cube *cube, size_t zone, size_t item, struct period period,
               struct value *out)
{
    return find_figure(cube, zone, item, &period, out);
}

struct value cube_observe(const struct cube *cube, size_t zone, size_t item, struct period period,
                          struct origin *out_origin)
{
    struct period at = period;
    struct value value = { 0, VALUE_MISSING };
    bool found = find_figure(cube, zone, item, &at, &value);
    if (out_origin && found)
        *out_origin = origin_of(cube, zone, cube_item_form(cube, item, at.frequency), at);
    else if (out_origin)
        *out_origin = (struct origin){ .form = CATALOGUE_NONE, .period = period };
    return value;
}

const struct column *cube_column(const struct cube *cube, size_t item, struct period period)
{
    assert(item < cube->catalogue->item_count);
    size_t slot = period_slot(period);
    const struct year *year = cube->years[slot / PERIOD_SLOTS_PER_YEAR];
    if (!year)
        return NULL;
    const struct column *column =
        &year->columns[item * PERIOD_SLOTS_PER_YEAR + slot % PERIOD_SLOTS_PER_YEAR];
    return column->capacity > 0 ? column : NULL;
}

struct cube_place cube_place_of(const struct cube *cube, size_t item, struct period period)
{
    size_t slot = period_slot(period);
    return (struct cube_place){
        .year = &cube->years[slot / PERIOD_SLOTS_PER_YEAR],
        .column = item * PERIOD_SLOTS_PER_YEAR + slot % PERIOD_SLOTS_PER_YEAR,
    };
}

bool cube_place_look(const struct cube_place *place, size_t zone, struct value *out)
{
    const struct column *column = *place->year ? &(*place->year)->columns[place->column] : NULL;
    *out = (struct value){ 0, VALUE_MISSING };
    if (!column || zone >= column->capacity)
        return false;
    uint8_t status = column->statuses[zone];
    bool reported = status != CELL_NOT_REPORTED;
    *out = (struct value){ column->mantissas[zone], reported ? status : VALUE_MISSING };
    return reported;
}

bool cube_item_has_parts(const struct cube *cube, size_t item)
{
    const struct item *described = &cube->catalogue->items[item];
    return !(described->type == ITEM_QUANTITY && described->quantity.kind == KIND_FLOW &&
             described->quantity.basis == BASIS_PERIOD);
}

size_t cube_item_form(const struct cube *cube, size_t item, enum frequency frequency)
{
    return cube->item_forms[item * FREQUENCY_COUNT + frequency];
}

bool cube_roster(const struct cube *cube, size_t zone, size_t form, struct period period,
                 struct roster *out)
{
    assert(zone < cube->zone_count && form < cube->catalogue->form_count);
    do {
        const struct filing *filing = find_filing(cube, form, period, zone);
        if (!filing || !filing->rows)
            continue;
        *out = (struct roster){ .keys = filing->rows->keys,
                                .row_count = filing->rows->row_count,
                                .origin = origin_of(cube, zone, form, period),
                                .form = form,
                                .cube = cube,
                                .rows = filing->rows };
        return true;
    } while (period_last_part(period, &period));
    return false;
}

struct value roster_cell(const struct roster *roster, size_t row, size_t item,
                         const char **out_text)
{
    const struct cube *cube = roster->cube;
    uint16_t position = cube->positions[roster->form * cube->catalogue->item_count + item];
    bool is_key = item == cube->catalogue->forms[roster->form].key_item;
    assert(row < roster->row_count && (is_key || position != NO_POSITION));
    const char *text = is_key ? roster->keys[row] : NULL;
    struct value value = { 0, VALUE_PRESENT };
    if (!is_key)
        value = roster_rows_cell(roster->rows, row, position, &text);
    if (out_text)
        *out_text = text;
    return value;
}

size_t roster_row(const struct roster *roster, const char *key)
{
    return roster_rows_find(roster->rows, key);
}

uint64_t cube_generation(const struct cube *cube)
{
    return cube->generation;
}
