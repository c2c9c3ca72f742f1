#ifndef COMMON_MODEL_PERIOD_H
#define COMMON_MODEL_PERIOD_H

/*
 * A reporting period: a year (2021), a quarter (2021-Q3) or a month (2021-M07).
 * Kept as declared, never derived from a time stamp.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"

#define PERIOD_YEAR_MIN 1990
#define PERIOD_YEAR_MAX 2089
#define PERIOD_TEXT_SIZE 16

enum frequency { FREQUENCY_YEAR, FREQUENCY_QUARTER, FREQUENCY_MONTH, FREQUENCY_COUNT };

struct period {
    int16_t year;
    uint8_t frequency; /* enum frequency */
    uint8_t number;    /* 0 for a year, 1-4 for a quarter, 1-12 for a month */
};

/* Slots for all periods of all frequencies, in no other order than within one frequency. */
#define PERIOD_SLOTS_PER_YEAR 17
#define PERIOD_SLOT_COUNT ((PERIOD_YEAR_MAX - PERIOD_YEAR_MIN + 1) * PERIOD_SLOTS_PER_YEAR)

struct period period_of_year(int year);
struct period period_of_quarter(int year, int quarter);
struct period period_of_month(int year, int month);

/* "2021", "2021-Q3", "2021-M07", "2021-07"; false for anything else or outside 1990-2089. */
NODISCARD bool period_parse(const char *text, struct period *out);
/* "2021", "2021-Q3", "2021-M07". Returns `buffer`. */
const char *period_text(struct period period, char buffer[PERIOD_TEXT_SIZE]);

bool period_is_valid(struct period period);
bool period_equal(struct period left, struct period right);
/* By the day the period ends, then the longer period last: M03 < Q1. */
int period_compare(struct period left, struct period right);

/* The period `steps` later (earlier when negative) of the same frequency.
 * False when it leaves 1990-2089. */
NODISCARD bool period_shift(struct period period, int steps, struct period *out);
/* The same period `years` later. */
NODISCARD bool period_shift_years(struct period period, int years, struct period *out);

/* The next finer period that ends on the same day: 2021 -> 2021-Q4 -> 2021-M12.
 * A cumulative flow or a stock has the same value there. False for a month. */
NODISCARD bool period_last_part(struct period period, struct period *out);

/* 0 .. PERIOD_SLOT_COUNT-1, and back. */
size_t period_slot(struct period period);
struct period period_of_slot(size_t slot);

/* Days since 1970-01-01 of the period's last and first day. */
int64_t period_last_day(struct period period);
int64_t period_first_day(struct period period);

/* Whether what holds from `since` until `until` (year 0: open) holds at the end of the period. */
bool period_in_force(struct period since, struct period until, struct period period);

#endif
