#ifndef AGGREGATOR_LANDMARKS_H
#define AGGREGATOR_LANDMARKS_H

/*
 * What the log says about itself: which generation it is in and what the earlier ones lost,
 * and up to where it is in a backup that was proved. A projection in memory.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/wire/entry.h"

struct landmarks;

struct landmark {
    bool there;
    uint64_t position; /* of its entry */
    int64_t utc_ms;
};

NODISCARD struct landmarks *landmarks_create(void);
void landmarks_destroy(struct landmarks **landmarks);

/* Takes in an entry of any kind; most leave it as it is. Copies. */
void landmarks_apply(struct landmarks *landmarks, const struct entry *entry, uint64_t position);

uint32_t landmarks_generation(const struct landmarks *landmarks);
/* The newest of each. The out parameter is valid until the next landmarks_apply(). */
struct landmark landmarks_opening(const struct landmarks *landmarks,
                                  struct generation_opening *out);
struct landmark landmarks_backup(const struct landmarks *landmarks, struct backup_record *out);

#endif
