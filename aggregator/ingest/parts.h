#ifndef AGGREGATOR_INGEST_PARTS_H
#define AGGREGATOR_INGEST_PARTS_H

/*
 * Answers those who fetch: a catalogue, or the history of their zone, in parts that fit into a
 * message. Whose history, the connection's key decides, not what is said on it.
 */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/wire/message.h"

struct arena;
struct error;
struct peer;
struct province;
struct transaction;

bool parts_are_asked(const struct message *message);

/* The part, or a refusal. In the arena. Fails when the store does. */
NODISCARD bool parts_answer(const struct province *province, struct transaction *txn,
                            const struct peer *peer, const struct message *question,
                            struct arena *arena, struct message *out, struct error *err);

#endif
