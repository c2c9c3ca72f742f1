#ifndef AGGREGATOR_BACKUP_H
#define AGGREGATOR_BACKUP_H

/*
 * A copy of the province's store on a medium that is carried away, made while it serves. It
 * counts only when it was read back and found whole:
 *
 *     copy      under a read snapshot, synced; named .part
 *     prove     read back in a process of its own: lengths, every checksum, the whole journal
 *     publish   its final name, synced; then an entry of the log says: so much is backed up
 *
 * The signed checkpoint over that entry is what agents are shown, and what lets them say BACKED
 * UP. The province's secret keys are not in it, unless sealed with a passphrase.
 */

#include <stdbool.h>
#include <stdint.h>

#include "aggregator/audit.h"
#include "common/base/attributes.h"

#define BACKUP_STORE_FOLDER "store"
#define BACKUP_CARD_FILE "province.card"
#define BACKUP_LISTEN_FILE "listen"
#define BACKUP_KEYS_FILE "keys.sealed"
#define BACKUP_PATH_SIZE 4096
#define BACKUP_PROBLEM_SIZE 512

struct error;
struct province;

struct backup_request {
    const char *data_folder;
    const char *folder;     /* on the medium */
    const char *medium;     /* what people call it */
    bool same_device;       /* the operator carries it away all the same */
    const char *passphrase; /* NULL: without keys */
};

struct backup {
    char name[BACKUP_PATH_SIZE]; /* where it is once it was proved */
    char part[BACKUP_PATH_SIZE];
};

/* The first half. Fails with REFUSED (the medium is the store's own disk), CONFLICT, EXHAUSTED,
 * SYSTEM. */
NODISCARD bool backup_copy(const struct province *province, const struct backup_request *request,
                           struct backup *out, struct error *err);

/* What was found in a copy. */
struct backup_finding {
    struct audit_report report;
    char problem[BACKUP_PROBLEM_SIZE]; /* the first one; "" none */
};

/* Reads back what is in `folder`, in a child: damage may kill whoever reads. Changes nothing.
 * Fails with CORRUPT and the first damage, UNAVAILABLE, SYSTEM. */
NODISCARD bool backup_prove(const char *folder, struct backup_finding *out, struct error *err);

/* The second half: proves, publishes. When it fails nothing says that there is a backup. */
NODISCARD bool backup_finish(struct province *province, const struct backup *backup,
                             const char *medium, struct backup_finding *out, struct error *err);

#endif
