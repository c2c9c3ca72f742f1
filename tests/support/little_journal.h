#ifndef TESTS_SUPPORT_LITTLE_JOURNAL_H
#define TESTS_SUPPORT_LITTLE_JOURNAL_H

/* A province's journal in memory, with real proofs by the recursions of RFC 6962. Include
 * tests/support/test.h first. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/digest.h"
#include "common/wire/entry.h"
#include "common/wire/excerpt.h"
#include "common/wire/keys.h"

#define LITTLE_JOURNAL_ENTRIES_MAX 256

struct arena;

struct little_journal {
    struct arena *arena;
    const struct key_pair *keys; /* of the province */
    struct bytes entries[LITTLE_JOURNAL_ENTRIES_MAX];
    struct digest leaves[LITTLE_JOURNAL_ENTRIES_MAX];
    struct sealed_statement sealed[LITTLE_JOURNAL_ENTRIES_MAX];
    size_t size;
};

struct digest little_journal_root(const struct digest *leaves, size_t count);
/* From the leaf up. Returns the length. */
size_t little_journal_path(const struct digest *leaves, size_t count, size_t position,
                           struct digest *out);
/* RFC 6962, 2.1.2: SUBPROOF(m, D[n], b); `whole` is true at the start. */
size_t little_journal_consistency(const struct digest *leaves, size_t count, size_t old, bool whole,
                                  struct digest *out);

/* Returns its position. `sealed`: of an arrival, else NULL. */
size_t little_journal_add(struct little_journal *journal, const struct entry *entry,
                          const struct sealed_statement *sealed);
struct bytes little_journal_checkpoint(const struct little_journal *journal, size_t size);

/* Items `positions` in the tree of all that is there; every arrival has a batch of its own. */
struct excerpt little_journal_excerpt(const struct little_journal *journal, const size_t *positions,
                                      size_t count, size_t known);

#endif
