#ifndef COMMON_WIRE_SCAN_H
#define COMMON_WIRE_SCAN_H

/*
 * The strict scan: what must be true of bytes before protobuf-c sees them, so that one
 * meaning has one encoding and no length is believed. Driven by the message's descriptor:
 * ascending known field numbers, right wire types, minimal varints in range, no second
 * occurrence of a singular field, no default values, one member of a oneof, packed scalars
 * in one run, texts that are clean UTF-8, counts and sizes within limits.
 *
 * It also adds up what unpacking will allocate, before anything is allocated.
 */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"

struct ProtobufCMessageDescriptor;
struct error;

/* Limits of texts, byte runs and counts stand in limits.c. Fails with MALFORMED and the path of the
 * offending field ("Statement.submission.columns"). */
NODISCARD bool scan_message(struct bytes bytes, const struct ProtobufCMessageDescriptor *descriptor,
                            size_t memory_max, struct error *err);

#endif
