#include "common/wire/submission.h"

#include <string.h>

#include "common/base/arena.h"
#include "common/wire/field.h"

/* Absent when every cell has a plain figure. */
static ProtobufCBinaryData statuses_to_message(const uint8_t *statuses, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (statuses[i] != VALUE_PRESENT)
            return field_of(statuses, count);
    return field_of(NULL, 0);
}

static void cells_to_message(const struct submission *submission, struct arena *arena,
                             Zonetally__Submission *message)
{
    size_t count = submission->cell_count;
    uint8_t *statuses = arena_take(arena, count, sizeof *statuses);
    message->items = arena_take(arena, count, sizeof *message->items);
    message->mantissas = arena_take(arena, count, sizeof *message->mantissas);
    message->n_items = message->n_mantissas = count;
    uint64_t before = 0;
    for (size_t i = 0; i < count; i++) {
        const struct cell *cell = &submission->cells[i];
        message->items[i] = cell->item.packed - before;
        message->mantissas[i] = cell->value.mantissa;
        statuses[i] = cell->value.status;
        before = cell->item.packed;
    }
    message->statuses = statuses_to_message(statuses, count);
}

static Zonetally__Column *column_to_message(const struct roster_column *column, size_t row_count,
                                            struct arena *arena)
{
    Zonetally__Column *message = arena_take(arena, 1, sizeof *message);
    zonetally__column__init(message);
    message->item = column->item.packed;
    message->statuses = statuses_to_message(column->statuses, row_count);
    if (column->texts) {
        message->n_texts = row_count;
        message->texts = (char **)column->texts;
    } else {
        message->n_mantissas = row_count;
        message->mantissas = (int64_t *)column->mantissas;
    }
    return message;
}

static void columns_to_message(const struct submission *submission, struct arena *arena,
                               Zonetally__Submission *message)
{
    size_t count = submission->column_count;
    message->n_columns = count;
    message->columns = arena_take(arena, count, sizeof *message->columns);
    for (size_t i = 0; i < count; i++)
        message->columns[i] =
            column_to_message(&submission->columns[i], submission->row_count, arena);
}

static void explanations_to_message(const struct submission *submission, struct arena *arena,
                                    Zonetally__Submission *message)
{
    size_t count = submission->explanation_count;
    Zonetally__Explanation *items = arena_take(arena, count, sizeof *items);
    message->n_explanations = count;
    message->explanations = arena_take(arena, count, sizeof *message->explanations);
    for (size_t i = 0; i < count; i++) {
        const struct explanation *explanation = &submission->explanations[i];
        zonetally__explanation__init(&items[i]);
        items[i].rule = explanation->rule.packed;
        items[i].row_key = field_of_text(explanation->row_key);
        items[i].reason = explanation->reason.packed;
        items[i].text = field_of_text(explanation->text);
        message->explanations[i] = &items[i];
    }
}

static void sign_offs_to_message(const struct submission *submission, struct arena *arena,
                                 Zonetally__Submission *message)
{
    size_t count = submission->sign_off_count;
    Zonetally__SignOff *items = arena_take(arena, count, sizeof *items);
    message->n_sign_offs = count;
    message->sign_offs = arena_take(arena, count, sizeof *message->sign_offs);
    for (size_t i = 0; i < count; i++) {
        const struct sign_off *sign_off = &submission->sign_offs[i];
        zonetally__sign_off__init(&items[i]);
        items[i].role = sign_off->role.packed;
        items[i].name = field_of_text(sign_off->name);
        items[i].utc_ms = sign_off->utc_ms;
        message->sign_offs[i] = &items[i];
    }
}

static const struct grounds no_grounds;

static ProtobufCBinaryData field_of_grounds(const struct grounds *grounds)
{
    bool said = memcmp(grounds, &no_grounds, sizeof no_grounds) != 0;
    return field_of(grounds->bytes, said ? sizeof grounds->bytes : 0);
}

/* Zeros would be a second way of saying nothing. */
static bool read_grounds(ProtobufCBinaryData data, struct grounds *out, struct error *err)
{
    static const char path[] = "Submission.grounds";
    *out = no_grounds;
    if (data.len == 0)
        return true;
    return field_read_run(data, out->bytes, sizeof out->bytes, path, err) &&
           (memcmp(out, &no_grounds, sizeof no_grounds) != 0 ||
            field_refuse(err, path, FIELD_DEFAULT));
}

