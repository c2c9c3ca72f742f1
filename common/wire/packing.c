#include "common/wire/packing.h"

#include <assert.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/wire/field.h"
#include "common/wire/scan.h"

struct budget {
    struct arena *arena;
    size_t left;
};

static void *budget_take(void *owner, size_t size)
{
    struct budget *budget = owner;
    if (size > budget->left)
        return NULL;
    budget->left -= size;
    return arena_take(budget->arena, size, 1);
}

/* Everything goes with the arena. */
static void budget_give_back(void *owner, void *pointer)
{
    (void)owner;
    (void)pointer;
}

struct bytes packing_pack(const ProtobufCMessage *message, struct arena *arena)
{
    size_t size = protobuf_c_message_get_packed_size(message);
    uint8_t *data = arena_take(arena, size, 1);
    size_t written = protobuf_c_message_pack(message, data);
    assert(written == size);
    return (struct bytes){ data, size };
}

const void *packing_unpack(struct bytes bytes, const ProtobufCMessageDescriptor *descriptor,
                           size_t memory_max, struct arena *arena, struct error *err)
{
    if (!scan_message(bytes, descriptor, memory_max, err))
        return NULL;
    struct budget budget = { arena, memory_max };
    ProtobufCAllocator allocator = { budget_take, budget_give_back, &budget };
    const void *message = protobuf_c_message_unpack(descriptor, &allocator, bytes.size, bytes.data);
    if (!message)
        field_refuse(err, descriptor->short_name, FIELD_MEMORY);
    return message;
}
