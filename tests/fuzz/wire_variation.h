#ifndef TESTS_FUZZ_WIRE_VARIATION_H
#define TESTS_FUZZ_WIRE_VARIATION_H

/* Changes a protobuf message field by field, lengths fitting: drops, doubles, moves and
 * renumbers fields, and looks into messages within messages. */

#include <stddef.h>

#include "common/base/bytes.h"

struct random;
struct text_builder;

/* As `vary` of a target. */
size_t wire_vary(unsigned char *data, size_t size, size_t room, struct random *random);
/* Adds a variation of the message. */
void wire_variation(struct bytes message, struct random *random, struct text_builder *out);

#endif
