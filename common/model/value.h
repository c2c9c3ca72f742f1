#ifndef COMMON_MODEL_VALUE_H
#define COMMON_MODEL_VALUE_H

/*
 * What stands in a cell: a figure, or the coded reason why there is none.
 * Missing is not zero.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"

/* Mapped to SDMX OBS_STATUS (CL_OBS_STATUS 2.2) by value_status_sdmx().
 * The numbers travel and are stored: never reuse one. */
enum value_status {
    VALUE_PRESENT = 0, /* a figure                                  A */
    VALUE_MISSING = 1, /* exists, not available yet                 M */
    VALUE_NOT_APPLICABLE =
        2, /* cannot exist here                         M (as "L" is exists-not-collected) */
    VALUE_BELOW_UNIT = 3,    /* not zero, below half of the smallest unit N */
    VALUE_SUPPRESSED = 4,    /* confidential                              Q */
    VALUE_NOT_COLLECTED = 5, /* exists, nobody collected it               L */
    VALUE_ESTIMATED = 6,     /* a figure, estimated by the office         E */
    VALUE_PROVISIONAL = 7,   /* a figure, preliminary                     P */
    VALUE_SYNTHETIC = 8,     /* a figure made by a generator, for shows and tests only  I */
    VALUE_STATUS_COUNT = 9
};

/* A cell of an item. The number of decimals is the item's. */
struct value {
    int64_t mantissa; /* 0 when the status carries no figure */
    uint8_t status;   /* enum value_status */
};

bool value_status_has_figure(enum value_status status);
/* Stable word for files ("missing"), the person's word ("缺报"), and the SDMX code ("M"). */
const char *value_status_name(enum value_status status);
const char *value_status_words(enum value_status status);
const char *value_status_sdmx(enum value_status status);
/* Reads the stable word, either person's word, or the customary marks of yearbooks:
 * "…" below unit, "—" or "-" or "不适用" not applicable. */
NODISCARD bool value_status_parse(const char *text, enum value_status *out);
/* Of two operands, the status a result must show. */
enum value_status value_status_worst(enum value_status left, enum value_status right);

#endif
