/* An entry of the journal with its proof, as text: what holds is what the fuzzer's key signed. */
#include <assert.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/wire/entry_proof.h"
#include "common/wire/proof.h"
#include "tests/fuzz/samples.h"
#include "tests/fuzz/target.h"

static bool feed(struct bytes input, struct arena *arena)
{
    struct key_pair pair = sample_pair();
    struct entry_proof proof;
    struct entry entry;
    struct checkpoint checkpoint;
    struct error err;
    if (!entry_proof_read(input, SAMPLE_ORIGIN, pair.public.signing, arena, &proof, &entry,
                          &checkpoint, &err)) {
        assert((err.kind == ERROR_MALFORMED || err.kind == ERROR_REFUSED) && err.text[0]);
        return false;
    }
    struct bytes text = checkpoint_sign(&checkpoint, &pair, arena);
    struct bytes again = entry_proof_write(&proof, text, arena);
    /* A witness may have signed the checkpoint too. */
    assert(again.size < input.size || bytes_equal(again, input));
    return true;
}

static void seed(struct arena *arena, fuzz_seed_fn *take, void *owner)
{
    for (size_t i = 0; i < SAMPLE_RECEIPTS; i++) {
        struct receipt receipt = sample_receipt(i, arena);
        struct entry_proof proof = { .entry = receipt.entry,
                                     .position = receipt.position,
                                     .path_count = receipt.path_count };
        memcpy(proof.path, receipt.path, sizeof proof.path);
        take(entry_proof_write(&proof, receipt.checkpoint, arena), owner);
    }
}

const struct fuzz_target fuzz_target = { .feed = feed, .seed = seed };
