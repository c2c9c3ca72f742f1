#include "common/model/lifecycle.h"

#include <assert.h>

#include "common/base/attributes.h"
#include "common/base/messages.h"

#define MAY(stage) (1u << (stage))

/* Editing anything takes a return back to DRAFT, also what is checked or signed; an
 * accepted one comes back as its next version. A decision of the province may let one count that
 * was rejected for its version alone, and set another aside. What was withdrawn counts again when
 * the province does not take that. When a disaster takes a receipt's
 * entry from the province's log, the return is SEALED again. */
/* clang-format off */
static const struct {
    const char *name;
    struct words words;
    unsigned next;
} stages[] = {
    [STAGE_NOT_STARTED] = { "not_started", WORDS_STAGE_NOT_STARTED, MAY(STAGE_DRAFT) },
    [STAGE_DRAFT]       = { "draft",       WORDS_STAGE_DRAFT,       MAY(STAGE_NOT_STARTED) | MAY(STAGE_CHECKED) },
    [STAGE_CHECKED]     = { "checked",     WORDS_STAGE_CHECKED,     MAY(STAGE_DRAFT) | MAY(STAGE_SIGNED) },
    [STAGE_SIGNED]      = { "signed",      WORDS_STAGE_SIGNED,      MAY(STAGE_DRAFT) | MAY(STAGE_SEALED) },
    [STAGE_SEALED]      = { "sealed",      WORDS_STAGE_SEALED,      MAY(STAGE_ACCEPTED) | MAY(STAGE_REJECTED) },
    [STAGE_ACCEPTED]    = { "accepted",    WORDS_STAGE_ACCEPTED,    MAY(STAGE_DRAFT) | MAY(STAGE_SENT_BACK) | MAY(STAGE_LOCKED) | MAY(STAGE_OVERRULED) | MAY(STAGE_BACKED_UP) | MAY(STAGE_SEALED) | MAY(STAGE_WITHDRAWN) },
    [STAGE_REJECTED]    = { "rejected",    WORDS_STAGE_REJECTED,    MAY(STAGE_DRAFT) | MAY(STAGE_ACCEPTED) | MAY(STAGE_SEALED) },
    [STAGE_SENT_BACK]   = { "sent_back",   WORDS_STAGE_SENT_BACK,   MAY(STAGE_DRAFT) | MAY(STAGE_ACCEPTED) | MAY(STAGE_OVERRULED) | MAY(STAGE_SEALED) | MAY(STAGE_WITHDRAWN) },
    [STAGE_LOCKED]      = { "locked",      WORDS_STAGE_LOCKED,      0 },
    [STAGE_OVERRULED]   = { "overruled",   WORDS_STAGE_OVERRULED,   MAY(STAGE_DRAFT) | MAY(STAGE_ACCEPTED) | MAY(STAGE_SEALED) },
    [STAGE_BACKED_UP]   = { "backed_up",   WORDS_STAGE_BACKED_UP,   MAY(STAGE_DRAFT) | MAY(STAGE_SENT_BACK) | MAY(STAGE_LOCKED) | MAY(STAGE_WITHDRAWN) },
    [STAGE_WITHDRAWN]   = { "withdrawn",   WORDS_STAGE_WITHDRAWN,   MAY(STAGE_DRAFT) | MAY(STAGE_ACCEPTED) | MAY(STAGE_SENT_BACK) | MAY(STAGE_OVERRULED) | MAY(STAGE_SEALED) },
};
/* clang-format on */
static_assert(COUNT_OF(stages) == STAGE_COUNT, "one row for each stage");

bool stage_may_follow(enum stage from, enum stage to)
{
    assert(from < STAGE_COUNT && to < STAGE_COUNT);
    return stages[from].next & MAY(to);
}

const char *stage_name(enum stage stage)
{
    assert(stage < STAGE_COUNT && stages[stage].name);
    return stages[stage].name;
}

const char *stage_words(enum stage stage)
{
    assert(stage < STAGE_COUNT && stages[stage].name);
    return words_say(&stages[stage].words);
}
