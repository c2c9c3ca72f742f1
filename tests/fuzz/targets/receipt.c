/* A receipt's text: what is read is written the same; what holds has a path that holds. */
#include <assert.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/random.h"
#include "common/base/text.h"
#include "common/wire/receipt.h"
#include "tests/fuzz/samples.h"
#include "tests/fuzz/target.h"
#include "tests/fuzz/wire_variation.h"

static bool feed(struct bytes input, struct arena *arena)
{
    struct receipt out;
    struct error err;
    struct key_pair pair = sample_pair();
    if (!receipt_read(input, arena, &out, &err)) {
        assert(err.kind == ERROR_MALFORMED && err.text[0]);
        return false;
    }
    assert(bytes_equal(receipt_write(&out, arena), input));
    if (!receipt_verify(&out, SAMPLE_ORIGIN, pair.public.signing, &err))
        assert(err.kind == ERROR_REFUSED && err.text[0]);
    return true;
}

static void seed(struct arena *arena, fuzz_seed_fn *take, void *owner)
{
    for (size_t i = 0; i < SAMPLE_RECEIPTS; i++) {
        struct receipt receipt = sample_receipt(i, arena);
        take(receipt_write(&receipt, arena), owner);
    }
}

/* Another entry under the same signature, another place, or a step more or less. */
static size_t vary(unsigned char *data, size_t size, size_t room, struct random *random)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    CLEANUP(text_builder_free) struct text_builder entry = { 0 };
    struct receipt receipt;
    struct error err;
    if (!receipt_read((struct bytes){ data, size }, arena, &receipt, &err))
        return 0;
    wire_variation(receipt.entry, random, &entry);
    receipt.entry = (struct bytes){ entry.text, entry.size };
    receipt.path_count = (receipt.path_count + random_below(random, 3)) % PROOF_PATH_MAX;
    receipt.position += random_below(random, 2);
    struct bytes text = receipt_write(&receipt, arena);
    if (entry.size == 0 || text.size > room)
        return 0;
    memcpy(data, text.data, text.size);
    return text.size;
}

const struct fuzz_target fuzz_target = { .feed = feed, .seed = seed, .vary = vary };
