/* libFuzzer's side of a target. */
#include <assert.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/random.h"
#include "tests/fuzz/target.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t room);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t room, unsigned seed);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    fuzz_target.feed((struct bytes){ data, size }, arena);
    return 0;
}

/* Half of the changes know the format, and three of four inputs are signed again. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t room, unsigned seed)
{
    struct seeded_random random = seeded_random_of(seed);
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    size_t varied = 0;
    if (fuzz_target.vary && size > 0 && random_below(&random.random, 2) == 0)
        varied = fuzz_target.vary(data, size, room, &random.random);
    if (varied == 0)
        varied = LLVMFuzzerMutate(data, size, room);
    if (fuzz_target.mend && random_below(&random.random, 4) != 0)
        varied = fuzz_target.mend(data, varied, room, arena);
    assert(varied <= room);
    return varied;
}
