#include "aggregator/calendar.h"

#include "aggregator/projection.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/catalogue/catalogue.h"
#include "common/model/day.h"

bool calendar_period(const struct form *form, struct period period, struct period *out)
{
    *out = period;
    while (out->frequency != form->frequency)
        if (!period_last_part(*out, out))
            return false;
    return form_reports(form, *out);
}

struct timeliness calendar_timeliness(const struct form *form, struct period period,
                                      const struct return_state *state, int64_t today)
{
    struct timeliness out = { .due_day = deadline_day(form->due, period) };
    bool counts = state && state->counted > 0;
    int64_t day = counts ? day_of_utc(state->first_utc_ms) : today;
    bool over = day > out.due_day;
    out.punctuality = counts ? (over ? PUNCTUALITY_LATE : PUNCTUALITY_IN_TIME)
                             : (over ? PUNCTUALITY_MISSING : PUNCTUALITY_NOT_DUE);
    out.days_late = over ? day - out.due_day : 0;
    return out;
}

bool calendar_clock_is_sound(int64_t utc_ms, struct error *err)
{
    char text[CLOCK_TEXT_SIZE];
    return day_of_utc(utc_ms) >= day_of_date(CLOCK_YEAR_MIN, 1, 1) ||
           error_set(err, ERROR_REFUSED, MESSAGE_PROVINCE_CLOCK, clock_text(utc_ms, text),
                     CLOCK_YEAR_MIN);
}

const char *punctuality_name(enum punctuality punctuality)
{
    static const char *const names[] = { "not-due", "missing", "in-time", "late" };
    return names[punctuality];
}
