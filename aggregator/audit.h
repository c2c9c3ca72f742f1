#ifndef AGGREGATOR_AUDIT_H
#define AGGREGATOR_AUDIT_H

/*
 * Looks at everything that is stored, as a stranger would, with nothing but the bytes and the
 * province's card: checksums of every value, the chain of each stream, each signature against
 * the key enrolled at that time or else its witness, each checkpoint and each tile against a tree
 * grown anew, the openings of generations and the records of backups against the roots they name.
 * Changes nothing.
 *
 *     doctor, journal verify, backup, restore -> AUDIT
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/digest.h"

struct clock;
struct database;
struct error;
struct province;
struct province_card;

struct audit_subject {
    struct database *database;
    const struct province_card *card;
    const struct clock *clock; /* for the progress bar; NULL: none is shown */
};

enum audit_weight {
    AUDIT_NOTICE, /* to be known; nothing is damaged */
    AUDIT_PROBLEM
};

/* One finding, in words. */
typedef void audit_tell_fn(enum audit_weight weight, const char *text, void *owner);

struct audit_report {
    uint64_t entries, statements, streams, checkpoints, tiles, decisions, values, problems;
    uint64_t vouched;   /* statements that their witness alone stands for, see vouching.h */
    struct digest root; /* over the entries */
    uint32_t generation;
};

/* Fails when reading cannot go on: CORRUPT. */
NODISCARD bool audit_run(const struct audit_subject *subject, audit_tell_fn *tell, void *owner,
                         struct audit_report *out, struct error *err);

/* What is in memory, against a replay of its own: streams, devices, zones, returns. */
struct audit_projections {
    uint64_t streams, devices, returns, problems;
};
NODISCARD bool audit_project(const struct province *province, audit_tell_fn *tell, void *owner,
                             struct audit_projections *out, struct error *err);

#endif
