#ifndef COMMON_MODEL_FIGURES_H
#define COMMON_MODEL_FIGURES_H

/* What a submission says and nothing else: cells and rows, without signatures, explanations and
 * version. Two that agree here say the same. For comparing in memory: it is not stored. */

#include <stdbool.h>

struct submission;

struct figures_mark {
    unsigned char bytes[16];
};

struct figures_mark figures_mark_of(const struct submission *submission);
bool figures_mark_equal(const struct figures_mark *left, const struct figures_mark *right);

#endif
