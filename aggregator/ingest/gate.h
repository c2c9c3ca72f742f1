#ifndef AGGREGATOR_INGEST_GATE_H
#define AGGREGATOR_INGEST_GATE_H

/*
 * Turns messages into a batch and the batch into answers:
 *
 *     receive everything that waits -> one write transaction -> commit -> answers
 *
 * Nothing is acknowledged before the commit returned. After a failure the outcome is unknown:
 * the process ends, and the agents ask again.
 */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/attributes.h"
#include "common/wire/channel.h"

#define GATE_HELPINGS_MAX 8 /* of one batch: what arrives while the one before is inspected */
#define GATE_AHEAD_MAX 32
#define GATE_RETRY_MS 2000

struct crew;
struct error;
struct gate;
struct guard;
struct province;

/* The network, or what a test puts in its place. */
struct gate_link {
    void *owner;
    enum receive_outcome (*receive)(void *owner, struct peer *out_peer, struct bytes *out_payload);
    bool (*send)(void *owner, const struct peer *peer, struct bytes payload);
    void (*admit)(void *owner, const unsigned char curve_key[KEY_SIZE]);
    void (*dismiss)(void *owner, const unsigned char curve_key[KEY_SIZE]);
};

/* Borrows both. */
NODISCARD struct gate *gate_create(struct province *province, const struct gate_link *link);
void gate_destroy(struct gate **gate);
/* Lets the crew look at what comes in, beside the caller. Borrows it. */
void gate_employ(struct gate *gate, struct crew *crew);

/* Borrows it; see guard.h. For whoever serves. */
void gate_set_guard(struct gate *gate, struct guard *guard);

/* Takes in what other processes decided, and lets in or shuts out accordingly. */
NODISCARD bool gate_refresh(struct gate *gate, struct error *err);

/* One batch. With a crew, a batch behind it may have been collected when this one was full: then
 * another turn is due, whether or not anything arrives. That ends after GATE_AHEAD_MAX turns. */
NODISCARD bool gate_turn(struct gate *gate, struct error *err);
bool gate_has_more(const struct gate *gate);

struct gate_counts {
    uint64_t messages, statements, appended, duplicates, refused, commits, put_off, no_room;
};
struct gate_counts gate_count(const struct gate *gate);

#endif
