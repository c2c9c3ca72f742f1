#ifndef AGENT_SETTINGS_H
#define AGENT_SETTINGS_H

/* Single values the agent keeps: who it is, and what the province last told it. */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"

struct store;
struct transaction;

/* Stored: never reuse a number. */
enum setting {
    SETTING_DEVICE = 1,      /* see setup.h: stream and label */
    SETTING_TOKEN = 2,       /* of the last session */
    SETTING_CHECKPOINT = 3,  /* the last one the province showed, signed text */
    SETTING_ZONE = 4,        /* the encoded journal entry with the zone's register record */
    SETTING_SHOWN = 5,       /* session_token.h: the token that was shown, and its nonce */
    SETTING_MACHINE = 6,     /* installation.h: where it was set up */
    SETTING_ROTATIONS = 7,   /* rotation.h: every change of keys */
    SETTING_CATALOGUE = 8,   /* catalogues.h: the newest the province gave */
    SETTING_PARTS = 9,       /* parts.h: what is being fetched */
    SETTING_RECOVERY = 10,   /* recovery.h: how far the zone's history was given back */
    SETTING_BACKUP = 11,     /* proof of the province's newest backup record; empty: none */
    SETTING_GENERATION = 12, /* proof of the opening of the generation it is in */
    SETTING_LOST_TOLD = 13,  /* key of the last lost receipt that the province knows of */
    SETTING_NOTICES = 14,    /* u64: from which position of its journal to ask for decisions */
    SETTING_RESERVE = 15,    /* u32: MiB of the disk that are held for a bad day; absent: none */
};

/* The value belongs to the store: valid until the next write or the end. */
bool settings_get(const struct store *store, struct transaction *txn, enum setting setting,
                  struct bytes *out);
void settings_put(const struct store *store, struct transaction *txn, enum setting setting,
                  struct bytes value);

#endif
