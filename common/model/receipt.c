#include "common/model/receipt.h"

#include <assert.h>

#include "common/base/messages.h"

/* clang-format off */
static const struct {
    const char *name;
    struct words words;
} verdicts[] = {
    [VERDICT_ACCEPTED]  = { "accepted",  WORDS_VERDICT_ACCEPTED },
    [VERDICT_REJECTED]  = { "rejected",  WORDS_VERDICT_REJECTED },
    [VERDICT_SENT_BACK] = { "sent_back", WORDS_VERDICT_SENT_BACK },
};
/* clang-format on */
static_assert(COUNT_OF(verdicts) == VERDICT_SENT_BACK + 1, "one row for each verdict");

/* clang-format off */
static const struct {
    const char *name;
    struct words words;
} comparisons[] = {
    [COMPARISON_SAME]       = { "same",       WORDS_COMPARISON_SAME },
    [COMPARISON_UNKNOWABLE] = { "unknowable", WORDS_COMPARISON_UNKNOWABLE },
    [COMPARISON_DIFFERENT]  = { "different",  WORDS_COMPARISON_DIFFERENT },
};
/* clang-format on */
static_assert(COUNT_OF(comparisons) == COMPARISON_DIFFERENT + 1, "one row for each outcome");

const char *verdict_name(enum verdict verdict)
{
    assert(verdict < COUNT_OF(verdicts) && verdicts[verdict].name);
    return verdicts[verdict].name;
}

const char *verdict_words(enum verdict verdict)
{
    assert(verdict < COUNT_OF(verdicts) && verdicts[verdict].name);
    return words_say(&verdicts[verdict].words);
}

const char *comparison_name(enum comparison comparison)
{
    assert(comparison < COUNT_OF(comparisons));
    return comparisons[comparison].name;
}

const char *comparison_words(enum comparison comparison)
{
    assert(comparison < COUNT_OF(comparisons));
    return words_say(&comparisons[comparison].words);
}
