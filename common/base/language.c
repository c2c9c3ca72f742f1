#include "common/base/language.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static enum language current = LANGUAGE_CHINESE;

enum language language_current(void)
{
    return current;
}

void language_set(enum language language)
{
    current = language;
}

/* "en", or "en" followed by a country or an encoding, but not "enough". */
static bool names(const char *text, const char *language)
{
    size_t size = strlen(language);
    for (size_t i = 0; i < size; i++)
        if (tolower((unsigned char)text[i]) != language[i])
            return false;
    return !isalnum((unsigned char)text[size]);
}

bool language_parse(const char *text, enum language *out)
{
    if (!names(text, "zh") && !names(text, "en"))
        return false;
    *out = names(text, "en") ? LANGUAGE_ENGLISH : LANGUAGE_CHINESE;
    return true;
}

enum language language_of_environment(void)
{
    static const char *const variables[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
    for (size_t i = 0; i < COUNT_OF(variables); i++) {
        const char *value = getenv(variables[i]);
        if (value && *value)
            return names(value, "en") ? LANGUAGE_ENGLISH : LANGUAGE_CHINESE;
    }
    return LANGUAGE_CHINESE;
}

const char *words_say(const struct words *words)
{
    return current == LANGUAGE_ENGLISH ? words->english : words->chinese;
}

bool words_match(const struct words *words, const char *text)
{
    return strcmp(words->chinese, text) == 0 || strcmp(words->english, text) == 0;
}
