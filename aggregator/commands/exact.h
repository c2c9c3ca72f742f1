#ifndef AGGREGATOR_COMMANDS_EXACT_H
#define AGGREGATOR_COMMANDS_EXACT_H

/* Numbers as they are printed: exact, in lowest terms. */

#include "common/base/number.h"

#define EXACT_TEXT_SIZE 48

struct exact_text {
    char numerator[EXACT_TEXT_SIZE];
    char denominator[EXACT_TEXT_SIZE];
};

struct exact_text exact_text(struct number number);

#endif
