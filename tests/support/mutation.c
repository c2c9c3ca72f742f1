#include "tests/support/mutation.h"

#include <string.h>

#include "common/base/attributes.h"
#include "common/base/memory.h"

struct mutation {
    struct bytes original;
    unsigned char *work; /* room for one byte more */
    mutation_visit_fn *visit;
    void *owner;
    size_t count;
};

static void show(struct mutation *mutation, size_t size)
{
    struct bytes mutated = { mutation->work, size };
    if (bytes_equal(mutated, mutation->original))
        return;
    mutation->visit(mutated, mutation->owner);
    mutation->count++;
}

static void change_byte(struct mutation *mutation, size_t at)
{
    unsigned char *byte = &mutation->work[at], before = *byte;
    for (unsigned bit = 0; bit < 8; bit++) {
        *byte = (unsigned char)(before ^ 1u << bit);
        show(mutation, mutation->original.size);
    }
    *byte = 0x00;
    show(mutation, mutation->original.size);
    *byte = 0xFF;
    show(mutation, mutation->original.size);
    *byte = before;
}

static void leave_out(struct mutation *mutation, size_t at)
{
    const unsigned char *source = mutation->original.data;
    size_t after = mutation->original.size - at - 1;
    memmove(mutation->work + at, source + at + 1, after);
    show(mutation, mutation->original.size - 1);
}

static void repeat(struct mutation *mutation, size_t at)
{
    const unsigned char *source = mutation->original.data;
    memcpy(mutation->work, source, at + 1);
    memcpy(mutation->work + at + 1, source + at, mutation->original.size - at);
    show(mutation, mutation->original.size + 1);
}

size_t mutation_each(struct bytes original, mutation_visit_fn *visit, void *owner)
{
    CLEANUP(memory_free) unsigned char *work = memory_zeroed(original.size + 1, 1);
    struct mutation mutation = { original, work, visit, owner, 0 };
    for (size_t at = 0; at < original.size; at++) {
        memcpy(work, original.data, original.size);
        change_byte(&mutation, at);
        show(&mutation, at);
        leave_out(&mutation, at);
        repeat(&mutation, at);
    }
    return mutation.count;
}
