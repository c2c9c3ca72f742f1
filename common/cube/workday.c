#include "common/cube/workday.h"

#include "common/model/day.h"

#define WEEK 7
#define WORKDAYS 5

/* Monday to Friday, after `from` up to `to`, which is not before it. */
static int64_t weekdays_between(int64_t from, int64_t to)
{
    int64_t weeks = (to - from) / WEEK, count = weeks * WORKDAYS;
    for (int64_t day = from + weeks * WEEK + 1; day <= to; day++)
        count += day_weekday(day) < WORKDAYS;
    return count;
}

int64_t workdays_between(int64_t from, int64_t to, const int64_t *holidays, size_t count)
{
    if (to < from)
        return -workdays_between(to, from, holidays, count);
    int64_t days = weekdays_between(from, to);
    for (size_t i = 0; i < count; i++)
        days -= holidays[i] > from && holidays[i] <= to && day_weekday(holidays[i]) < WORKDAYS;
    return days;
}

int64_t day_years_later(int64_t day, int years)
{
    int year, month, number;
    day_to_date(day, &year, &month, &number);
    int length = day_month_length(year + years, month);
    return day_of_date(year + years, month, number < length ? number : length);
}
