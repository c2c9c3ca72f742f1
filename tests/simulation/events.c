#include "tests/simulation/events.h"

#include <assert.h>
#include <inttypes.h>

static const char *const words[] = {
#define EVENT_WORDS(name, text) [EVENT_##name] = (text),
    EVENT_LIST(EVENT_WORDS)
#undef EVENT_WORDS
};

const char *event_words(enum event event)
{
    assert(event < EVENT_COUNT);
    return words[event];
}

void tally_add(struct tally *sum, const struct tally *more)
{
    sum->seeds += more->seeds;
    sum->statements += more->statements;
    sum->acknowledged += more->acknowledged;
    sum->counted += more->counted;
    for (int i = 0; i < EVENT_COUNT; i++)
        sum->events[i] += more->events[i];
}

void tally_print(const struct tally *tally, FILE *output)
{
    for (int i = 0; i < EVENT_COUNT; i++)
        fprintf(output, "%12" PRIu64 "  %s\n", tally->events[i], event_words((enum event)i));
    fprintf(output, "%12" PRIu64 "  statements on some disk\n", tally->statements);
    fprintf(output, "%12" PRIu64 "  of them acknowledged, 0 lost\n", tally->acknowledged);
    fprintf(output, "%12" PRIu64 "  returns that count, 0 twice\n", tally->counted);
}

unsigned tally_complain(const struct tally *tally, FILE *output)
{
    unsigned missing = 0;
    for (int i = 0; i < EVENT_COUNT; i++) {
        if (tally->events[i] > 0)
            continue;
        fprintf(output, "never happened: %s\n", event_words((enum event)i));
        missing++;
    }
    return missing;
}
