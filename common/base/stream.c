#include "common/base/stream.h"

#include <assert.h>
#include <string.h>

static bool read_memory(struct byte_source *source, uint64_t offset, void *target, size_t size,
                        struct error *err)
{
    const struct memory_source *memory = (const struct memory_source *)source;
    (void)err;
    assert(offset <= source->size && size <= source->size - offset);
    if (size > 0)
        memcpy(target, (const char *)memory->bytes.data + offset, size);
    return true;
}

struct memory_source memory_source_of(struct bytes bytes)
{
    return (struct memory_source){ { bytes.size, read_memory }, bytes };
}
