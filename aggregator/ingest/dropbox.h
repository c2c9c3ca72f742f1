#ifndef AGGREGATOR_INGEST_DROPBOX_H
#define AGGREGATOR_INGEST_DROPBOX_H

/*
 * A folder into which people put the bundles that came on sticks or by mail:
 *
 *     FOLDER/            what has just been put there
 *     FOLDER/answers/    an answer for each, to be carried back
 *     FOLDER/done/       what was taken in
 *     FOLDER/refused/    what was not, each with a text that says why
 *
 * A file is looked at once it has not changed for a moment, and given up only after a while:
 * until then it may still be on its way. Polled; one file at a time, so that the line is not
 * kept waiting.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"

#define DROPBOX_POLL_MS 1000
#define DROPBOX_SETTLE_MS 2000    /* unchanged for so long: it may be complete */
#define DROPBOX_PATIENCE_MS 60000 /* unchanged for so long: it is as it is */

struct dropbox;
struct error;
struct guard;
struct province;

/* Creates the folders. Borrows the province, and the guard, which may be NULL. */
NODISCARD struct dropbox *dropbox_open(struct province *province, struct guard *guard,
                                       const char *folder, struct error *err);
void dropbox_close(struct dropbox **dropbox);

/* What happened, for whoever keeps the log. Names and texts live as long as the call. */
struct dropbox_event {
    enum { DROPBOX_TAKEN, DROPBOX_REFUSED, DROPBOX_STUCK } kind;
    const char *name; /* of the file */
    uint64_t appended, duplicates;
    const char *reason; /* why it was refused, or could not be answered or moved */
};
typedef void dropbox_tell_fn(const struct dropbox_event *event, void *owner);

/* At most one file. False when the store failed: the process ends. */
NODISCARD bool dropbox_poll(struct dropbox *dropbox, dropbox_tell_fn *tell, void *owner,
                            struct error *err);

#endif
