/* What the province decided, as a zone keeps it: one spelling, and nothing in it is proved yet. */
#include <assert.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/wire/notice.h"
#include "tests/fuzz/samples.h"
#include "tests/fuzz/target.h"

static bool feed(struct bytes input, struct arena *arena)
{
    struct notice *out = arena_take(arena, 1, sizeof *out);
    struct bytes checkpoint;
    struct error err;
    struct key_pair pair = sample_pair();
    if (!notice_read(input, arena, out, &checkpoint, &err)) {
        assert(err.kind == ERROR_MALFORMED && err.text[0]);
        return false;
    }
    assert(bytes_equal(notice_write(out, checkpoint, arena), input));
    struct notices alone = { checkpoint, out, 1, out->position + 1 };
    if (!notices_verify(&alone, SAMPLE_ORIGIN, pair.public.signing, &err))
        assert((err.kind == ERROR_REFUSED || err.kind == ERROR_MALFORMED) && err.text[0]);
    return true;
}

static void seed(struct arena *arena, fuzz_seed_fn *take, void *owner)
{
    struct message message = sample_message(14, arena);
    take(notice_write(&message.notices.items[0], message.notices.checkpoint, arena), owner);
}

const struct fuzz_target fuzz_target = { .feed = feed, .seed = seed };
