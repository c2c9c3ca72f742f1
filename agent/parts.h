#ifndef AGENT_PARTS_H
#define AGENT_PARTS_H

/*
 * What is here of something that is being fetched, part by part on disk: a line that breaks, a
 * program that ends, a night without a connection, and it goes on where it stood.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/digest.h"

struct arena;
struct message;
struct store;
struct transaction;

struct parts_state {
    struct digest hash; /* of the whole */
    uint64_t total;
    uint64_t held; /* the first so many bytes are here */
    uint64_t size; /* of the checkpoint in it */
};

/* False: nothing of what that question asks for is here. */
bool parts_find(const struct store *store, struct transaction *txn, const struct message *question,
                struct parts_state *out);
/* The next part. The first one takes the place of whatever else was being fetched. */
void parts_add(const struct store *store, struct transaction *txn, const struct message *question,
               const struct message *part);
/* Everything that is here, in the arena. */
struct bytes parts_join(const struct store *store, struct transaction *txn, uint64_t held,
                        struct arena *arena);
void parts_clear(const struct store *store, struct transaction *txn);

#endif
