#include "common/base/seeded_bug.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {
#define SEEDED_BUG_NAME(name, word) [BUG_##name] = (word),
    SEEDED_BUG_LIST(SEEDED_BUG_NAME)
#undef SEEDED_BUG_NAME
};

const char *seeded_bug_name(enum seeded_bug bug)
{
    assert(bug < SEEDED_BUG_COUNT);
    return names[bug];
}

#ifdef SEEDED_BUGS
bool seeded_bug(enum seeded_bug bug)
{
    const char *awake = getenv("ZONETALLY_BUG");
    return awake && strcmp(awake, seeded_bug_name(bug)) == 0;
}
#endif
