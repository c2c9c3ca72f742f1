#ifndef TESTS_POWER_FORGETTING_H
#define TESTS_POWER_FORGETTING_H

/*
 * Controls: the same tape as if the program had been careless. A judge that finds nothing then
 * is blind. Needs no other build: what is forgotten is taken off the tape.
 */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "tests/power/tape.h"

struct arena;

struct forgetting {
    bool sync;        /* no file is ever synced: MDB_NOSYNC */
    bool meta_sync;   /* durable writes are plain ones: MDB_NOMETASYNC */
    bool folder_sync; /* no folder is ever synced */
    bool early_marks; /* what is promised is promised before it was made durable */
};

/* "sync", "meta-sync", "folder-sync", "early-marks". */
NODISCARD bool forgetting_parse(const char *text, struct forgetting *out);
bool forgetting_is_any(const struct forgetting *forgetting);
/* "--forget sync", or "". */
const char *forgetting_option(const struct forgetting *forgetting);
struct tape forgetting_apply(const struct forgetting *forgetting, struct tape tape,
                             struct arena *arena);

#endif
