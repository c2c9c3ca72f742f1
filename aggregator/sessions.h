#ifndef AGGREGATOR_SESSIONS_H
#define AGGREGATOR_SESSIONS_H

/*
 * The rolling session token of each device: the last one handed out and the one before it,
 * which is good as long as the answer that carried the last may have been lost. Written in the
 * batch that is committed before anybody is answered.
 *
 * A device shows each of its tokens with one nonce, drawn and kept when it first does. So a
 * repeat is told from another holder of the same token: it has the same nonce, and is given the
 * same token again. A token that this province made but no longer knows, because it was restored
 * from an older backup, is taken when its number is not behind.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/storage/database.h"
#include "common/wire/token.h"

#define SESSIONS_TABLE "sessions"
#define SESSIONS_NONCE_SIZE 16

struct error;
struct key_pair;
struct random;
struct transaction;

struct sessions {
    struct transaction *txn; /* to write in; of a read transaction only sessions_current() */
    struct table table;
    const struct key_pair *province;
    struct random *random;
};

struct session_shown {
    struct device_id device;
    uint32_t epoch; /* the device's current one */
    struct bytes token, nonce;
};

enum session_verdict {
    SESSION_NEXT,    /* a new token was made */
    SESSION_AGAIN,   /* a repeat: the last token once more */
    SESSION_DOUBTFUL /* an old token, or one shown by somebody else: nothing was changed */
};

/* The token to hand out, unless DOUBTFUL. A store that fails is the transaction's to report. */
enum session_verdict sessions_show(const struct sessions *sessions,
                                   const struct session_shown *shown, struct token *out);

/* For an answer that travels by file: the token that the device's next session may show, without
 * one having been shown. Makes and writes the first when there is none. */
struct token sessions_current(const struct sessions *sessions, const struct device_id *device,
                              uint32_t epoch);

#endif
