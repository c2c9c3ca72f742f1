#ifndef COMMON_WIRE_TOKEN_H
#define COMMON_WIRE_TOKEN_H

/*
 * The rolling session token: what a device was handed in its last session, to be shown in the
 * next. Only the province can make one, which it recognises even when it has forgotten having
 * made it:
 *
 *     u32 epoch | u64 number, from 1 | 16 bytes of chance | 16 bytes BLAKE2b under a key that
 *     comes from the province's signing key, over device and what is before
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/model/submission.h"

#define TOKEN_SIZE 44

struct key_pair;
struct random;

struct token {
    unsigned char bytes[TOKEN_SIZE]; /* all zero: none */
};

struct token token_make(const struct key_pair *province, const struct device_id *device,
                        uint32_t epoch, uint64_t number, struct random *random);

/* From a message: empty is none. False for anything of another size, and for zeros. */
NODISCARD bool token_read(struct bytes bytes, struct token *out);
bool token_is_none(const struct token *token);
bool token_equal(const struct token *left, const struct token *right);

/* What it says of itself; 0 for none. */
uint32_t token_epoch(const struct token *token);
uint64_t token_number(const struct token *token);
/* Whether this province made it for this device and epoch. */
bool token_is_genuine(const struct token *token, const struct key_pair *province,
                      const struct device_id *device, uint32_t epoch);

#endif
