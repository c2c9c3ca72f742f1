#include "agent/entry/import.h"

#include <assert.h>

#include "agent/entry/layout.h"
#include "agent/entry/notes.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/text.h"
#include "common/format/encoding.h"

static void tell(struct import *import, const char *text)
{
    notes_add(&import->problems, 0, 0, "%s", text);
}

void layout_tell_trouble(struct staging *staging, const struct csv_reader *reader,
                         enum csv_outcome outcome)
{
    struct import_notes *problems = &staging->import->problems;
    switch (outcome) {
    case CSV_ROW:
    case CSV_END:
        break;
    case CSV_UNTERMINATED_QUOTE:
        notes_add(problems, reader->row, reader->column, "%s", MESSAGE_ENTRY_UNTERMINATED_QUOTE);
        break;
    case CSV_TEXT_BEHIND_QUOTE:
        notes_add(problems, reader->row, reader->column, "%s", MESSAGE_ENTRY_TEXT_BEHIND_QUOTE);
        break;
    case CSV_TOO_MANY_COLUMNS:
        notes_add(problems, reader->row, 0, MESSAGE_ENTRY_TOO_MANY_COLUMNS, CSV_COLUMNS_MAX);
        break;
    case CSV_TOO_MANY_ROWS:
        notes_add(problems, reader->row, 0, MESSAGE_ENTRY_TOO_MANY_ROWS, SUBMISSION_ROWS_MAX);
        break;
    case CSV_CELL_TOO_LARGE:
        notes_add(problems, reader->row, reader->column, MESSAGE_ENTRY_CELL_TOO_LARGE,
                  CSV_CELL_SIZE_MAX);
        break;
    }
}

/* What the caller says counts; what the file's name says must not contradict it. */
static void identify(const struct import_request *request, struct import *import)
{
    const struct catalogue *catalogue = request->catalogue;
    size_t form;
    struct period period;
    char said[CODE_TEXT_SIZE], named[CODE_TEXT_SIZE];
    char said_period[PERIOD_TEXT_SIZE], named_period[PERIOD_TEXT_SIZE];
    import_identify(catalogue, request->file_name, &form, &period);
    import->form = request->form != CATALOGUE_NONE ? request->form : form;
    import->period = request->period.year ? request->period : period;
    if (form != CATALOGUE_NONE && import->form != form)
        notes_add(&import->problems, 0, 0, MESSAGE_ENTRY_FORM_CONTRADICTS,
                  code_text(catalogue->forms[import->form].code, said),
                  code_text(catalogue->forms[form].code, named));
    if (period.year && !period_equal(import->period, period))
        notes_add(&import->problems, 0, 0, MESSAGE_ENTRY_PERIOD_CONTRADICTS,
                  period_text(import->period, said_period), period_text(period, named_period));
    if (import->form == CATALOGUE_NONE)
        tell(import, MESSAGE_ENTRY_FORM_UNKNOWN);
    if (!import->period.year)
        tell(import, MESSAGE_ENTRY_PERIOD_UNKNOWN);
}

static void check_period(const struct catalogue *catalogue, struct import *import)
{
    char text[PERIOD_TEXT_SIZE];
    if (import->form == CATALOGUE_NONE || !import->period.year)
        return;
    const struct form *form = &catalogue->forms[import->form];
    if (!form_reports(form, import->period))
        notes_add(&import->problems, 0, 0, MESSAGE_ENTRY_PERIOD_NOT_REPORTED,
                  words_say(&form->name), period_text(import->period, text));
}

struct expectation {
    const struct catalogue *catalogue;
    const struct form *form; /* NULL: not known */
    struct arena *arena;
};

static bool is_expected(struct bytes text, const void *context)
{
    const struct expectation *expectation = context;
    return header_is_known(expectation->catalogue, expectation->form, text, expectation->arena);
}

static void read_rows(struct staging *staging, struct csv_reader *reader)
{
    struct csv_row row;
    enum csv_outcome outcome;
    struct header *header = arena_take(staging->arena, 1, sizeof *header);
    while ((outcome = csv_next(reader, &row)) == CSV_ROW && row_is_blank(&row))
        ;
    if (outcome != CSV_ROW) {
        layout_tell_trouble(staging, reader, outcome);
        if (outcome == CSV_END)
            tell(staging->import, MESSAGE_FORMAT_EMPTY);
        return;
    }
    size_t before = staging->import->problems.count;
    header_read(staging, &row, header);
    if (staging->import->problems.count > before &&
        !header_is_known(staging->catalogue, staging->form, staging->text, staging->arena))
        return;
    if (staging->form->roster)
        roster_layout_read(staging, header, reader);
    else
        table_layout_read(staging, header, reader);
}

static void read_content(const struct import_request *request, struct import *import,
                         struct arena *arena)
{
    const struct catalogue *catalogue = request->catalogue;
    const struct form *form =
        import->form == CATALOGUE_NONE ? NULL : &catalogue->forms[import->form];
    struct expectation expectation = { catalogue, form, arena };
    struct staging staging = {
        .catalogue = catalogue, .form = form, .import = import, .arena = arena
    };
    enum encoding encoding;
    struct error err = { 0 };
    if (request->content.size > IMPORT_SIZE_MAX) {
        notes_add(&import->problems, 0, 0, MESSAGE_ENTRY_FILE_TOO_LARGE,
                  IMPORT_SIZE_MAX / (1024 * 1024));
        return;
    }
    if (!encoding_decode(request->content, is_expected, &expectation, arena, &encoding,
                         &staging.text, &err)) {
        tell(import, err.text);
        return;
    }
    if (!form)
        return;
    if (encoding != ENCODING_UTF8)
        notes_add(&import->notices, 0, 0, MESSAGE_ENTRY_ENCODING, encoding_name(encoding));

    struct csv_reader *reader = arena_take(arena, 1, sizeof *reader);
    csv_open(reader, staging.text, csv_detect_delimiter(staging.text));
    read_rows(&staging, reader);
    csv_close(reader);
}

struct import import_read(const struct import_request *request, struct arena *arena)
{
    struct import import = { .problems = notes_in(arena), .notices = notes_in(arena) };
    identify(request, &import);
    check_period(request->catalogue, &import);
    read_content(request, &import, arena);
    if (import.form != CATALOGUE_NONE)
        import.submission.form = request->catalogue->forms[import.form].code;
    import.submission.period = import.period;
    notes_settle(&import.problems);
    notes_settle(&import.notices);
    return import;
}

bool import_is_clean(const struct import *import)
{
    return import->problems.count == 0;
}
