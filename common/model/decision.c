#include "common/model/decision.h"

#include <assert.h>

#include "common/base/attributes.h"
#include "common/base/messages.h"

/* clang-format off */
static const struct {
    const char *name;
    struct words words;
} kinds[] = {
    [DECISION_SEND_BACK] = { "send_back", WORDS_DECISION_SEND_BACK },
    [DECISION_COUNTS]    = { "counts",    WORDS_DECISION_COUNTS },
};
/* clang-format on */
static_assert(COUNT_OF(kinds) == DECISION_COUNTS + 1, "one row for each kind");

const char *decision_kind_name(enum decision_kind kind)
{
    assert(kind < COUNT_OF(kinds) && kinds[kind].name);
    return kinds[kind].name;
}

const char *decision_kind_words(enum decision_kind kind)
{
    assert(kind < COUNT_OF(kinds) && kinds[kind].name);
    return words_say(&kinds[kind].words);
}
