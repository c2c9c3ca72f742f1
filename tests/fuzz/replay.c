/*
 * Feeds a target again what was once found, with any compiler, and what is near it: every
 * beginning, and variations from a fixed seed.
 *
 *     replay_TARGET CORPUS                 replays; part of the test run
 *     replay_TARGET pack FOLDER CORPUS     makes a corpus of a folder
 *     replay_TARGET unpack CORPUS FOLDER   and a folder of a corpus
 *     replay_TARGET seed FOLDER            writes what our own writers make
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/random.h"
#include "tests/fuzz/corpus.h"
#include "tests/fuzz/target.h"

#define ROOM ((size_t)1024 * 1024)
#define VARIATIONS 24      /* of each input */
#define PREFIXES_MAX 4096u /* of each input: of a larger one the first so many bytes */

struct replay {
    struct arena *arena;
    struct seeded_random random;
    unsigned char *work; /* ROOM bytes */
    size_t inputs, accepted, prefixes, variations, varied_accepted;
};

static bool feed(struct replay *replay, struct bytes input)
{
    arena_reset(replay->arena);
    return fuzz_target.feed(input, replay->arena);
}

static size_t vary(struct replay *replay, struct bytes input)
{
    unsigned char *work = replay->work;
    size_t size = input.size;
    memcpy(work, input.data, size);
    if (fuzz_target.vary && size > 0) {
        size = fuzz_target.vary(work, size, ROOM, &replay->random.random);
    } else if (size > 0) {
        uint64_t bit = random_below(&replay->random.random, (uint64_t)size * 8);
        work[bit / 8] ^= (unsigned char)(1u << bit % 8);
    }
    if (!fuzz_target.mend || random_below(&replay->random.random, 4) == 0)
        return size;
    arena_reset(replay->arena);
    return fuzz_target.mend(work, size, ROOM, replay->arena);
}

static void replay_input(struct bytes input, void *owner)
{
    struct replay *replay = owner;
    replay->inputs++;
    replay->accepted += feed(replay, input);
    size_t stride = fuzz_target.stride > 0 ? fuzz_target.stride : 1;
    for (size_t size = 0; size < input.size && size < PREFIXES_MAX;
         size += stride, replay->prefixes++)
        feed(replay, (struct bytes){ input.data, size });
    for (int i = 0; i < VARIATIONS && input.size < ROOM; i++, replay->variations++)
        replay->varied_accepted +=
            feed(replay, (struct bytes){ replay->work, vary(replay, input) });
}

static void seed_input(struct bytes seed, void *owner)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    if (!fuzz_target.feed(seed, arena)) {
        fprintf(stderr, "a seed of %zu bytes is refused\n", seed.size);
        exit(EXIT_FAILURE);
    }
    corpus_unpack(owner, seed);
}

static void unpack_input(struct bytes input, void *owner)
{
    corpus_unpack(owner, input);
}

static int replay_corpus(const char *path)
{
    struct replay replay = { .arena = arena_create(), .random = seeded_random_of(2016) };
    replay.work = malloc(ROOM);
    assert(replay.work);
    corpus_each(path, replay_input, &replay);
    free(replay.work);
    arena_destroy(&replay.arena);
    printf("%zu inputs (%zu accepted), %zu beginnings, %zu variations (%zu accepted)\n",
           replay.inputs, replay.accepted, replay.prefixes, replay.variations,
           replay.varied_accepted);
    /* A corpus that never gets through tests nothing. */
    return replay.accepted > 0 && replay.accepted < replay.inputs ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    if (argc == 2)
        return replay_corpus(argv[1]);
    if (argc == 4 && strcmp(argv[1], "pack") == 0)
        printf("%zu inputs\n", corpus_pack(argv[2], argv[3]));
    else if (argc == 4 && strcmp(argv[1], "unpack") == 0)
        corpus_each(argv[2], unpack_input, argv[3]);
    else if (argc == 3 && strcmp(argv[1], "seed") == 0)
        fuzz_target.seed(arena, seed_input, argv[2]);
    else
        return EXIT_FAILURE;
    return EXIT_SUCCESS;
}
