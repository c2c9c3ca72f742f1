#ifndef COMMON_MODEL_ZONE_H
#define COMMON_MODEL_ZONE_H

/*
 * A development zone of the province's register. Attributes that decide limits
 * (level, plate …) are effective-dated: a zone judged in 2017 is judged by its
 * level of 2017.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/model/code.h"
#include "common/model/period.h"

#define ZONE_CODE_SIZE 17

/* RG01: the 8-digit code of GB/T 37028-2018, or the province's own where none exists. */
struct zone_id {
    char text[ZONE_CODE_SIZE]; /* NUL-terminated: A-Z a-z 0-9 and - */
};

/* From `since` on (its first day) the zone's attribute has this value. */
struct zone_attribute {
    struct code attribute; /* RG03 */
    struct code value;     /* N; no code: unknown */
    struct period since;   /* a year or month; the earliest one counts for all time before */
};

struct zone {
    struct zone_id id;
    const char *name;            /* 长春新区 */
    const char *prefecture;      /* 长春市, "" unknown */
    const char *prefecture_code; /* 220100, "" unknown */
    const char *county;          /* "" unknown */
    const char *county_code;     /* "" unknown */
    const struct zone_attribute *attributes;
    size_t attribute_count;
    struct period active_from;  /* year 0: unknown, taken as always */
    struct period active_until; /* year 0: still active */
};

/* 1-16 letters, digits and hyphens. */
NODISCARD bool zone_id_parse(const char *text, struct zone_id *out);
bool zone_id_equal(const struct zone_id *left, const struct zone_id *right);

/* The attribute's value in the period (on its last day); no code when unknown. */
struct code zone_attribute_at(const struct zone *zone, struct code attribute, struct period period);
bool zone_is_active(const struct zone *zone, struct period period);

#endif
