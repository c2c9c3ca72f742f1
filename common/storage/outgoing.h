#ifndef COMMON_STORAGE_OUTGOING_H
#define COMMON_STORAGE_OUTGOING_H

/*
 * A file that is to leave the machine on a stick: written beside, synced, renamed, the whole
 * medium synced, then read back from it and compared. Only what came back the same is there.
 */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/base/stream.h"

struct error;
struct outgoing;
struct progress;

/* Writes to "<path>.part" until it is published. `progress` (NULL: none) counts what is written,
 * then what is read back. */
NODISCARD struct outgoing *outgoing_create(const char *path, struct progress *progress,
                                           struct error *err);
/* Takes back what was not published. */
void outgoing_close(struct outgoing **outgoing);

/* Lives as long as it. */
struct byte_sink *outgoing_sink(struct outgoing *outgoing);

/* After true the file has its name, is on the medium and reads as it was written: the stick may
 * be taken out. Takes the place of an older one. Fails with EXHAUSTED (full), SYSTEM, or CORRUPT
 * when something else came back; nothing is left then. */
NODISCARD bool outgoing_publish(struct outgoing *outgoing, struct error *err);

#endif
