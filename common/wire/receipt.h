#ifndef COMMON_WIRE_RECEIPT_H
#define COMMON_WIRE_RECEIPT_H

/*
 * A receipt as a text file, C2SP tlog-proof, and whether it holds. The format does not
 * authenticate its extra data; our entry stands there, and it is the leaf itself: that it
 * is in the signed tree is what receipt_verify() proves.
 */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/model/receipt.h"
#include "common/wire/keys.h"

#define RECEIPT_TEXT_SIZE_MAX (256u * 1024)

struct arena;
struct error;

struct bytes receipt_write(const struct receipt *receipt, struct arena *arena);
/* Everything lives in the arena. Fails with MALFORMED. Proves nothing yet. */
NODISCARD bool receipt_read(struct bytes text, struct arena *arena, struct receipt *out,
                            struct error *err);

/* The text alone, whatever its entry is about: `arrival` stays empty. */
NODISCARD bool receipt_read_proof(struct bytes text, struct arena *arena, struct receipt *out,
                                  struct error *err);

/* With nothing but the receipt and the province's public key. Fails with REFUSED and the
 * first thing that does not hold. */
NODISCARD bool receipt_verify(const struct receipt *receipt, const char *origin,
                              const unsigned char signing_key[KEY_SIZE], struct error *err);

#endif
