#ifndef AGENT_DRAFTS_H
#define AGENT_DRAFTS_H

/*
 * Keeps what is not finished.
 *
 *     entry -> DRAFTS -> checking -> signing -> sealing
 *
 * At most one draft for each form and period; it goes in the transaction that seals it.
 */

#include <stdbool.h>

#include "agent/draft.h"
#include "agent/store.h"
#include "common/base/attributes.h"

struct arena;
struct error;
struct transaction;

/* Everything of the draft lives in the arena. Fails with CORRUPT. */
NODISCARD bool drafts_get(const struct store *store, struct transaction *txn, struct return_id id,
                          struct arena *arena, struct draft *out, bool *out_found,
                          struct error *err);
/* Fails with EXHAUSTED when it is too large to be sent one day. */
NODISCARD bool drafts_put(const struct store *store, struct transaction *txn,
                          const struct draft *draft, struct arena *arena, struct error *err);
void drafts_delete(const struct store *store, struct transaction *txn, struct return_id id);

/* What is known of a draft without reading its figures. */
struct draft_note {
    struct return_id id;
    enum stage stage;
};
/* In the order of form and period. Lives in the arena. */
const struct draft_note *drafts_list(const struct store *store, struct transaction *txn,
                                     struct arena *arena, size_t *out_count);

#endif
