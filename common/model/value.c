#include "common/model/value.h"

#include <assert.h>
#include <string.h>

#include "common/base/messages.h"

/* `severity`: a result shows the highest one of its operands. A figure is worse the less
 * official it is; no figure is worse than any; what is secret stays secret. */
/* clang-format off */
static const struct {
    const char *name;
    struct words words;
    const char *sdmx;
    int severity;
    bool has_figure;
} statuses[] = {
    [VALUE_PRESENT]        = { "present",        WORDS_VALUE_PRESENT,        "A", 0, true  },
    [VALUE_MISSING]        = { "missing",        WORDS_VALUE_MISSING,        "M", 7, false },
    [VALUE_NOT_APPLICABLE] = { "not_applicable", WORDS_VALUE_NOT_APPLICABLE, "M", 5, false },
    [VALUE_BELOW_UNIT]     = { "below_unit",     WORDS_VALUE_BELOW_UNIT,     "N", 4, false },
    [VALUE_SUPPRESSED]     = { "suppressed",     WORDS_VALUE_SUPPRESSED,     "Q", 8, false },
    [VALUE_NOT_COLLECTED]  = { "not_collected",  WORDS_VALUE_NOT_COLLECTED,  "L", 6, false },
    [VALUE_ESTIMATED]      = { "estimated",      WORDS_VALUE_ESTIMATED,      "E", 2, true  },
    [VALUE_PROVISIONAL]    = { "provisional",    WORDS_VALUE_PROVISIONAL,    "P", 1, true  },
    [VALUE_SYNTHETIC]      = { "synthetic",      WORDS_VALUE_SYNTHETIC,      "I", 3, true  },
};

/* How yearbooks mark a cell without a figure. */
static const struct {
    const char *mark;
    enum value_status status;
} marks[] = {
    { "…",   VALUE_BELOW_UNIT },
    { "……",  VALUE_BELOW_UNIT },
    { "...", VALUE_BELOW_UNIT },
    { "-",   VALUE_NOT_APPLICABLE },
    { "—",   VALUE_NOT_APPLICABLE },
    { "——",  VALUE_NOT_APPLICABLE },
};
/* clang-format on */
static_assert(COUNT_OF(statuses) == VALUE_STATUS_COUNT, "one row for each status");

bool value_status_has_figure(enum value_status status)
{
    assert(status < VALUE_STATUS_COUNT);
    return statuses[status].has_figure;
}

const char *value_status_name(enum value_status status)
{
    assert(status < VALUE_STATUS_COUNT);
    return statuses[status].name;
}

const char *value_status_words(enum value_status status)
{
    assert(status < VALUE_STATUS_COUNT);
    return words_say(&statuses[status].words);
}

const char *value_status_sdmx(enum value_status status)
{
    assert(status < VALUE_STATUS_COUNT);
    return statuses[status].sdmx;
}

bool value_status_parse(const char *text, enum value_status *out)
{
    for (enum value_status status = 0; status < VALUE_STATUS_COUNT; status++)
        if (strcmp(statuses[status].name, text) == 0 ||
            words_match(&statuses[status].words, text)) {
            *out = status;
            return true;
        }
    for (size_t i = 0; i < COUNT_OF(marks); i++)
        if (strcmp(marks[i].mark, text) == 0) {
            *out = marks[i].status;
            return true;
        }
    return false;
}

enum value_status value_status_worst(enum value_status left, enum value_status right)
{
    assert(left < VALUE_STATUS_COUNT && right < VALUE_STATUS_COUNT);
    return statuses[left].severity >= statuses[right].severity ? left : right;
}
