/*
 * The strict scan alone, over the message the first byte names: what it lets pass, protobuf-c
 * unpacks within the budget and packs to the same bytes again.
 */
#include <assert.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/wire/packing.h"
#include "common/wire/scan.h"
#include "common/wire/statement.h"
#include "proto/journal.pb-c.h"
#include "proto/statement.pb-c.h"
#include "proto/sync.pb-c.h"
#include "tests/fuzz/samples.h"
#include "tests/fuzz/target.h"
#include "tests/fuzz/wire_variation.h"

#define MEMORY_MAX ((size_t)1024 * 1024)

static const ProtobufCMessageDescriptor *const descriptors[] = {
    &zonetally__statement__descriptor, &zonetally__sealed_statement__descriptor,
    &zonetally__message__descriptor, &zonetally__entry__descriptor
};

static bool feed(struct bytes input, struct arena *arena)
{
    const unsigned char *bytes = input.data;
    struct error err;
    if (input.size == 0 || bytes[0] >= COUNT_OF(descriptors))
        return false;
    const ProtobufCMessageDescriptor *descriptor = descriptors[bytes[0]];
    struct bytes message = { bytes + 1, input.size - 1 };
    if (!scan_message(message, descriptor, MEMORY_MAX, &err)) {
        assert(err.kind == ERROR_MALFORMED && err.text[0]);
        return false;
    }
    const ProtobufCMessage *unpacked = packing_unpack(message, descriptor, MEMORY_MAX, arena, &err);
    assert(unpacked && unpacked->n_unknown_fields == 0);
    assert(bytes_equal(packing_pack(unpacked, arena), message));
    return true;
}

static void take_one(unsigned char number, struct bytes message, struct arena *arena,
                     fuzz_seed_fn *take, void *owner)
{
    unsigned char *seed = arena_take(arena, message.size + 1, 1);
    seed[0] = number;
    memcpy(seed + 1, message.data, message.size);
    take((struct bytes){ seed, message.size + 1 }, owner);
}

static void seed(struct arena *arena, fuzz_seed_fn *take, void *owner)
{
    struct statement statement = sample_statement(0, arena);
    struct message message = sample_message(3, arena);
    struct entry entry = sample_entry(0, arena);
    take_one(0, statement_encode(&statement, arena), arena, take, owner);
    take_one(2, message_encode(&message, arena), arena, take, owner);
    take_one(3, entry_encode(&entry, arena), arena, take, owner);
}

static size_t vary(unsigned char *data, size_t size, size_t room, struct random *random)
{
    size_t varied = size > 1 ? wire_vary(data + 1, size - 1, room - 1, random) : 0;
    return varied > 0 ? varied + 1 : 0;
}

const struct fuzz_target fuzz_target = { .feed = feed, .seed = seed, .vary = vary };
