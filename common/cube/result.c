#include "common/cube/result.h"

#include <assert.h>

#include "common/base/messages.h"

/* clang-format off */
static const struct {
    const char *name;
    struct words words;
} absences[] = {
    [ABSENCE_NONE]             = { "none",             WORDS_ABSENCE_NONE },
    [ABSENCE_OVERFLOW]         = { "overflow",         WORDS_ABSENCE_OVERFLOW },
    [ABSENCE_DIVISION_BY_ZERO] = { "division_by_zero", WORDS_ABSENCE_DIVISION_BY_ZERO },
    [ABSENCE_NOT_REPORTED]     = { "not_reported",     WORDS_ABSENCE_NOT_REPORTED },
    [ABSENCE_MISSING]          = { "missing",          WORDS_ABSENCE_MISSING },
    [ABSENCE_NOT_APPLICABLE]   = { "not_applicable",   WORDS_ABSENCE_NOT_APPLICABLE },
    [ABSENCE_NO_PERIOD]        = { "no_period",        WORDS_ABSENCE_NO_PERIOD },
    [ABSENCE_NOT_ADDITIVE]     = { "not_additive",     WORDS_ABSENCE_NOT_ADDITIVE },
};
/* clang-format on */
static_assert(COUNT_OF(absences) == ABSENCE_COUNT, "one row for each absence");

const char *absence_name(enum absence absence)
{
    assert(absence < ABSENCE_COUNT);
    return absences[absence].name;
}

const char *absence_words(enum absence absence)
{
    assert(absence < ABSENCE_COUNT);
    return words_say(&absences[absence].words);
}

struct result result_absent(enum absence absence)
{
    return (struct result){ .number = number_of(0),
                            .absence = (uint8_t)absence,
                            .status = VALUE_MISSING };
}

struct result result_of_cell(struct value value)
{
    enum absence absence = ABSENCE_NONE;
    if (!value_status_has_figure(value.status))
        absence = value.status == VALUE_NOT_APPLICABLE ? ABSENCE_NOT_APPLICABLE : ABSENCE_MISSING;
    return (struct result){ .number = number_of(0),
                            .absence = (uint8_t)absence,
                            .status = value.status };
}
