#ifndef AGGREGATOR_INGEST_DOUBTS_H
#define AGGREGATOR_INGEST_DOUBTS_H

/*
 * Questions put to whoever showed an unexpected session token. A message that was repeated or
 * came late cannot answer one; whoever still holds the token can, on the very connection it was
 * asked on, once. In memory: after a restart it is asked again.
 */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/model/submission.h"
#include "common/wire/message.h"

#define DOUBTS_MAX 256 /* the oldest goes first */

struct doubts;
struct peer;
struct random;

struct doubt {
    unsigned char challenge[MESSAGE_NONCE_SIZE];
};

NODISCARD struct doubts *doubts_create(void);
void doubts_destroy(struct doubts **doubts);

/* Takes the place of an earlier question to the same device. */
struct doubt doubts_ask(struct doubts *doubts, const struct device_id *device,
                        const struct peer *peer, struct random *random);
/* Whether this answers the question put to this device on this connection; then it is over. */
bool doubts_settle(struct doubts *doubts, const struct device_id *device, const struct peer *peer,
                   struct bytes challenge);

#endif
