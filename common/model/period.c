#include "common/model/period.h"

#include <assert.h>
#include <stdio.h>

#include "common/model/day.h"

#define YEAR_COUNT (PERIOD_YEAR_MAX - PERIOD_YEAR_MIN + 1)

/* clang-format off */
static const struct {
    int per_year;
    int months;
    size_t first_slot; /* within a year */
} frequencies[] = {
    [FREQUENCY_YEAR]    = { 1,  12, 0 },
    [FREQUENCY_QUARTER] = { 4,  3,  1 },
    [FREQUENCY_MONTH]   = { 12, 1,  5 },
};
/* clang-format on */
static_assert(COUNT_OF(frequencies) == FREQUENCY_COUNT, "one row for each frequency");

/* `position` counts the periods of a frequency in a year from 0. */
static struct period period_at(int year, enum frequency frequency, int position)
{
    struct period period = {
        .year = (int16_t)year,
        .frequency = (uint8_t)frequency,
        .number = (uint8_t)(frequency == FREQUENCY_YEAR ? 0 : position + 1),
    };
    assert(period_is_valid(period));
    return period;
}

static int position_of(struct period period)
{
    return period.frequency == FREQUENCY_YEAR ? 0 : period.number - 1;
}

struct period period_of_year(int year)
{
    return period_at(year, FREQUENCY_YEAR, 0);
}

struct period period_of_quarter(int year, int quarter)
{
    return period_at(year, FREQUENCY_QUARTER, quarter - 1);
}

struct period period_of_month(int year, int month)
{
    return period_at(year, FREQUENCY_MONTH, month - 1);
}

/* Exactly `count` digits; moves *text on. */
static bool take_digits(const char **text, int count, int *out)
{
    *out = 0;
    for (; count > 0; count--, (*text)++) {
        if (**text < '0' || **text > '9')
            return false;
        *out = *out * 10 + (**text - '0');
    }
    return true;
}

bool period_parse(const char *text, struct period *out)
{
    int year = 0, number = 0;
    enum frequency frequency = FREQUENCY_YEAR;
    if (!take_digits(&text, 4, &year))
        return false;
    if (*text == '-') {
        text++;
        frequency = *text == 'Q' ? FREQUENCY_QUARTER : FREQUENCY_MONTH;
        if (*text == 'Q' || *text == 'M')
            text++;
        if (!take_digits(&text, frequency == FREQUENCY_QUARTER ? 1 : 2, &number))
            return false;
    }
    struct period period = { (int16_t)year, (uint8_t)frequency, (uint8_t)number };
    if (*text != '\0' || !period_is_valid(period))
        return false;
    *out = period;
    return true;
}

const char *period_text(struct period period, char buffer[PERIOD_TEXT_SIZE])
{
    assert(period_is_valid(period));
    if (period.frequency == FREQUENCY_YEAR)
        snprintf(buffer, PERIOD_TEXT_SIZE, "%d", period.year);
    else if (period.frequency == FREQUENCY_QUARTER)
        snprintf(buffer, PERIOD_TEXT_SIZE, "%d-Q%d", period.year, period.number);
    else
        snprintf(buffer, PERIOD_TEXT_SIZE, "%d-M%02d", period.year, period.number);
    return buffer;
}

bool period_is_valid(struct period period)
{
    if (period.year < PERIOD_YEAR_MIN || period.year > PERIOD_YEAR_MAX ||
        period.frequency >= FREQUENCY_COUNT)
        return false;
    if (period.frequency == FREQUENCY_YEAR)
        return period.number == 0;
    return period.number >= 1 && period.number <= frequencies[period.frequency].per_year;
}

bool period_equal(struct period left, struct period right)
{
    return left.year == right.year && left.frequency == right.frequency &&
           left.number == right.number;
}

/* Counted from the year 0; what ends in the same month is told apart by its length. */
static int last_month(struct period period)
{
    return period.year * 12 + (position_of(period) + 1) * frequencies[period.frequency].months;
}

int period_compare(struct period left, struct period right)
{
    int difference = last_month(left) - last_month(right);
    if (difference == 0)
        difference = frequencies[left.frequency].months - frequencies[right.frequency].months;
    return (difference > 0) - (difference < 0);
}

bool period_shift(struct period period, int steps, struct period *out)
{
    assert(period_is_valid(period));
    *out = period;
    if (steps == 0)
        return true;
    int per_year = frequencies[period.frequency].per_year;
    int64_t first = (int64_t)PERIOD_YEAR_MIN * per_year;
    int64_t index = (int64_t)period.year * per_year + position_of(period) + steps;
    if (index < first || index >= first + (int64_t)YEAR_COUNT * per_year)
        return false;
    *out = period_at((int)(index / per_year), period.frequency, (int)(index % per_year));
    return true;
}

bool period_shift_years(struct period period, int years, struct period *out)
{
    if (years < -YEAR_COUNT || years > YEAR_COUNT)
        return false;
    return period_shift(period, years * frequencies[period.frequency].per_year, out);
}

bool period_last_part(struct period period, struct period *out)
{
    assert(period_is_valid(period));
    if (period.frequency == FREQUENCY_MONTH)
        return false;
    if (period.frequency == FREQUENCY_YEAR)
        *out = period_of_quarter(period.year, 4);
    else
        *out = period_of_month(period.year, 3 * period.number);
    return true;
}

size_t period_slot(struct period period)
{
    assert(period_is_valid(period));
    return (size_t)(period.year - PERIOD_YEAR_MIN) * PERIOD_SLOTS_PER_YEAR +
           frequencies[period.frequency].first_slot + (size_t)position_of(period);
}

struct period period_of_slot(size_t slot)
{
    assert(slot < PERIOD_SLOT_COUNT);
    int year = PERIOD_YEAR_MIN + (int)(slot / PERIOD_SLOTS_PER_YEAR);
    size_t rest = slot % PERIOD_SLOTS_PER_YEAR;
    enum frequency frequency = FREQUENCY_MONTH;
    while (rest < frequencies[frequency].first_slot)
        frequency--;
    return period_at(year, frequency, (int)(rest - frequencies[frequency].first_slot));
}

int64_t period_last_day(struct period period)
{
    assert(period_is_valid(period));
    int month = (position_of(period) + 1) * frequencies[period.frequency].months;
    return day_of_date(period.year, month, day_month_length(period.year, month));
}

int64_t period_first_day(struct period period)
{
    assert(period_is_valid(period));
    int month = position_of(period) * frequencies[period.frequency].months + 1;
    return day_of_date(period.year, month, 1);
}

bool period_in_force(struct period since, struct period until, struct period period)
{
    return (!since.year || period_first_day(since) <= period_last_day(period)) &&
           (!until.year || period_last_day(until) >= period_last_day(period));
}
