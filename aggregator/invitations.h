#ifndef AGGREGATOR_INVITATIONS_H
#define AGGREGATOR_INVITATIONS_H

/*
 * One-time codes that were given out: the connection keys made of them, never the codes. Each is
 * good for one enrolment request of its zone, for a week; after that request it stays open for
 * an hour, for the same request only, because the answer may have been lost.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/digest.h"
#include "common/model/zone.h"
#include "common/storage/database.h"
#include "common/wire/keys.h"

#define INVITATIONS_TABLE "invitations"
#define INVITATIONS_MAX 4096 /* open at a time */
#define INVITATION_VALID_MS (INT64_C(7) * 24 * 60 * 60 * 1000)
#define INVITATION_REPEAT_MS (INT64_C(60) * 60 * 1000)

struct arena;
struct error;
struct transaction;

struct invitation {
    unsigned char curve_key[KEY_SIZE];
    struct zone_id zone;
    int64_t until_utc_ms;
    struct digest request; /* that was handed in with it; zero: none yet */
};

/* Fails with EXHAUSTED beyond INVITATIONS_MAX. Those that are over are forgotten. */
NODISCARD bool invitations_add(struct transaction *txn, struct table table,
                               const struct invitation *invitation, int64_t utc_ms,
                               struct error *err);
/* False when there is none that is open. */
bool invitations_find(struct transaction *txn, struct table table,
                      const unsigned char curve_key[KEY_SIZE], int64_t utc_ms,
                      struct invitation *out);
/* This request was handed in with it. */
void invitations_use(struct transaction *txn, struct table table,
                     const struct invitation *invitation, const struct digest *request,
                     int64_t utc_ms);
/* The open ones. In the arena. */
size_t invitations_list(struct transaction *txn, struct table table, int64_t utc_ms,
                        struct arena *arena, const struct invitation **out);

#endif
