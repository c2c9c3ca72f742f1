/* A journal entry: its bytes are the leaf of the tree, so there must be one form only. */
#include <assert.h>

#include "common/base/error.h"
#include "common/wire/entry.h"
#include "tests/fuzz/samples.h"
#include "tests/fuzz/target.h"
#include "tests/fuzz/wire_variation.h"

static bool feed(struct bytes input, struct arena *arena)
{
    struct entry out;
    struct error err;
    if (!entry_decode(input, arena, &out, &err)) {
        assert(err.kind == ERROR_MALFORMED && err.text[0]);
        return false;
    }
    assert(bytes_equal(entry_encode(&out, arena), input));
    return true;
}

static void seed(struct arena *arena, fuzz_seed_fn *take, void *owner)
{
    for (size_t i = 0; i < SAMPLE_ENTRIES; i++) {
        struct entry entry = sample_entry(i, arena);
        take(entry_encode(&entry, arena), owner);
    }
}

const struct fuzz_target fuzz_target = { .feed = feed, .seed = seed, .vary = wire_vary };
