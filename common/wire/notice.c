#include "common/wire/notice.h"

#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/seeded_bug.h"
#include "common/base/text.h"
#include "common/wire/entry.h"
#include "common/wire/proof.h"
#include "common/wire/receipt.h"

bool notice_open(struct notice *notice, struct arena *arena, struct error *err)
{
    struct entry entry;
    if (!entry_decode(notice->entry, arena, &entry, err))
        return false;
    if (entry.kind != ENTRY_DECISION)
        return error_set(err, ERROR_MALFORMED, MESSAGE_NOTICE_NO_DECISION, notice->position);
    notice->decision = entry.decision;
    notice->utc_ms = entry.utc_ms;
    return true;
}

static bool decisions_agree(const struct decision *left, const struct decision *right)
{
    return zone_id_equal(&left->zone, &right->zone) && code_equal(left->form, right->form) &&
           period_equal(left->period, right->period) && left->version == right->version &&
           left->kind == right->kind && left->position == right->position &&
           digest_equal(&left->statement, &right->statement) &&
           text_equal(left->reason, right->reason);
}

static bool verify_one(const struct notice *notice, const struct checkpoint *checkpoint,
                       struct arena *arena, struct error *err)
{
    struct notice opened = *notice;
    if (!notice_open(&opened, arena, err))
        return false;
    if (!decisions_agree(&opened.decision, &notice->decision) || opened.utc_ms != notice->utc_ms)
        return error_set(err, ERROR_REFUSED, MESSAGE_RECEIPT_DIFFERS);
    struct digest leaf = proof_leaf(notice->entry);
    return seeded_bug(BUG_BELIEVE_A_NOTICE) ||
           proof_includes(&leaf, notice->position, checkpoint->size, notice->path,
                          notice->path_count, &checkpoint->root) ||
           error_set(err, ERROR_REFUSED, MESSAGE_RECEIPT_NOT_INCLUDED, notice->position,
                     checkpoint->size);
}

bool notices_verify(const struct notices *notices, const char *origin,
                    const unsigned char signing_key[KEY_SIZE], struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct checkpoint checkpoint;
    if (!checkpoint_verify(notices->checkpoint, origin, signing_key, arena, &checkpoint, err)) {
        err->kind = ERROR_REFUSED;
        return error_wrap(err, "%s", MESSAGE_NOTICE_INVALID);
    }
    for (size_t i = 0; i < notices->count; i++) {
        const struct notice *notice = &notices->items[i];
        if (notice->position >= notices->until ||
            (i > 0 && notice->position <= notices->items[i - 1].position))
            return error_set(err, ERROR_MALFORMED, MESSAGE_NOTICE_ORDER, notice->position);
        if (!verify_one(notice, &checkpoint, arena, err))
            return error_wrap(err, "%s", MESSAGE_NOTICE_INVALID);
    }
    return notices->until <= checkpoint.size ||
           error_set(err, ERROR_MALFORMED, MESSAGE_NOTICE_ORDER, notices->until);
}

struct bytes notice_write(const struct notice *notice, struct bytes checkpoint, struct arena *arena)
{
    struct receipt *proof = arena_take(arena, 1, sizeof *proof);
    *proof = (struct receipt){ .entry = notice->entry,
                               .position = notice->position,
                               .path_count = notice->path_count,
                               .checkpoint = checkpoint };
    memcpy(proof->path, notice->path, notice->path_count * sizeof *notice->path);
    return receipt_write(proof, arena);
}

bool notice_read(struct bytes text, struct arena *arena, struct notice *out,
                 struct bytes *out_checkpoint, struct error *err)
{
    struct receipt *proof = arena_take(arena, 1, sizeof *proof);
    if (!receipt_read_proof(text, arena, proof, err))
        return false;
    *out = (struct notice){ .entry = proof->entry,
                            .position = proof->position,
                            .path_count = proof->path_count };
    memcpy(out->path, proof->path, proof->path_count * sizeof *proof->path);
    *out_checkpoint = proof->checkpoint;
    return notice_open(out, arena, err);
}
