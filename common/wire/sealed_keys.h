#ifndef COMMON_WIRE_SEALED_KEYS_H
#define COMMON_WIRE_SEALED_KEYS_H

/*
 * Secret keys under a passphrase, for a copy that leaves the machine: Argon2id (256 MiB, three
 * passes) gives the key of an XSalsa20-Poly1305 box. Whoever finds it has to guess.
 */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/wire/keys.h"

#define SEALED_KEYS_SIZE (8 + 16 + 24 + 16 + KEY_FILE_SIZE)
#define PASSPHRASE_SIZE_MIN 12

struct error;
struct random;

/* Fails with REFUSED when the passphrase is shorter than PASSPHRASE_SIZE_MIN, SYSTEM when there
 * is not enough memory. */
NODISCARD bool key_pair_seal(const struct key_pair *pair, const char *passphrase,
                             struct random *random, unsigned char out[SEALED_KEYS_SIZE],
                             struct error *err);
/* Fails with MALFORMED (no such file) or REFUSED (another passphrase, or altered). */
NODISCARD bool key_pair_unseal(struct bytes sealed, const char *passphrase, struct key_pair *out,
                               struct error *err);

#endif
