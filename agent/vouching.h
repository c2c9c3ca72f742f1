#ifndef AGENT_VOUCHING_H
#define AGENT_VOUCHING_H

/*
 * A statement whose own signature does not verify is the device's all the same when a later one of
 * its stream, signed with the same key, names it through the chain of hashes: the province takes
 * such runs in on the newest signature. Whoever examines a stream asks here before it is damage.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/digest.h"
#include "common/model/submission.h"
#include "common/wire/keys.h"

/* The statement with that number; false when there is none, or it cannot be read. Lent until the
 * next call. */
typedef bool vouching_read_fn(uint64_t sequence, struct sealed_statement *out, void *owner);

struct vouching {
    unsigned char key[KEY_SIZE]; /* of the statement's place */
    vouching_read_fn *read;
    void *owner;
};

/* Whether somebody vouches for the statement with that number and hash. */
bool vouching_finds(const struct vouching *vouching, uint64_t sequence, struct digest hash);

#endif
