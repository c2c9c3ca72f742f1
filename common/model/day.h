#ifndef COMMON_MODEL_DAY_H
#define COMMON_MODEL_DAY_H

/* A calendar day as the number of days since 1970-01-01 (proleptic Gregorian). */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"

#define DAY_TEXT_SIZE 16

int64_t day_of_date(int year, int month, int day); /* month and day are in range */
void day_to_date(int64_t day, int *out_year, int *out_month, int *out_day);
/* Days in a month of a year. */
int day_month_length(int year, int month);
/* "2026-03-18" (also 2026/3/18, 2026年3月18日, 20260318); false for no such day. */
NODISCARD bool day_parse(const char *text, int64_t *out);
const char *day_text(int64_t day, char buffer[DAY_TEXT_SIZE]);
/* The day it is in Beijing, whatever the computer's time zone. */
int64_t day_of_utc(int64_t utc_ms);
/* 0 Monday … 6 Sunday. */
int day_weekday(int64_t day);

#endif
