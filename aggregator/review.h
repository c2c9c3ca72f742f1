#ifndef AGGREGATOR_REVIEW_H
#define AGGREGATOR_REVIEW_H

/*
 * What a person decides about a return, written into the journal: the zone is asked for a better
 * version, or one of several statements is said to count. No figure is ever changed here.
 *
 *     a person -> REVIEW -> ledger -> projection, notices
 *
 * Whether it still makes sense is looked at under the write lock.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/model/code.h"
#include "common/model/period.h"
#include "common/model/zone.h"

struct error;
struct province;

struct review {
    struct zone_id zone;
    struct code form;
    struct period period;
    const char *reason;
    const char *by; /* who decides */
};

/* Whether reason and name can stand in the journal: the next two ask it themselves, a program asks
 * it before it asks a person. Fails with USAGE. */
NODISCARD bool review_is_sound(const struct review *review, struct error *err);

/* The version that counts is sent back; it counts until a better one is accepted. `out_position`
 * is that of the decision. Fails with REFUSED: nothing counts, or it was sent back already. */
NODISCARD bool review_send_back(struct province *province, const struct review *review,
                                uint64_t *out_position, struct error *err);

/* Of the statements that contest each other the one at `position` counts. Fails with REFUSED: the
 * return is not contested, or that statement is none of them. */
NODISCARD bool review_resolve(struct province *province, const struct review *review,
                              uint64_t position, uint64_t *out_position, struct error *err);

#endif
