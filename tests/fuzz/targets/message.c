/* Everything the two programs say to each other: HELLO, WELCOME and the rest. */
#include <assert.h>

#include "common/base/error.h"
#include "common/wire/message.h"
#include "tests/fuzz/samples.h"
#include "tests/fuzz/target.h"
#include "tests/fuzz/wire_variation.h"

static bool feed(struct bytes input, struct arena *arena)
{
    struct message out;
    struct error err;
    if (!message_decode(input, arena, &out, &err)) {
        assert(err.kind == ERROR_MALFORMED && err.text[0]);
        return false;
    }
    assert(bytes_equal(message_encode(&out, arena), input));
    return true;
}

static void seed(struct arena *arena, fuzz_seed_fn *take, void *owner)
{
    for (size_t i = 0; i < SAMPLE_MESSAGES; i++) {
        struct message message = sample_message(i, arena);
        take(message_encode(&message, arena), owner);
    }
}

const struct fuzz_target fuzz_target = { .feed = feed, .seed = seed, .vary = wire_vary };
