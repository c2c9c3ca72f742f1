#include "aggregator/register_file.h"

#include <string.h>

#include "aggregator/lookup.h"
#include "aggregator/registry.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/catalogue/catalogue.h"
#include "common/format/csv.h"
#include "common/format/encoding.h"

#define ZONE_NAME_SIZE_MAX 256

enum field {
    FIELD_CODE,
    FIELD_NAME,
    FIELD_LEVEL,
    FIELD_TYPE,
    FIELD_PLATE,
    FIELD_PREFECTURE,
    FIELD_PREFECTURE_CODE,
    FIELD_COUNTY,
    FIELD_COUNTY_CODE,
    FIELD_ACTIVE_UNTIL,
    FIELD_COUNT
};

/* clang-format off */
static const struct {
    const char *heading;
    const char *attribute; /* of the catalogue, NULL none */
} fields[FIELD_COUNT] = {
    [FIELD_CODE]            = { "code", NULL },
    [FIELD_NAME]            = { "name", NULL },
    [FIELD_LEVEL]           = { "level", "RG03" },
    [FIELD_TYPE]            = { "type", "RG04" },
    [FIELD_PLATE]           = { "plate", "RG05" },
    [FIELD_PREFECTURE]      = { "prefecture", NULL },
    [FIELD_PREFECTURE_CODE] = { "prefecture_code", NULL },
    [FIELD_COUNTY]          = { "county", NULL },
    [FIELD_COUNTY_CODE]     = { "county_code", NULL },
    [FIELD_ACTIVE_UNTIL]    = { "active_until", NULL },
};
/* clang-format on */

struct work {
    const struct catalogue *catalogue;
    const struct registry *registry;
    struct period since;
    struct arena *arena;
    struct lookup *seen;         /* row number by code */
    size_t columns[FIELD_COUNT]; /* from 0; SIZE_MAX: not in the file */
    struct register_reading *out;
    size_t capacity;
};

static bool known_heading(struct bytes text, const void *context)
{
    (void)context;
    struct csv_reader reader;
    struct csv_row row;
    bool known = false;
    csv_open(&reader, text, csv_detect_delimiter(text));
    if (csv_next(&reader, &row) == CSV_ROW)
        for (size_t i = 0; i < row.cell_count; i++)
            known |= bytes_equal(row.cells[i], bytes_of_text(fields[FIELD_CODE].heading));
    csv_close(&reader);
    return known;
}

static const char *cell(const struct work *work, const struct csv_row *row, enum field field)
{
    size_t column = work->columns[field];
    if (column >= row->cell_count)
        return "";
    return arena_format(work->arena, "%.*s", (int)row->cells[column].size,
                        (const char *)row->cells[column].data);
}

static void problem(struct work *work, const struct csv_row *row, enum field field,
                    const char *message)
{
    char address[CSV_ADDRESS_SIZE];
    work->out->problem_count++;
    text_builder_format(&work->out->problems, MESSAGE_REGISTER_PROBLEM,
                        csv_address(row->number, work->columns[field] + 1, address), message);
}

static const char *text_cell(struct work *work, const struct csv_row *row, enum field field)
{
    const char *text = cell(work, row, field);
    if (strlen(text) > ZONE_NAME_SIZE_MAX || !text_is_clean(bytes_of_text(text), false))
        problem(work, row, field, MESSAGE_REGISTER_TEXT);
    return text;
}

/* The attribute's last value in the list; no code when there is none. */
static struct code last_value(const struct zone_attribute *items, size_t count, struct code code)
{
    struct code value = { 0 };
    for (size_t i = 0; i < count; i++)
        if (code_equal(items[i].attribute, code))
            value = items[i].value;
    return value;
}

static void add_attribute(struct work *work, const struct csv_row *row, enum field field,
                          bool is_new, struct zone_attribute *items, size_t *count)
{
    const char *text = cell(work, row, field);
    struct code code = code_of(fields[field].attribute);
    size_t attribute = catalogue_attribute(work->catalogue, code);
    if (!*text || attribute == CATALOGUE_NONE)
        return;
    const struct code_list *list =
        &work->catalogue->lists[work->catalogue->attributes[attribute].list];
    struct code value;
    if (!code_list_parse(list, text, &value)) {
        problem(work, row, field,
                arena_format(work->arena, MESSAGE_CODE_UNKNOWN_BRIEF, text, list->name));
        return;
    }
    if (code_equal(value, last_value(items, *count, code)))
        return;
    items[(*count)++] =
        (struct zone_attribute){ code, value,
                                 is_new ? period_of_year(PERIOD_YEAR_MIN) : work->since };
}

static void read_attributes(struct work *work, const struct csv_row *row, const struct zone *old,
                            struct zone *out)
{
    size_t count = old ? old->attribute_count : 0;
    struct zone_attribute *items = arena_take(work->arena, count + FIELD_COUNT, sizeof *items);
    if (count > 0)
        memcpy(items, old->attributes, count * sizeof *items);
    for (size_t field = 0; field < FIELD_COUNT; field++)
        if (fields[field].attribute)
            add_attribute(work, row, (enum field)field, !old, items, &count);
    out->attributes = items;
    out->attribute_count = count;
}

