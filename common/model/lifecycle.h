#ifndef COMMON_MODEL_LIFECYCLE_H
#define COMMON_MODEL_LIFECYCLE_H

/* The life of one return (zone, form, period), and which step may follow which. */

#include <stdbool.h>

/* Stored and shown: never reuse a number. */
enum stage {
    STAGE_NOT_STARTED = 0,
    STAGE_DRAFT = 1,
    STAGE_CHECKED = 2,   /* no mandatory finding, all others explained */
    STAGE_SIGNED = 3,    /* all signatures of the form are there */
    STAGE_SEALED = 4,    /* in the outbox: never changes again */
    STAGE_ACCEPTED = 5,  /* receipted */
    STAGE_REJECTED = 6,  /* receipted, with findings */
    STAGE_SENT_BACK = 7, /* by a reviewer */
    STAGE_LOCKED = 8,
    STAGE_OVERRULED = 9,  /* the province decided that another statement counts */
    STAGE_BACKED_UP = 10, /* accepted, and in a backup that was proved: shown, never stored */
    STAGE_WITHDRAWN = 11, /* the zone took it back */
    STAGE_COUNT
};

bool stage_may_follow(enum stage from, enum stage to);
const char *stage_name(enum stage stage);  /* "sealed" */
const char *stage_words(enum stage stage); /* "已封存", in the person's language */

#endif