Zonetally__Submission *submission_to_message(const struct submission *submission,
                                             struct arena *arena)
{
    Zonetally__Submission *message = arena_take(arena, 1, sizeof *message);
    zonetally__submission__init(message);
    message->form = submission->form.packed;
    message->period = field_of_period(submission->period, arena);
    message->version = submission->version;
    message->base_version = submission->base_version;
    message->n_row_keys = submission->row_count;
    message->row_keys = (char **)submission->row_keys;
    message->findings = field_of_digest(&submission->findings);
    message->grounds = field_of_grounds(&submission->grounds);
    cells_to_message(submission, arena, message);
    columns_to_message(submission, arena, message);
    explanations_to_message(submission, arena, message);
    sign_offs_to_message(submission, arena, message);
    return message;
}

/* In one form only: absent when all are 0, which is what `none` holds. */
static bool read_statuses(ProtobufCBinaryData data, size_t count, const uint8_t *none,
                          const char *path, const uint8_t **out, struct error *err)
{
    *out = none;
    if (data.len == 0)
        return true;
    if (data.len != count)
        return field_refuse(err, path, FIELD_LENGTHS);
    uint8_t any = 0;
    for (size_t i = 0; i < count; i++) {
        if (data.data[i] >= VALUE_STATUS_COUNT)
            return field_refuse(err, path, FIELD_VALUE);
        any |= data.data[i];
    }
    *out = data.data;
    return any != 0 || field_refuse(err, path, FIELD_DEFAULT);
}

/* The next code after `before`, from the difference. */
static bool step_code(uint64_t difference, uint64_t before, struct code *out)
{
    out->packed = before + difference;
    return difference > 0 && difference <= UINT64_MAX - before;
}

static bool read_cells(const Zonetally__Submission *message, struct arena *arena,
                       struct submission *out, struct error *err)
{
    static const char path[] = "Submission.items";
    size_t count = message->n_items;
    if (message->n_mantissas != count)
        return field_refuse(err, "Submission.mantissas", FIELD_LENGTHS);
    const uint8_t *statuses;
    if (!read_statuses(message->statuses, count, arena_take(arena, count, 1), "Submission.statuses",
                       &statuses, err))
        return false;
    struct cell *cells = arena_take(arena, count, sizeof *cells);
    uint64_t before = 0;
    for (size_t i = 0; i < count; i++) {
        if (!step_code(message->items[i], before, &cells[i].item))
            return field_refuse(err, path, FIELD_ASCENT);
        if (!code_is_valid(cells[i].item))
            return field_refuse(err, path, FIELD_VALUE);
        if (message->mantissas[i] != 0 && !value_status_has_figure(statuses[i]))
            return field_refuse(err, "Submission.mantissas", FIELD_VALUE);
        cells[i].value = (struct value){ message->mantissas[i], statuses[i] };
        before = cells[i].item.packed;
    }
    out->cells = cells;
    out->cell_count = count;
    return true;
}

static bool read_row_keys(const Zonetally__Submission *message, struct submission *out,
                          struct error *err)
{
    for (size_t i = 1; i < message->n_row_keys; i++)
        if (strcmp(message->row_keys[i - 1], message->row_keys[i]) >= 0)
            return field_refuse(err, "Submission.row_keys", FIELD_ASCENT);
    out->row_keys = (const char *const *)message->row_keys;
    out->row_count = message->n_row_keys;
    return true;
}

/* What all columns share that say nothing of their own. */
struct blanks {
    size_t row_count;
    const int64_t *mantissas;
    const uint8_t *statuses;
};

/* Where the status has no figure there is neither a figure nor a text. */
static bool column_is_honest(const struct roster_column *column, size_t row_count)
{
    for (size_t i = 0; i < row_count; i++) {
        if (value_status_has_figure(column->statuses[i]))
            continue;
        if (column->mantissas[i] != 0 || (column->texts && *column->texts[i]))
            return false;
    }
    return true;
}

