#ifndef COMMON_BASE_LANGUAGE_H
#define COMMON_BASE_LANGUAGE_H

/* The language of the person at this process: Chinese unless said otherwise. */

#include <stdbool.h>

#include "common/base/attributes.h"

enum language { LANGUAGE_CHINESE, LANGUAGE_ENGLISH };

enum language language_current(void);
void language_set(enum language language);

/* "zh", "zh-CN", "en", "en_US.UTF-8" …; false for a language we do not have. */
NODISCARD bool language_parse(const char *text, enum language *out);

/* From LC_ALL, LC_MESSAGES, LANG in that order: English for "en…", Chinese otherwise. */
enum language language_of_environment(void);

/* Both formats are literals, so the compiler checks the arguments against each of them. */
#define SAY(chinese, english) (language_current() == LANGUAGE_ENGLISH ? (english) : (chinese))

#endif
