#ifndef COMMON_WIRE_ROTATION_H
#define COMMON_WIRE_ROTATION_H

/*
 * A change of keys is a statement of the stream, sealed with the old signing key. Inside it the
 * new one signs too, what it takes over and from where:
 *
 *     zone (17, zero-padded) | device (16) | u32 epoch | u64 sequence | previous (32)
 *     | new signing key | new CURVE key
 *
 * So nobody can put another's key in the place of his own, nor repeat a change elsewhere.
 */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/model/submission.h"
#include "common/wire/keys.h"

/* Makes a rotation of the statement, whose stream, sequence and previous are set. */
void rotation_sign(struct statement *statement, const struct key_pair *next);
NODISCARD bool rotation_is_signed(const struct statement *statement);

#endif
