#ifndef COMMON_WIRE_LIMITS_H
#define COMMON_WIRE_LIMITS_H

/* How long a text or byte run of a message may be, and how often a field may come. Every
 * such field of every message has a limit: a test goes through the descriptors. */

#include <stdbool.h>
#include <stdint.h>

struct ProtobufCFieldDescriptor;
struct ProtobufCMessageDescriptor;

struct limit {
    const struct ProtobufCMessageDescriptor *message;
    uint32_t field;
    uint32_t size_min, size_max; /* of one text or byte run */
    uint32_t count_max;          /* of a repeated field */
    bool lines;                  /* a text of several lines */
};

/* The limits of one message stand together, ascending by field: whoever goes through a message asks
 * for the next one behind the one it has. */
const struct limit *limit_behind(const struct limit *before,
                                 const struct ProtobufCFieldDescriptor *field);
/* NULL when none is declared. */
const struct limit *limit_of(const struct ProtobufCMessageDescriptor *message,
                             const struct ProtobufCFieldDescriptor *field);
/* Whether the field needs one: whatever is not a single number or a single message. */
bool limit_is_needed(const struct ProtobufCFieldDescriptor *field);

#endif
