/* A statement: what is accepted encodes to the very bytes that came. */
#include <assert.h>

#include "common/base/error.h"
#include "common/wire/statement.h"
#include "tests/fuzz/samples.h"
#include "tests/fuzz/target.h"
#include "tests/fuzz/wire_variation.h"

static bool feed(struct bytes input, struct arena *arena)
{
    struct statement out;
    struct error err;
    if (!statement_decode(input, arena, &out, &err)) {
        assert(err.kind == ERROR_MALFORMED && err.text[0]);
        return false;
    }
    assert(bytes_equal(statement_encode(&out, arena), input));
    return true;
}

static void seed(struct arena *arena, fuzz_seed_fn *take, void *owner)
{
    for (size_t i = 0; i < SAMPLE_STATEMENTS; i++) {
        struct statement statement = sample_statement(i, arena);
        take(statement_encode(&statement, arena), owner);
    }
}

const struct fuzz_target fuzz_target = { .feed = feed, .seed = seed, .vary = wire_vary };
