#ifndef AGENT_CATALOGUE_OFFER_H
#define AGENT_CATALOGUE_OFFER_H

/*
 * A catalogue that the province offers, by wire or by file: its adoption, proved to be in the
 * journal. It is taken only if its version is above all that ever came, it compiles, and its
 * own tests pass; then new drafts are made with it.
 *
 *     sync, courier -> CATALOGUE_OFFER -> catalogues, redrafting
 */

#include <stdbool.h>

#include "agent/redrafting.h"
#include "common/base/attributes.h"
#include "common/base/bytes.h"

struct agent;
struct arena;
struct digest;
struct error;
struct transaction;

struct catalogue_offer {
    bool taken; /* false: it is the one that is in use */
    unsigned version;
    struct redrafting drafts;
};

/* One whose adoption was proved before, unless one as new is in use. Inside the caller's
 * transaction: whoever does not commit it sets agent->catalogue back. */
NODISCARD bool catalogue_offer_use(struct agent *agent, struct transaction *txn,
                                   const struct digest *digest, struct arena *arena,
                                   struct catalogue_offer *out, struct error *err);

/* Before it is fetched: REFUSED when it is here and older than another one that came. */
NODISCARD bool catalogue_offer_expect(struct agent *agent, const struct digest *digest,
                                      struct error *err);

/* `wanted`: the one that was asked for; NULL: whichever it is. Fails with MALFORMED, or REFUSED
 * and the first thing that does not hold; then nothing has changed. */
NODISCARD bool catalogue_offer_accept(struct agent *agent, struct bytes offer,
                                      const struct digest *wanted, struct arena *arena,
                                      struct catalogue_offer *out, struct error *err);

#endif
