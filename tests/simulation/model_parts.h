#ifndef TESTS_SIMULATION_MODEL_PARTS_H
#define TESTS_SIMULATION_MODEL_PARTS_H

/* What the model remembers. Private to model.c and look.c. */

#include <stdint.h>

#include "tests/simulation/model.h"

#define NO_CLAIM SIZE_MAX
#define HASH_TEXT(hash) (hash).bytes[0], (hash).bytes[1], (hash).bytes[2], (hash).bytes[3]
#define HASH_FORMAT "%02x%02x%02x%02x"

/* A statement that was on some disk. */
struct claim {
    struct sight sight;
    size_t stream;
    bool in_journal;
    uint64_t position;
    bool acknowledged;
    uint64_t acknowledged_position;
    bool acknowledged_accepted;
    bool owed; /* acknowledged by a generation of the log that lost it */
    uint64_t owed_position;
    uint32_t owed_generation;
};

struct stream {
    struct stream_id id;
    size_t *arrived; /* claims, in the order of the journal */
    size_t count, capacity;
    bool enrolled, revoked;           /* as the journal was read */
    bool closed;                      /* another epoch of the device has begun */
    bool suspended, suspended_before; /* the latter also when it is read anew */
    bool told_enrolled, told_revoked, told_closed;
    bool copied;
    bool frozen;
    size_t frozen_count; /* what had arrived when it was found frozen */
};

/* A return: what must count, folded from the journal. */
struct must {
    uint32_t newest, counted;
    int64_t figure;
    size_t author;   /* the stream of the one that counts */
    size_t counting; /* its claim */
};

/* A version that somebody sent who did not know what counts. */
struct contended {
    const struct must *must;
    size_t author;
    uint32_t version;
};

#define MODEL_GENERATIONS_MAX 64

struct question {
    uint64_t line;
    struct digest hash;
};

struct model {
    struct world *world;
    struct question *questions; /* statements that came, by line */
    size_t question_count, question_capacity;
    struct claim *claims;
    size_t claim_count, claim_capacity;
    struct stream streams[MODEL_STREAMS_MAX];
    size_t stream_count;
    struct contended *contended;
    size_t contended_count, contended_capacity;
    struct must musts[MODEL_ZONES_MAX][MODEL_YEARS];
    uint64_t audited; /* entries of the journal */
    uint32_t generation;
    uint64_t survives[MODEL_GENERATIONS_MAX]; /* entries of each generation that are still there */
};

/* Its number; it is known from now on. */
size_t model_claim_of(struct model *model, const struct sight *sight);

#endif
