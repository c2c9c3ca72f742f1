#ifndef COMMON_WIRE_PROOF_H
#define COMMON_WIRE_PROOF_H

/*
 * The arithmetic of the journal's Merkle tree (RFC 6962, section 2.1) and its signed
 * checkpoint, a C2SP tlog-checkpoint (a signed note).
 * Pure functions: who keeps the hashes is the aggregator's tree.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/digest.h"
#include "common/model/generation.h"
#include "common/wire/keys.h"
#include "common/wire/receipt.h"

#define CHECKPOINT_SIZE_MAX 4096
#define CHECKPOINT_ORIGIN_SIZE_MAX 128
#define PROOF_EXTENSION_MAX 65 /* hashes in a consistency path */

struct arena;
struct error;

struct digest proof_leaf(struct bytes entry); /* SHA-256(0x00 || entry) */
struct digest proof_node(const struct digest *left, const struct digest *right);

/* Whether `leaf` is number `position` of the tree of `size` leaves with that root. */
bool proof_includes(const struct digest *leaf, uint64_t position, uint64_t size,
                    const struct digest *path, size_t path_count, const struct digest *root);
/* Whether the tree of `size` continues the one of `old_size`. The empty tree, whose root is
 * the hash of nothing, is continued by every tree, with an empty path. */
bool proof_extends(uint64_t old_size, const struct digest *old_root, uint64_t size,
                   const struct digest *root, const struct digest *path, size_t path_count);

struct checkpoint {
    const char *origin; /* of all generations of the log: "zonetally/jilin" */
    uint64_t size;
    struct digest root;
    uint32_t generation; /* of the log; 0 is written as the first */
};

/* Each generation of a log has an origin of its own, as other tools take it for another log:
 * the first that of the log, later ones "zonetally/jilin/g2". So no checkpoint of one can pass
 * for one of another, and those of every generation verify with the same card.
 *
 * The text ends with the signature line "— <origin> <base64>". The origin is clean, without
 * spaces or plus signs; asserted. */
struct bytes checkpoint_sign(const struct checkpoint *checkpoint, const struct key_pair *pair,
                             struct arena *arena);
/* Fails with MALFORMED (not such a text, another origin) or REFUSED (signature). */
NODISCARD bool checkpoint_verify(struct bytes text, const char *origin,
                                 const unsigned char signing_key[KEY_SIZE], struct arena *arena,
                                 struct checkpoint *out, struct error *err);

#endif
