#ifndef AGGREGATOR_SIGNER_H
#define AGGREGATOR_SIGNER_H

/*
 * The signer of the log's checkpoints. It keeps its own memory of what it signed last, in a
 * folder outside the data folder and outside every backup of it, and signs only what extends
 * that. So a database that was rolled back cannot fork the history unseen: the signer is ahead
 * of it and refuses.
 *
 *     sign      a proof that the new tree extends what was signed last -> the text
 *     release   the new state is on disk: from now on anybody may see the text
 *
 * Between the two the ledger commits. A signature whose state did not reach the disk was shown to
 * nobody; a state that did, belongs to a batch that is on disk.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/digest.h"
#include "common/model/generation.h"
#include "common/model/receipt.h"

#define SIGNER_STATE_FILE "signer-state"

struct arena;
struct error;
struct key_pair;
struct signer;

struct signer_options {
    const char *folder;
    const char *origin;          /* of the log */
    const struct key_pair *pair; /* borrowed */
};

/* What was signed last. */
struct signed_head {
    uint32_t generation;
    uint64_t size;
    struct digest root;
};

/* A new state for a log that has none; generations 1 to head.generation - 1 were cut off as
 * `lost` says. Fails with CONFLICT when there is one. */
NODISCARD bool signer_create(const struct signer_options *options, const struct signed_head *head,
                             const struct lost_generation *lost, struct error *err);
/* Fails with UNAVAILABLE (no state there), CORRUPT, REFUSED (of another log). */
NODISCARD struct signer *signer_open(const struct signer_options *options, struct error *err);
void signer_close(struct signer **signer);

/* One writer at a time over all processes; reads the state again. */
NODISCARD bool signer_lock(struct signer *signer, struct error *err);
/* Forgets what was signed and not released. Does nothing when it is not locked. */
void signer_unlock(struct signer *signer);

struct signed_head signer_head(const struct signer *signer);
/* The generations that were cut off, oldest first. Valid until the next change. */
const struct lost_generation *signer_lost(const struct signer *signer, size_t *out_count);

/* A tree, and the path that proves that it extends what was signed last. */
struct signer_extension {
    uint64_t size;
    struct digest root;
    const struct digest *path;
    size_t path_count;
};

/* The checkpoint, not to be shown before the release. Locked. Fails with REFUSED. */
NODISCARD bool signer_sign(struct signer *signer, const struct signer_extension *extension,
                           struct arena *arena, struct bytes *out, struct error *err);
/* The one exception to "extends": a new generation. Its opening must account for what was signed
 * last, to the hash, and stand in the new tree where the old one was cut off. */
struct signer_opening {
    struct signer_extension extension; /* of the tree that the opening continues */
    struct entry_proof proof;          /* of the opening, in the new tree */
};
NODISCARD bool signer_sign_opening(struct signer *signer, const struct signer_opening *opening,
                                   struct arena *arena, struct bytes *out, struct error *err);

/* What was signed last is on disk when true. Locked. */
NODISCARD bool signer_release(struct signer *signer, struct error *err);

#endif
