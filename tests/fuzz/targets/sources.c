/* A packed catalogue, as it is journaled and sent: what unpacks packs to the same bytes. */
#include <assert.h>

#include "common/base/error.h"
#include "common/catalogue/source.h"
#include "tests/fuzz/target.h"

static bool feed(struct bytes input, struct arena *arena)
{
    struct sources out;
    struct error err;
    if (!sources_unpack(input, arena, &out, &err)) {
        assert(err.kind == ERROR_MALFORMED && err.text[0]);
        return false;
    }
    assert(bytes_equal(sources_pack(out, arena), input));
    return true;
}

static void seed(struct arena *arena, fuzz_seed_fn *take, void *owner)
{
    const struct source files[] = { { "a.catalogue", bytes_of_text("unit x \"x\" { }\n") },
                                    { "b.catalogue", bytes_of_text("") } };
    take(sources_pack((struct sources){ files, 2 }, arena), owner);
    take(sources_pack((struct sources){ files, 1 }, arena), owner);
}

const struct fuzz_target fuzz_target = { .feed = feed, .seed = seed };