static void read_zone(struct work *work, const struct csv_row *row)
{
    struct zone zone = { .name = text_cell(work, row, FIELD_NAME) };
    const char *code = cell(work, row, FIELD_CODE);
    if (!zone_id_parse(code, &zone.id)) {
        problem(work, row, FIELD_CODE, arena_format(work->arena, MESSAGE_REGISTER_CODE, code));
        return;
    }
    size_t first = lookup_find(work->seen, bytes_of_text(zone.id.text));
    if (first != LOOKUP_NONE)
        problem(work, row, FIELD_CODE,
                arena_format(work->arena, MESSAGE_REGISTER_TWICE, code, first));
    lookup_put(work->seen, bytes_of_text(zone.id.text), row->number);
    if (!*zone.name)
        problem(work, row, FIELD_NAME, MESSAGE_REGISTER_NO_NAME);

    zone.prefecture = text_cell(work, row, FIELD_PREFECTURE);
    zone.prefecture_code = text_cell(work, row, FIELD_PREFECTURE_CODE);
    zone.county = text_cell(work, row, FIELD_COUNTY);
    zone.county_code = text_cell(work, row, FIELD_COUNTY_CODE);
    const char *until = cell(work, row, FIELD_ACTIVE_UNTIL);
    if (*until && !period_parse(until, &zone.active_until))
        problem(work, row, FIELD_ACTIVE_UNTIL,
                arena_format(work->arena, MESSAGE_PERIOD_UNREADABLE, until));
    const struct zone *old = registry_find(work->registry, &zone.id);
    if (old)
        zone.active_from = old->active_from;
    read_attributes(work, row, old, &zone);
    work->out->zone_count++;
    if (!old || !zone_same(old, &zone))
        work->out->changes[work->out->change_count++] =
            (struct register_change){ zone, old == NULL };
}

static bool read_heading(struct work *work, const struct csv_row *row, struct error *err)
{
    for (size_t field = 0; field < FIELD_COUNT; field++) {
        work->columns[field] = SIZE_MAX - 1;
        for (size_t i = 0; i < row->cell_count; i++)
            if (bytes_equal(row->cells[i], bytes_of_text(fields[field].heading)))
                work->columns[field] = i;
    }
    if (work->columns[FIELD_NAME] < CSV_COLUMNS_MAX)
        return true;
    return error_set(err, ERROR_MALFORMED, MESSAGE_REGISTER_COLUMN, fields[FIELD_NAME].heading);
}

static bool is_blank(const struct csv_row *row)
{
    return row->cell_count == 1 && row->cells[0].size == 0;
}

static bool read_rows(struct work *work, struct csv_reader *reader, struct error *err)
{
    struct csv_row row;
    if (csv_next(reader, &row) != CSV_ROW || !read_heading(work, &row, err))
        return false;
    enum csv_outcome outcome = csv_next(reader, &row);
    for (; outcome == CSV_ROW; outcome = csv_next(reader, &row)) {
        if (work->out->zone_count == REGISTER_ZONES_MAX)
            return error_set(err, ERROR_EXHAUSTED, MESSAGE_REGISTER_TOO_LONG, REGISTER_ZONES_MAX);
        if (!is_blank(&row))
            read_zone(work, &row);
    }
    char address[CSV_ADDRESS_SIZE];
    return outcome == CSV_END ||
           error_set(err, ERROR_MALFORMED, MESSAGE_REGISTER_BROKEN,
                     csv_address(reader->row, reader->column ? reader->column : 1, address));
}

static size_t count_lines(struct bytes text)
{
    size_t count = 1;
    for (size_t i = 0; i < text.size; i++) {
        unsigned char byte = ((const unsigned char *)text.data)[i];
        count += byte == '\n' || byte == '\r';
    }
    return count;
}

bool register_file_read(struct bytes content, const struct catalogue *catalogue,
                        const struct registry *registry, struct period since, struct arena *arena,
                        struct register_reading *out, struct error *err)
{
    enum encoding encoding;
    struct bytes text;
    if (!encoding_decode(content, known_heading, NULL, arena, &encoding, &text, err))
        return false;
    CLEANUP(lookup_destroy) struct lookup *seen = lookup_create();
    struct work work = { .catalogue = catalogue,
                         .registry = registry,
                         .since = since,
                         .arena = arena,
                         .seen = seen,
                         .out = out };
    *out = (struct register_reading){ 0 };
    size_t lines = count_lines(text);
    out->changes = arena_take(arena, lines < REGISTER_ZONES_MAX ? lines : REGISTER_ZONES_MAX,
                              sizeof *out->changes);
    struct csv_reader reader;
    csv_open(&reader, text, csv_detect_delimiter(text));
    bool good = read_rows(&work, &reader, err);
    csv_close(&reader);
    return good;
}
