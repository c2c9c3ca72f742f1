#ifndef COMMON_WIRE_ENTRY_PROOF_H
#define COMMON_WIRE_ENTRY_PROOF_H

/*
 * That an entry of any kind is in the log, as a receipt is for an arrival: as part of a message,
 * beside its checkpoint, and as a text of its own (C2SP tlog-proof).
 */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/model/receipt.h"
#include "common/wire/entry.h"

struct Zonetally__EntryProof;
struct arena;
struct checkpoint;
struct error;

/* NULL for none. */
struct Zonetally__EntryProof *entry_proof_to_message(const struct entry_proof *proof,
                                                     struct arena *arena);
/* NULL: none. The entry is of that kind. */
NODISCARD bool entry_proof_of_message(const struct Zonetally__EntryProof *message,
                                      enum entry_kind kind, struct arena *arena,
                                      struct entry_proof *out, struct error *err);

/* Whether it is in the tree of a checkpoint that was verified; decodes it. Fails with REFUSED. */
NODISCARD bool entry_proof_holds(const struct entry_proof *proof,
                                 const struct checkpoint *checkpoint, struct arena *arena,
                                 struct entry *out, struct error *err);

struct bytes entry_proof_write(const struct entry_proof *proof, struct bytes checkpoint,
                               struct arena *arena);
/* Reads and verifies. Everything lives in the arena. Fails with MALFORMED or REFUSED. */
NODISCARD bool entry_proof_read(struct bytes text, const char *origin,
                                const unsigned char signing_key[KEY_SIZE], struct arena *arena,
                                struct entry_proof *out, struct entry *out_entry,
                                struct checkpoint *out_checkpoint, struct error *err);

#endif
