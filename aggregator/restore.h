#ifndef AGGREGATOR_RESTORE_H
#define AGGREGATOR_RESTORE_H

/*
 * A backup becomes a data folder again. The copy is read back and proved before it may have the
 * name of a store; nothing that is there is ever replaced.
 *
 * What was published since the backup is lost: the signer, which was never in it, is ahead of
 * the restored journal and refuses, until a new generation is opened.
 */

#include <stdbool.h>

#include "aggregator/backup.h"
#include "common/base/attributes.h"

struct error;

struct restore_request {
    const char *from;        /* the backup's folder */
    const char *data_folder; /* may hold keys; must not hold a store */
    const char *keys; /* a file with the province's keys; NULL: of the data folder, or sealed */
    const char *passphrase;    /* of the sealed keys; NULL: none */
    const char *signer_folder; /* NULL: beside the data folder */
};

/* Fails with CONFLICT (a store is there), CORRUPT (the backup, or the copy, is damaged),
 * UNAVAILABLE (no keys), REFUSED (keys of another province, wrong passphrase). */
NODISCARD bool restore_run(const struct restore_request *request, struct backup_finding *out,
                           struct error *err);

#endif
