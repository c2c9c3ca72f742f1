#ifndef TESTS_BITROT_ROT_H
#define TESTS_BITROT_ROT_H

/*
 * Flips the bits of a store's file one after the other. After each the whole store is read by the
 * modules of the product, in a process of its own: what came back must be what was stored, or the
 * damage must be named.
 */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/bytes.h"
#include "common/base/digest.h"

struct database;
struct error;
struct transaction;

struct rot_subject {
    const char *name;
    const char *folder; /* of the store, with data.mdb */
    /* Opens the store, reads everything, closes it. False when damage was named. */
    bool (*read)(void *owner, struct digest *out, struct error *err);
    void *owner;
};

/* `argument`: how many bits, or "all"; NULL: 2500. Those of both meta pages always. Prints the
 * counts. EXIT_SUCCESS when no value was wrong and nothing crashed. */
int rot_run(const struct rot_subject *subject, const char *argument);

/* Keys that were there, to ask for each by itself. */
struct rot_keys;
struct rot_keys *rot_keys_create(void);
void rot_keys_destroy(struct rot_keys **keys);

/* Adds all that the tables hold: in order, and the first time remembering the keys; then each key
 * asked for alone. Whether it can be believed, the transaction says. */
void rot_read_tables(struct transaction *txn, const struct database *database,
                     const char *const *tables, size_t count, struct rot_keys *keys,
                     struct digest_stream *out);

/* A folder for stores that need not survive: memory, where there is a file system for it. */
void rot_use_memory(void);

#endif
