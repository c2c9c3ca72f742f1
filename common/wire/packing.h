#ifndef COMMON_WIRE_PACKING_H
#define COMMON_WIRE_PACKING_H

/* protobuf-c behind the strict scan, in an arena, with a budget. */

#include <stdbool.h>
#include <stddef.h>

#include <protobuf-c/protobuf-c.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"

struct arena;
struct error;

struct bytes packing_pack(const ProtobufCMessage *message, struct arena *arena);

/* Scans, then unpacks. The message lives in the arena and is not freed by hand. NULL: MALFORMED. */
NODISCARD const void *packing_unpack(struct bytes bytes,
                                     const ProtobufCMessageDescriptor *descriptor,
                                     size_t memory_max, struct arena *arena, struct error *err);

#endif
