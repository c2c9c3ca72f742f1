#ifndef AGENT_SESSION_TOKEN_H
#define AGENT_SESSION_TOKEN_H

/*
 * The province's rolling token: shows that this is the one installation that had the last
 * session. It is shown with a nonce that is on disk before it is sent and stays the same until
 * the next token came, so that a repeat is never taken for another holder.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"

struct arena;
struct random;
struct store;
struct transaction;

struct session_token {
    struct bytes token; /* empty: none was handed out in this epoch */
    struct bytes nonce;
};

/* In the arena. Draws the nonce and writes it when the token is shown for the first time: to be
 * committed before anything is sent. */
struct session_token session_token_show(const struct store *store, struct transaction *txn,
                                        uint32_t epoch, struct random *random, struct arena *arena);

/* What the province handed out, by wire or by file; empty is nothing. One that is older than ours
 * came late and is left. False when it is no token of this epoch. */
NODISCARD bool session_token_keep(const struct store *store, struct transaction *txn,
                                  uint32_t epoch, struct bytes token);

#endif
