#include "common/cube/checking.h"

#include <string.h>

#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/model/day.h"

#define DATE_YEAR_MIN 1900
#define DATE_YEAR_MAX 2199

/* What is being looked at, for the message. */
struct fitting {
    const struct submission *submission;
    const struct catalogue *catalogue;
    const struct form *form;
    char form_text[CODE_TEXT_SIZE];
    struct error *err;
};

static bool value_fits(const struct item *item, int64_t mantissa, uint8_t status)
{
    if (status >= VALUE_STATUS_COUNT)
        return false;
    if (!value_status_has_figure(status))
        return mantissa == 0;
    switch (item->type) {
    case ITEM_CODE:
        return code_is_valid((struct code){ (uint64_t)mantissa });
    case ITEM_DATE:
        return mantissa >= day_of_date(DATE_YEAR_MIN, 1, 1) &&
               mantissa <= day_of_date(DATE_YEAR_MAX, 12, 31);
    case ITEM_FLAG:
        return mantissa == 0 || mantissa == 1;
    case ITEM_TEXT:
        return mantissa == 0;
    case ITEM_QUANTITY:
        return true;
    }
    return false;
}

static bool refuse_value(struct fitting *fitting, struct code item, const char *row_key)
{
    char text[CODE_TEXT_SIZE];
    return error_set(fitting->err, ERROR_MALFORMED, MESSAGE_FIT_VALUE, fitting->form_text,
                     code_text(item, text), *row_key ? " " : "", row_key);
}

static bool refuse_item(struct fitting *fitting, struct code code)
{
    char text[CODE_TEXT_SIZE] = "?";
    if (code_is_valid(code))
        code_text(code, text);
    return error_set(fitting->err, ERROR_MALFORMED, MESSAGE_FIT_ITEM, text, fitting->form_text);
}

static bool refuse_order(struct fitting *fitting, struct code code)
{
    char text[CODE_TEXT_SIZE];
    return error_set(fitting->err, ERROR_MALFORMED, MESSAGE_FIT_ORDER, fitting->form_text,
                     code_text(code, text));
}

static bool stands_in_form(const struct form *form, struct code code)
{
    for (size_t i = 0; i < form->item_count; i++)
        if (code_equal(form->items_by_code[i].code, code))
            return true;
    return false;
}

/* The item, when it is one of the form and stands behind the one before; `inout_next` goes
 * through the form's items in the order of the codes. */
static const struct item *item_of(struct fitting *fitting, struct code code, size_t *inout_next)
{
    const struct form *form = fitting->form;
    size_t next = *inout_next;
    while (next < form->item_count && form->items_by_code[next].code.packed < code.packed)
        next++;
    if (next == form->item_count || !code_equal(form->items_by_code[next].code, code)) {
        (void)(stands_in_form(form, code) ? refuse_order(fitting, code)
                                          : refuse_item(fitting, code));
        return NULL;
    }
    if (form->roster && form->items_by_code[next].item == form->key_item) {
        (void)refuse_item(fitting, code);
        return NULL;
    }
    *inout_next = next + 1;
    return &fitting->catalogue->items[form->items_by_code[next].item];
}

static bool cells_fit(struct fitting *fitting)
{
    const struct submission *submission = fitting->submission;
    size_t next = 0;
    for (size_t i = 0; i < submission->cell_count; i++) {
        const struct cell *cell = &submission->cells[i];
        const struct item *item = item_of(fitting, cell->item, &next);
        if (!item)
            return false;
        if (item->type == ITEM_TEXT || !value_fits(item, cell->value.mantissa, cell->value.status))
            return refuse_value(fitting, cell->item, "");
    }
    return true;
}

static bool column_fits(struct fitting *fitting, const struct roster_column *column,
                        const struct item *item)
{
    const struct submission *submission = fitting->submission;
    char text[CODE_TEXT_SIZE];
    bool needed = submission->row_count > 0;
    bool is_text = item->type == ITEM_TEXT;
    if (needed && (!column->statuses || (is_text ? !column->texts : !column->mantissas)))
        return error_set(fitting->err, ERROR_MALFORMED, MESSAGE_FIT_COLUMN, fitting->form_text,
                         code_text(column->item, text));
    for (size_t row = 0; row < submission->row_count; row++) {
        int64_t mantissa = column->mantissas ? column->mantissas[row] : 0;
        if (!value_fits(item, mantissa, column->statuses[row]) || (!is_text && column->texts))
            return refuse_value(fitting, column->item, submission->row_keys[row]);
    }
    return true;
}

static bool rows_fit(struct fitting *fitting)
{
    const struct submission *submission = fitting->submission;
    for (size_t row = 0; row < submission->row_count; row++) {
        const char *key = submission->row_keys[row];
        size_t size = strnlen(key, SUBMISSION_ROW_KEY_SIZE_MAX + 1);
        if (size == 0 || size > SUBMISSION_ROW_KEY_SIZE_MAX ||
            (row > 0 && strcmp(submission->row_keys[row - 1], key) >= 0))
            return error_set(fitting->err, ERROR_MALFORMED, MESSAGE_FIT_ROW, fitting->form_text,
                             row + 1);
    }
    size_t next = 0;
    for (size_t i = 0; i < submission->column_count; i++) {
        const struct roster_column *column = &submission->columns[i];
        const struct item *item = item_of(fitting, column->item, &next);
        if (!item || !column_fits(fitting, column, item))
            return false;
    }
    return true;
}

static bool counts_fit(const struct submission *submission)
{
    return submission->cell_count <= SUBMISSION_CELLS_MAX &&
           submission->row_count <= SUBMISSION_ROWS_MAX &&
           submission->column_count <= SUBMISSION_COLUMNS_MAX &&
           submission->explanation_count <= SUBMISSION_EXPLANATIONS_MAX &&
           submission->sign_off_count <= SUBMISSION_SIGN_OFFS_MAX;
}

bool submission_fits(const struct submission *submission, const struct catalogue *catalogue,
                     struct error *err)
{
    struct fitting fitting = {
        .submission = submission, .catalogue = catalogue, .form_text = "?", .err = err
    };
    size_t form = CATALOGUE_NONE;
    if (code_is_valid(submission->form)) {
        code_text(submission->form, fitting.form_text);
        form = catalogue_form(catalogue, submission->form);
    }
    if (form == CATALOGUE_NONE)
        return error_set(err, ERROR_MALFORMED, MESSAGE_FIT_FORM, fitting.form_text);
    fitting.form = &catalogue->forms[form];
    if (!period_is_valid(submission->period) || submission->version == 0)
        return error_set(err, ERROR_MALFORMED, MESSAGE_FIT_HEAD, fitting.form_text);
    if (!counts_fit(submission))
        return error_set(err, ERROR_MALFORMED, MESSAGE_FIT_LIMIT, fitting.form_text);
    bool rows = submission->row_count > 0 || submission->column_count > 0;
    if (fitting.form->roster ? submission->cell_count > 0 : rows)
        return error_set(err, ERROR_MALFORMED, MESSAGE_FIT_LAYOUT, fitting.form_text);
    return fitting.form->roster ? rows_fit(&fitting) : cells_fit(&fitting);
}
