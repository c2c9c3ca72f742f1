#ifndef AGGREGATOR_QUARANTINE_H
#define AGGREGATOR_QUARANTINE_H

/*
 * Statements that made the program die, kept aside so that the line moves on. Nothing of them is
 * ever decoded here: they are known by their hash, and kept as bytes for whoever looks for the
 * fault. A registrar may let one go, once it is mended.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/digest.h"
#include "common/storage/database.h"

#define QUARANTINE_TABLE "quarantine"

struct error;
struct quarantine;
struct sealed_statement;
struct transaction;

struct quarantined {
    struct digest hash;
    int64_t utc_ms;
    uint64_t size; /* of its bytes; 0: it did not come again */
};

/* What is there. Fails with CORRUPT. */
NODISCARD struct quarantine *quarantine_open(struct database *database, struct error *err);
void quarantine_close(struct quarantine **quarantine);

bool quarantine_holds(const struct quarantine *quarantine, const struct digest *hash);
size_t quarantine_count(const struct quarantine *quarantine);
const struct quarantined *quarantine_at(const struct quarantine *quarantine, size_t number);

/* In a transaction of its own. `sealed` NULL: only its hash is known. Fails like a commit. */
NODISCARD bool quarantine_add(struct quarantine *quarantine, const struct digest *hash,
                              int64_t utc_ms, const struct sealed_statement *sealed,
                              struct error *err);
NODISCARD bool quarantine_release(struct quarantine *quarantine, const struct digest *hash,
                                  struct error *err);

#endif
