#ifndef AGENT_ENTRY_STAGING_H
#define AGENT_ENTRY_STAGING_H

/* What every step of one import shares. */

#include "agent/entry/import.h"
#include "common/catalogue/catalogue.h"

struct staging {
    const struct catalogue *catalogue;
    const struct form *form;
    struct bytes text;     /* the decoded file */
    struct import *import; /* being filled */
    struct arena *arena;
};

#endif
