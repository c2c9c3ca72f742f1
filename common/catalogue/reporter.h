#ifndef COMMON_CATALOGUE_REPORTER_H
#define COMMON_CATALOGUE_REPORTER_H

/* Collects what is wrong with a catalogue: every error once, in the order of the text. */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/attributes.h"
#include "common/catalogue/catalogue.h"

struct reporter {
    struct sources sources;
    struct diagnostics *diagnostics; /* its arena holds the texts */
};

/* Always false, so that failing takes one line. A second report for one place is left out. */
bool report(struct reporter *reporter, struct place place, const char *format, ...)
    PRINTF_LIKE(3, 4);
size_t report_count(const struct reporter *reporter);
/* Puts the diagnostics in the order of the text. */
void report_settle(struct reporter *reporter);

int place_compare(struct place left, struct place right);

#endif
