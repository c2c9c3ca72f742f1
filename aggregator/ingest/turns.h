#ifndef AGGREGATOR_INGEST_TURNS_H
#define AGGREGATOR_INGEST_TURNS_H

/*
 * How much of one batch each peer may have: its credit window, and not one statement more. Whoever
 * sends ahead of his window is told to come again, unread; so one zone's backlog fills its own
 * share of a batch, and the next zone is in the same batch behind it. Sessions that begin are
 * counted too: when a whole province comes back at once, the later ones are told to wait longer.
 *
 *     channel -> gate { TURNS } -> batch
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/wire/keys.h"

#define TURNS_MESSAGES_MAX 4   /* of one peer in one batch */
#define TURNS_SESSIONS_MAX 192 /* that begin in one batch */
#define TURNS_RETRY_MS 500     /* at least, for whoever is put off */

struct turns;

NODISCARD struct turns *turns_create(void);
void turns_destroy(struct turns **turns);

/* A new batch: everybody has his whole share. */
void turns_begin(struct turns *turns);

/* Whether this peer may bring another message; it is counted. */
bool turns_admit(struct turns *turns, const unsigned char peer[KEY_SIZE]);
/* Whether so many statements more are inside the peer's window; they are counted when they are. */
bool turns_credit(struct turns *turns, const unsigned char peer[KEY_SIZE], size_t statements);
/* Whether another session may begin; it is counted. */
bool turns_session(struct turns *turns);

/* For the next one that is put off: longer, the more were put off before in this batch. */
uint32_t turns_retry_ms(struct turns *turns);

#endif
