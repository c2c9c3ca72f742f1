#ifndef AGENT_CATALOGUES_H
#define AGENT_CATALOGUES_H

/*
 * The catalogues as text. Until the province has named one, the one that is built into the
 * program is used; from then on the newest the province ever gave, and never an older one
 * again. Every catalogue a statement was ever sealed with stays in the store, so that history
 * remains readable.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/digest.h"
#include "common/catalogue/source.h"

struct arena;
struct catalogue;
struct error;
struct store;
struct transaction;

/* Built into the program. NULL: does not compile, which no released program does. To be given
 * back with catalogue_destroy(). */
NODISCARD struct catalogue *catalogues_shipped(struct error *err);
/* From its packed text. NULL: MALFORMED, or REFUSED with the first thing that is wrong. */
NODISCARD struct catalogue *catalogues_compile(struct bytes packed, struct error *err);

/* The newest the province ever gave. */
struct catalogues_mark {
    uint32_t version;
    struct digest digest;
};
/* False: none yet. */
bool catalogues_marked(const struct store *store, struct transaction *txn,
                       struct catalogues_mark *out);
/* Its text is in the store; the version is above the one marked before, asserted. */
void catalogues_put_mark(const struct store *store, struct transaction *txn,
                         const struct catalogue *catalogue);

/* Lent until the next write or the end; false when it is not there. */
bool catalogues_packed(const struct store *store, struct transaction *txn,
                       const struct digest *digest, struct bytes *out);
/* In the order of their digests. Lives in the arena. */
const struct digest *catalogues_list(const struct store *store, struct transaction *txn,
                                     struct arena *arena, size_t *out_count);
/* From its packed text; once for each digest. */
void catalogues_keep_packed(const struct store *store, struct transaction *txn,
                            struct bytes packed);
/* Once for each digest. */
void catalogues_keep(const struct store *store, struct transaction *txn,
                     const struct catalogue *catalogue, struct arena *arena);
bool catalogues_has(const struct store *store, struct transaction *txn,
                    const struct digest *digest);
/* Reads all of them back and compares them with their digests. Fails with CORRUPT. */
NODISCARD bool catalogues_verify(const struct store *store, struct transaction *txn,
                                 uint64_t *out_count, struct error *err);

#endif
