#ifndef AGGREGATOR_CALENDAR_H
#define AGGREGATOR_CALENDAR_H

/* Who owes what for a period, and how late it came: by the day it arrived in Beijing. */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/model/period.h"

struct error;
struct form;
struct return_state;

/* The form's own period that ends with `period`: for a year a monthly form's December. False when
 * the form is not to be filled in for it. */
NODISCARD bool calendar_period(const struct form *form, struct period period, struct period *out);

enum punctuality {
    PUNCTUALITY_NOT_DUE, /* nothing counts, and there is time left */
    PUNCTUALITY_MISSING, /* nothing counts, and the deadline is over */
    PUNCTUALITY_IN_TIME,
    PUNCTUALITY_LATE
};

struct timeliness {
    enum punctuality punctuality;
    int64_t due_day;
    int64_t days_late; /* LATE: of the first accepted version; MISSING: until today */
};

/* `state` may be NULL: nothing ever arrived. */
struct timeliness calendar_timeliness(const struct form *form, struct period period,
                                      const struct return_state *state, int64_t today);

/* Every entry and every deadline goes by the province's clock. Fails with REFUSED when it has lost
 * its time. */
NODISCARD bool calendar_clock_is_sound(int64_t utc_ms, struct error *err);

const char *punctuality_name(enum punctuality punctuality);

#endif
