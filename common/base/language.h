#ifndef COMMON_BASE_LANGUAGE_H
#define COMMON_BASE_LANGUAGE_H

/*
 * The language of the person at this process: Chinese unless said otherwise.
 *
 * The language is one of the project's two mutable globals (the other is the log level):
 * it is set once, by main(), before any thread starts.
 */

#include <stdbool.h>

#include "common/base/attributes.h"

enum language { LANGUAGE_CHINESE, LANGUAGE_ENGLISH };

enum language language_current(void);
void language_set(enum language language);

/* "zh", "zh-CN", "en", "en_US.UTF-8" …; false for a language we do not have. */
NODISCARD bool language_parse(const char *text, enum language *out);

/* From LC_ALL, LC_MESSAGES, LANG in that order: English for "en…", Chinese otherwise. */
enum language language_of_environment(void);

/* The same words in both languages, for constant tables: names of stages, help texts. */
struct words {
    const char *chinese;
    const char *english;
};

#define WORDS(chinese, english)                                                                    \
    {                                                                                              \
        chinese, english                                                                           \
    }

/* Those of the current language. */
const char *words_say(const struct words *words);
/* Whether `text` is one of the two, whatever the current language is. */
bool words_match(const struct words *words, const char *text);

/* Both formats are literals, so the compiler checks the arguments against each of them. */
#define SAY(chinese, english) (language_current() == LANGUAGE_ENGLISH ? (english) : (chinese))

#endif
