#include "common/model/day.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* Years are counted from 1 March, so that the leap day is the last of its year; eras are
 * the 400 years after which the calendar repeats. */
#define MONTHS 12
#define ERA_YEARS 400
#define ERA_DAYS 146097
#define DAYS_TO_1970 719468 /* from 0000-03-01 */
#define YEAR_MAX 9999

#define BEIJING_AHEAD_MS (INT64_C(8) * 60 * 60 * 1000)
#define DAY_MS (INT64_C(24) * 60 * 60 * 1000)

static int64_t divide_down(int64_t value, int64_t divisor)
{
    return value / divisor - (value % divisor < 0);
}

int64_t day_of_date(int year, int month, int day)
{
    assert(month >= 1 && month <= MONTHS);
    assert(day >= 1 && day <= day_month_length(year, month));
    int64_t march_year = month > 2 ? year : (int64_t)year - 1;
    int march_month = month > 2 ? month - 3 : month + 9;
    int64_t era = divide_down(march_year, ERA_YEARS);
    int64_t year_of_era = march_year - era * ERA_YEARS;
    int64_t day_of_year = (153 * march_month + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * ERA_DAYS + day_of_era - DAYS_TO_1970;
}

void day_to_date(int64_t day, int *out_year, int *out_month, int *out_day)
{
    int64_t shifted = day + DAYS_TO_1970;
    int64_t era = divide_down(shifted, ERA_DAYS);
    int64_t day_of_era = shifted - era * ERA_DAYS;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t march_month = (5 * day_of_year + 2) / 153;
    *out_day = (int)(day_of_year - (153 * march_month + 2) / 5 + 1);
    *out_month = (int)(march_month < 10 ? march_month + 3 : march_month - 9);
    *out_year = (int)(year_of_era + era * ERA_YEARS + (*out_month <= 2));
}

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int day_month_length(int year, int month)
{
    static const int lengths[MONTHS] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    assert(month >= 1 && month <= MONTHS);
    return lengths[month - 1] + (month == 2 && is_leap(year));
}

/* Reads `least` to `most` digits; moves *text on. */
static bool take_number(const char **text, int least, int most, int *out)
{
    int value = 0, count = 0;
    for (; count < most && **text >= '0' && **text <= '9'; count++, (*text)++)
        value = value * 10 + (**text - '0');
    *out = value;
    return count >= least;
}

static bool take(const char **text, const char *expected)
{
    size_t size = strlen(expected);
    if (strncmp(*text, expected, size) != 0)
        return false;
    *text += size;
    return true;
}

/* How a date may be written: what stands behind year, month and day. */
struct notation {
    const char *after_year;
    const char *after_month;
    const char *after_day;
    int digits_least; /* of month and day */
};

static bool matches(const char *text, const struct notation *notation, int date[3])
{
    return take_number(&text, 4, 4, &date[0]) && take(&text, notation->after_year) &&
           take_number(&text, notation->digits_least, 2, &date[1]) &&
           take(&text, notation->after_month) &&
           take_number(&text, notation->digits_least, 2, &date[2]) &&
           take(&text, notation->after_day) && *text == '\0';
}

bool day_parse(const char *text, int64_t *out)
{
    static const struct notation notations[] = {
        { "-", "-", "", 2 },
        { "/", "/", "", 1 },
        { "年", "月", "日", 1 },
        { "", "", "", 2 },
    };
    for (size_t i = 0; i < COUNT_OF(notations); i++) {
        int date[3];
        if (!matches(text, &notations[i], date))
            continue;
        if (date[0] < 1 || date[1] < 1 || date[1] > MONTHS || date[2] < 1 ||
            date[2] > day_month_length(date[0], date[1]))
            return false;
        *out = day_of_date(date[0], date[1], date[2]);
        return true;
    }
    return false;
}

const char *day_text(int64_t day, char buffer[DAY_TEXT_SIZE])
{
    assert(day >= day_of_date(1, 1, 1) && day <= day_of_date(YEAR_MAX, MONTHS, 31));
    int year, month, number;
    day_to_date(day, &year, &month, &number);
    /* Unsigned and bounded, so that the compiler sees that it fits. */
    snprintf(buffer, DAY_TEXT_SIZE, "%04u-%02u-%02u", (unsigned)year % 10000u,
             (unsigned)month % 100u, (unsigned)number % 100u);
    return buffer;
}

int64_t day_of_utc(int64_t utc_ms)
{
    return divide_down(utc_ms + BEIJING_AHEAD_MS, DAY_MS);
}

int day_weekday(int64_t day)
{
    int64_t since_monday = day + 3; /* 1970-01-01 was a Thursday */
    return (int)(since_monday - 7 * divide_down(since_monday, 7));
}