static bool read_column(const Zonetally__Column *message, const struct blanks *blanks,
                        struct roster_column *out, struct error *err)
{
    static const char path[] = "Submission.columns";
    size_t numbers = message->n_mantissas, texts = message->n_texts, rows = blanks->row_count;
    if (rows == 0 || !(numbers == rows && texts == 0) == !(texts == rows && numbers == 0))
        return field_refuse(err, path, FIELD_LENGTHS);
    if (!field_read_code(message->item, FIELD_REQUIRED, path, &out->item, err) ||
        !read_statuses(message->statuses, rows, blanks->statuses, path, &out->statuses, err))
        return false;
    out->mantissas = numbers > 0 ? message->mantissas : blanks->mantissas;
    out->texts = texts > 0 ? (const char *const *)message->texts : NULL;
    return column_is_honest(out, rows) || field_refuse(err, path, FIELD_VALUE);
}

static bool read_columns(const Zonetally__Submission *message, struct arena *arena,
                         struct submission *out, struct error *err)
{
    size_t rows = out->row_count;
    struct blanks blanks = { rows, arena_take(arena, rows, sizeof(int64_t)),
                             arena_take(arena, rows, 1) };
    struct roster_column *columns = arena_take(arena, message->n_columns, sizeof *columns);
    uint64_t before = 0;
    for (size_t i = 0; i < message->n_columns; i++) {
        if (!read_column(message->columns[i], &blanks, &columns[i], err))
            return false;
        if (columns[i].item.packed <= before)
            return field_refuse(err, "Submission.columns", FIELD_ASCENT);
        before = columns[i].item.packed;
    }
    out->columns = columns;
    out->column_count = message->n_columns;
    return true;
}

static bool read_explanations(const Zonetally__Submission *message, struct arena *arena,
                              struct submission *out, struct error *err)
{
    static const char path[] = "Submission.explanations";
    struct explanation *items = arena_take(arena, message->n_explanations, sizeof *items);
    for (size_t i = 0; i < message->n_explanations; i++) {
        const Zonetally__Explanation *explanation = message->explanations[i];
        items[i].row_key = explanation->row_key;
        items[i].text = explanation->text;
        if (!field_read_code(explanation->rule, FIELD_REQUIRED, path, &items[i].rule, err) ||
            !field_read_code(explanation->reason, FIELD_OPTIONAL, path, &items[i].reason, err))
            return false;
    }
    out->explanations = items;
    out->explanation_count = message->n_explanations;
    return true;
}

static bool read_sign_offs(const Zonetally__Submission *message, struct arena *arena,
                           struct submission *out, struct error *err)
{
    static const char path[] = "Submission.sign_offs";
    struct sign_off *items = arena_take(arena, message->n_sign_offs, sizeof *items);
    for (size_t i = 0; i < message->n_sign_offs; i++) {
        const Zonetally__SignOff *sign_off = message->sign_offs[i];
        items[i].utc_ms = sign_off->utc_ms;
        if (!field_read_code(sign_off->role, FIELD_REQUIRED, path, &items[i].role, err) ||
            !field_read_text(sign_off->name, path, &items[i].name, err))
            return false;
    }
    out->sign_offs = items;
    out->sign_off_count = message->n_sign_offs;
    return true;
}

bool submission_of_message(const Zonetally__Submission *message, struct arena *arena,
                           struct submission *out, struct error *err)
{
    out->version = message->version;
    out->base_version = message->base_version;
    return field_read_code(message->form, FIELD_REQUIRED, "Submission.form", &out->form, err) &&
           field_read_period(message->period, FIELD_REQUIRED, "Submission.period", &out->period,
                             err) &&
           field_read_number(message->version, 1, UINT32_MAX, "Submission.version", err) &&
           field_read_number(message->base_version, 0, message->version - 1,
                             "Submission.base_version", err) &&
           read_cells(message, arena, out, err) && read_row_keys(message, out, err) &&
           read_columns(message, arena, out, err) && read_explanations(message, arena, out, err) &&
           read_sign_offs(message, arena, out, err) &&
           field_read_digest(message->findings, FIELD_OPTIONAL, "Submission.findings",
                             &out->findings, err) &&
           read_grounds(message->grounds, &out->grounds, err);
}
