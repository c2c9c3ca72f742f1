#ifndef COMMON_WIRE_KEYS_H
#define COMMON_WIRE_KEYS_H

/*
 * Keys of a device or of the province: one to sign (Ed25519), one for the connection
 * (CURVE, X25519). Secret halves stay in one 0600 file each; nothing prints them.
 */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/model/submission.h"

#define KEY_SIZE 32
#define SIGNATURE_SIZE 64
#define KEY_TEXT_SIZE (2 * KEY_SIZE + 1)
#define FINGERPRINT_TEXT_SIZE 96

struct error;
struct random;

struct public_keys {
    unsigned char signing[KEY_SIZE];
    unsigned char curve[KEY_SIZE];
};

struct key_pair {
    struct public_keys public;
    unsigned char signing_secret[64];
    unsigned char curve_secret[KEY_SIZE];
};

struct key_pair key_pair_create(struct random *random);
void key_pair_wipe(struct key_pair *pair); /* for CLEANUP */

/* The file's bytes: versioned, with a checksum. `size` of the array is KEY_FILE_SIZE. */
#define KEY_FILE_SIZE 160
void key_pair_encode(const struct key_pair *pair, unsigned char out[KEY_FILE_SIZE]);
/* Fails with CORRUPT (damaged) or MALFORMED (not a key file, or of a newer program). */
NODISCARD bool key_pair_decode(struct bytes bytes, struct key_pair *out, struct error *err);

/* What is signed begins with the purpose, so that a signature made for one purpose is
 * worth nothing for another. SIGN_CHECKPOINT has no prefix of its own, so that anybody's
 * signed-note tool verifies it: its first line, the origin, keeps it apart, and no text of
 * another purpose can be one, for each of their prefixes holds a NUL. */
enum sign_purpose {
    SIGN_STATEMENT,
    SIGN_CHECKPOINT,
    SIGN_ENROLMENT,
    SIGN_CARD,
    SIGN_KEY_ROTATION,
    SIGN_BUNDLE,
    SIGN_PURPOSE_COUNT
};
void sign_bytes(enum sign_purpose purpose, struct bytes bytes, const struct key_pair *pair,
                unsigned char out[SIGNATURE_SIZE]);
NODISCARD bool signature_is_valid(enum sign_purpose purpose, struct bytes bytes,
                                  const unsigned char signature[SIGNATURE_SIZE],
                                  const unsigned char signing_key[KEY_SIZE]);

/* Six words of four digits that two people compare by telephone, 79 bits: of both public keys. */
const char *key_fingerprint(const struct public_keys *keys, char buffer[FINGERPRINT_TEXT_SIZE]);

#endif
