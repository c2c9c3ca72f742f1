#include "common/wire/entry_proof.h"

#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/wire/field.h"
#include "common/wire/proof.h"
#include "common/wire/receipt.h"
#include "proto/sync.pb-c.h"

Zonetally__EntryProof *entry_proof_to_message(const struct entry_proof *proof, struct arena *arena)
{
    if (proof->entry.size == 0)
        return NULL;
    Zonetally__EntryProof *message = arena_take(arena, 1, sizeof *message);
    zonetally__entry_proof__init(message);
    message->entry = field_of(proof->entry.data, proof->entry.size);
    message->position = proof->position;
    message->path = field_of(proof->path, proof->path_count * DIGEST_SIZE);
    return message;
}

bool entry_proof_of_message(const Zonetally__EntryProof *message, enum entry_kind kind,
                            struct arena *arena, struct entry_proof *out, struct error *err)
{
    struct entry entry;
    const struct digest *path;
    *out = (struct entry_proof){ .path_count = 0 };
    if (!message)
        return true;
    out->entry = (struct bytes){ message->entry.data, message->entry.len };
    out->position = message->position;
    if (!entry_decode(out->entry, arena, &entry, err) ||
        !field_read_path(message->path, "EntryProof.path", &path, &out->path_count, err))
        return false;
    if (out->path_count > PROOF_PATH_MAX)
        return field_refuse(err, "EntryProof.path", FIELD_COUNT);
    if (out->path_count > 0)
        memcpy(out->path, path, out->path_count * sizeof *path);
    return entry.kind == kind || field_refuse(err, "EntryProof.entry", FIELD_VALUE);
}

bool entry_proof_holds(const struct entry_proof *proof, const struct checkpoint *checkpoint,
                       struct arena *arena, struct entry *out, struct error *err)
{
    struct digest leaf = proof_leaf(proof->entry);
    if (!proof_includes(&leaf, proof->position, checkpoint->size, proof->path, proof->path_count,
                        &checkpoint->root))
        return error_set(err, ERROR_REFUSED, MESSAGE_RECEIPT_NOT_INCLUDED, proof->position,
                         checkpoint->size);
    return entry_decode(proof->entry, arena, out, err);
}

struct bytes entry_proof_write(const struct entry_proof *proof, struct bytes checkpoint,
                               struct arena *arena)
{
    struct receipt *receipt = arena_take(arena, 1, sizeof *receipt);
    receipt->entry = proof->entry;
    receipt->position = proof->position;
    receipt->path_count = proof->path_count;
    memcpy(receipt->path, proof->path, sizeof receipt->path);
    receipt->checkpoint = checkpoint;
    return receipt_write(receipt, arena);
}

bool entry_proof_read(struct bytes text, const char *origin,
                      const unsigned char signing_key[KEY_SIZE], struct arena *arena,
                      struct entry_proof *out, struct entry *out_entry,
                      struct checkpoint *out_checkpoint, struct error *err)
{
    struct receipt *receipt = arena_take(arena, 1, sizeof *receipt);
    if (!receipt_read_proof(text, arena, receipt, err))
        return false;
    out->entry = receipt->entry;
    out->position = receipt->position;
    out->path_count = receipt->path_count;
    memcpy(out->path, receipt->path, sizeof out->path);
    return checkpoint_verify(receipt->checkpoint, origin, signing_key, arena, out_checkpoint,
                             err) &&
           entry_proof_holds(out, out_checkpoint, arena, out_entry, err);
}
