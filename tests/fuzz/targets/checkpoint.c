#define _GNU_SOURCE /* memmem */
/* A checkpoint's text under a key the fuzzer signs with. */
#include <assert.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/text.h"
#include "common/wire/lines.h"
#include "common/wire/proof.h"
#include "tests/fuzz/samples.h"
#include "tests/fuzz/target.h"

/* Lines of later versions may stand behind ours, and signatures of witnesses at the end. */
static bool feed(struct bytes input, struct arena *arena)
{
    struct checkpoint out;
    struct error err;
    struct key_pair pair = sample_pair();
    if (!checkpoint_verify(input, SAMPLE_ORIGIN, pair.public.signing, arena, &out, &err)) {
        assert((err.kind == ERROR_MALFORMED || err.kind == ERROR_REFUSED) && err.text[0]);
        return false;
    }
    struct bytes written = checkpoint_sign(&out, &pair, arena);
    const char *empty = memmem(written.data, written.size, "\n\n", 2);
    size_t lines = (size_t)(empty + 1 - (const char *)written.data);
    assert(input.size >= written.size && memcmp(input.data, written.data, lines) == 0);
    assert(input.size > written.size || bytes_equal(written, input));
    return true;
}

static void seed(struct arena *arena, fuzz_seed_fn *take, void *owner)
{
    struct key_pair pair = sample_pair();
    struct checkpoint checkpoint = { .origin = SAMPLE_ORIGIN, .size = 4711, .root = { { 9 } } };
    struct bytes text = checkpoint_sign(&checkpoint, &pair, arena);
    take(text, owner);
    take(bytes_of_text(arena_format(arena, "%.*s— witness.example AAAAAAAAAAAA\n", (int)text.size,
                                    (const char *)text.data)),
         owner);
}

/* Signs what stands before the first empty line, whatever it says. */
static size_t mend(unsigned char *data, size_t size, size_t room, struct arena *arena)
{
    struct key_pair pair = sample_pair();
    struct checkpoint any = { .origin = SAMPLE_ORIGIN };
    struct bytes written = checkpoint_sign(&any, &pair, arena);
    unsigned char signature[4 + SIGNATURE_SIZE]; /* the key's number, the signature */
    static const char dash[] = "\n\n— " SAMPLE_ORIGIN " ";
    const unsigned char *empty = memmem(data, size, "\n\n", 2);
    const char *line = memmem(written.data, written.size, dash, sizeof dash - 1);
    struct bytes base64 = { line + sizeof dash - 1,
                            (size_t)((const char *)written.data + written.size - 1 - line) -
                                (sizeof dash - 1) };
    size_t signature_size;
    bool read = base64_read(base64, signature, sizeof signature, &signature_size);
    assert(read && signature_size == sizeof signature);
    if (!empty)
        return size;

    CLEANUP(text_builder_free) struct text_builder text = { 0 };
    struct bytes body = { data, (size_t)(empty + 1 - data) };
    sign_bytes(SIGN_CHECKPOINT, body, &pair, signature + 4);
    text_builder_add_bytes(&text, body);
    text_builder_add(&text, dash + 1);
    base64_add(&text, BYTES_OF(signature));
    text_builder_add(&text, "\n");
    if (text.size > room)
        return size;
    memcpy(data, text.text, text.size);
    return text.size;
}

const struct fuzz_target fuzz_target = { .feed = feed, .seed = seed, .mend = mend };
