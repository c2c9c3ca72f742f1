/* A sealed statement: the statement's bytes come out as they stand in the input. */
#include <assert.h>

#include "common/base/error.h"
#include "common/wire/statement.h"
#include "tests/fuzz/samples.h"
#include "tests/fuzz/target.h"
#include "tests/fuzz/wire_variation.h"

static bool feed(struct bytes input, struct arena *arena)
{
    struct sealed_statement out;
    struct error err;
    if (!sealed_statement_decode(input, &out, &err)) {
        assert(err.kind == ERROR_MALFORMED && err.text[0]);
        return false;
    }
    const char *start = input.data, *inside = out.statement.data;
    assert(inside > start && inside + out.statement.size <= start + input.size);
    assert(bytes_equal(sealed_statement_encode(&out, arena), input));
    return true;
}

static void seed(struct arena *arena, fuzz_seed_fn *take, void *owner)
{
    struct key_pair pair = sample_pair();
    for (size_t i = 0; i < SAMPLE_STATEMENTS; i++) {
        struct statement statement = sample_statement(i, arena);
        struct sealed_statement sealed;
        struct error err;
        bool made = statement_seal(&statement, &pair, arena, &sealed, &err);
        assert(made);
        take(sealed_statement_encode(&sealed, arena), owner);
    }
}

const struct fuzz_target fuzz_target = { .feed = feed, .seed = seed, .vary = wire_vary };
