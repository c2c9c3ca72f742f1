/* Entries of the journal with their proofs, on the way to an agent. */
#include <assert.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/wire/excerpt.h"
#include "common/wire/proof.h"
#include "common/wire/statement.h"
#include "tests/fuzz/samples.h"
#include "tests/fuzz/target.h"
#include "tests/fuzz/wire_variation.h"

static bool feed(struct bytes input, struct arena *arena)
{
    struct excerpt out;
    struct error err;
    struct checkpoint checkpoint = { .size = 4 };
    if (!excerpt_decode(input, arena, &out, &err)) {
        assert(err.kind == ERROR_MALFORMED && err.text[0]);
        return false;
    }
    assert(bytes_equal(excerpt_encode(&out, arena), input));
    /* Of a tree whose root nobody knows. */
    assert(out.count == 0 || !excerpt_holds(&out, &checkpoint, &err));
    return true;
}

static void seed(struct arena *arena, fuzz_seed_fn *take, void *owner)
{
    struct receipt receipt = sample_receipt(1, arena);
    struct key_pair pair = sample_pair();
    struct statement statement = sample_statement(3, arena);
    struct entry catalogue = sample_entry(4, arena);
    const struct heard_stream heard = { { { 7 } }, 2, 12 };
    struct excerpt_item items[2] = { { .position = 0 }, { .position = 1 } };
    struct error err;
    items[0].encoded = entry_encode(&catalogue, arena);
    items[0].entry = catalogue;
    items[0].path = receipt.path;
    items[0].path_count = receipt.path_count;
    bool sealed = statement_seal(&statement, &pair, arena, &items[1].sealed, &err);
    assert(sealed);
    items[1].entry = sample_entry(0, arena);
    items[1].entry.arrival.statement_hash = sealed_statement_hash(&items[1].sealed);
    items[1].entry.arrival.stream = statement.stream;
    items[1].entry.arrival.sequence = statement.sequence;
    items[1].encoded = entry_encode(&items[1].entry, arena);
    items[1].path = items[1].receipt_path = receipt.path;
    items[1].path_count = items[1].receipt_path_count = receipt.path_count;
    items[1].receipt_checkpoint = receipt.checkpoint;
    struct excerpt excerpt = { .checkpoint = receipt.checkpoint,
                               .extension = receipt.path,
                               .extension_count = 2,
                               .items = items,
                               .count = 2,
                               .next = 2,
                               .streams = &heard,
                               .stream_count = 1 };
    take(excerpt_encode(&excerpt, arena), owner);
    excerpt.count = 1;
    take(excerpt_encode(&excerpt, arena), owner);
}

const struct fuzz_target fuzz_target = { .feed = feed, .seed = seed, .vary = wire_vary };
