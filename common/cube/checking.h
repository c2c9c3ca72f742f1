#ifndef COMMON_CUBE_CHECKING_H
#define COMMON_CUBE_CHECKING_H

/*
 * Runs the catalogue's validation rules on one submission. Every failure is found,
 * in a fixed order, with its operands; the agent and the aggregator call this very
 * function, so the zone knows offline what the province will say.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/catalogue/catalogue.h"
#include "common/cube/cube.h"
#include "common/model/finding.h"
#include "common/model/submission.h"

struct plans;

struct check_request {
    struct plans *plans; /* of the cube, kept from check to check; NULL: made for this one */
    struct cube *cube;   /* with the zone's earlier returns; the submission is put into it */
    size_t zone;
    const struct submission *submission;
    enum rule_place where; /* RULE_AGENT or RULE_AGGREGATOR */
    int64_t today;         /* day since 1970, in Beijing */
    uint32_t last_version; /* the last known version of this return, 0 for none */
    bool unaware;          /* its author did not know the version that counts (V07) */
    bool tersely;          /* nobody reads the evidence: it may be left out */
    bool before_signing;   /* leave out what only a signed submission can satisfy (V06) */
    uint64_t source;
};

/* Puts the submission into the cube (replacing the earlier version), runs every rule of its
 * form and adds what fails to `out`, settled. */
void check_submission(const struct check_request *request, struct findings *out);

/* What a decoded submission must satisfy before anything may be computed from it: form and
 * items exist, each item belongs to the form and stands once, statuses and codes are in range.
 * False: MALFORMED, with the place. */
NODISCARD bool submission_fits(const struct submission *submission,
                               const struct catalogue *catalogue, struct error *err);

#endif
