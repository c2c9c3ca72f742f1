#ifndef AGGREGATOR_CONTESTS_H
#define AGGREGATOR_CONTESTS_H

/*
 * Statements that would say something else than the one that counts, made by somebody who did not
 * know it: two machines, two epochs, a form keyed again. None of them wins by coming later, and
 * none is lost: they stay contenders until a person decides.
 *
 *     projection -> CONTESTS -> conflicts list, show, resolve
 *
 * A projection in memory, part of aggregator/projection.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/model/figures.h"
#include "common/model/submission.h"

struct contests;

/* A statement about a return: the one that counts, or one that would. */
struct contender {
    uint64_t position; /* in the journal */
    int64_t utc_ms;    /* it arrived */
    uint32_t version;
    struct device_id device;
    uint32_t epoch;
    uint64_t sequence;
    struct figures_mark figures;
};

/* The contenders of one return; begins as zeros. */
struct contest {
    size_t last; /* 0: none */
    size_t count;
    size_t open; /* those that nobody has decided about yet */
};

NODISCARD struct contests *contests_create(void);
void contests_destroy(struct contests **contests);

void contests_add(struct contests *contests, struct contest *contest,
                  const struct contender *contender, bool open);

/* Those of one device and epoch are settled: their author has seen what counts. */
void contests_settle_author(struct contests *contests, struct contest *contest,
                            const struct contender *author);
void contests_settle_all(struct contests *contests, struct contest *contest);

/* NULL when no contender is there. Valid until the next add. */
const struct contender *contests_find(const struct contests *contests,
                                      const struct contest *contest, uint64_t position);
/* Whether the author sent a version of this number that does not count. */
bool contests_has_version(const struct contests *contests, const struct contest *contest,
                          const struct contender *author, uint32_t version);

/* From the newest to the oldest, until `visit` returns false. */
typedef bool contests_visit_fn(const struct contender *contender, bool open, void *owner);
void contests_each(const struct contests *contests, const struct contest *contest,
                   contests_visit_fn *visit, void *owner);

bool contender_same_author(const struct contender *left, const struct contender *right);

#endif
