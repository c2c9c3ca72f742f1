#ifndef AGENT_ROTATION_H
#define AGENT_ROTATION_H

/*
 * New keys for the device, without losing a step:
 *
 *     keys.next is written -> the change is sealed, signed by the old key and by the new
 *     -> its receipt is stored -> keys.next takes the place of keys
 *
 * Which pair is in force is read off the disk at every start: the new one from the moment the
 * receipt of the change is there, whatever was renamed by then. Until then nothing else is
 * sealed: behind the change the province expects the new key.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/wire/keys.h"

struct agent;
struct error;
struct transaction;

#define ROTATION_KEYS_FILE "keys.next" /* 0600, beside the keys */

struct rotation_result {
    uint64_t sequence; /* of the statement */
    char fingerprint[FINGERPRINT_TEXT_SIZE];
};

/* Seals the change. A pair that an interrupted call left is used. Fails with REFUSED when one
 * waits for its receipt already. */
NODISCARD bool rotation_begin(struct agent *agent, struct rotation_result *out, struct error *err);

/* Takes the new pair into use once its receipt is here. To be called at the start and after
 * receipts were stored. Fails with CORRUPT when neither pair is the one that was announced. */
NODISCARD bool rotation_settle(struct agent *agent, struct error *err);

/* Whether our pair may seal now. Fails with REFUSED while a change waits for its receipt, with
 * CONFLICT when another program has taken new keys into use. */
NODISCARD bool rotation_lets_seal(const struct agent *agent, struct transaction *txn,
                                  struct error *err);

/* With which this statement of the current epoch was signed. */
void rotation_signing_key(const struct agent *agent, struct transaction *txn, uint64_t sequence,
                          unsigned char out[KEY_SIZE]);

/* The pair that is announced, or about to be, and not in force yet. */
NODISCARD bool rotation_next_pair(const struct agent *agent, struct key_pair *out, bool *out_found,
                                  struct error *err);
/* Whether the pair that was announced is there, before it is needed. Fails with CORRUPT. */
NODISCARD bool rotation_examine(const struct agent *agent, struct error *err);

#endif
