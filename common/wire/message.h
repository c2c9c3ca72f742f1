#ifndef COMMON_WIRE_MESSAGE_H
#define COMMON_WIRE_MESSAGE_H

/* What agent and aggregator say to each other ⇄ bytes (proto/sync.proto). */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/model/decision.h"
#include "common/model/receipt.h"
#include "common/model/submission.h"

#define MESSAGE_PROTOCOL 1
#define MESSAGE_SIZE_MAX (256u * 1024)
#define MESSAGE_STATEMENTS_MAX 64
#define MESSAGE_RECEIPTS_MAX 64
#define MESSAGE_TOKEN_SIZE_MAX 64
#define MESSAGE_NONCE_SIZE 16
#define MESSAGE_LOST_MAX 1024
#define MESSAGE_PART_SIZE_MAX (192u * 1024)

struct arena;
struct error;

enum message_kind {
    MESSAGE_HELLO = 2, /* the field numbers of proto/sync.proto */
    MESSAGE_WELCOME = 3,
    MESSAGE_SUBMIT = 4,
    MESSAGE_RECEIPTS = 5,
    MESSAGE_GAP = 6,
    MESSAGE_REFUSAL = 7,
    MESSAGE_BUSY = 8,
    MESSAGE_CHUNK = 9,
    MESSAGE_CHUNK_HEAD = 10,
    MESSAGE_CHALLENGE = 11,
    MESSAGE_APPLICATION = 12,
    MESSAGE_APPLICATION_TAKEN = 13,
    MESSAGE_CATALOGUE_ASK = 16,
    MESSAGE_HISTORY_ASK = 17,
    MESSAGE_PART = 18,
    MESSAGE_ASK_NOTICES = 23,
    MESSAGE_NOTICES = 24,
    MESSAGE_CHUNK_ASK = 25
};

/* Why the aggregator will not take it. The numbers travel: never reuse one. */
enum refusal {
    REFUSAL_MALFORMED = 1,
    REFUSAL_PROTOCOL = 2, /* no version in common */
    REFUSAL_PROVINCE = 3, /* meant for another province */
    REFUSAL_UNKNOWN_DEVICE = 4,
    REFUSAL_REVOKED = 5,
    REFUSAL_SIGNATURE = 6,
    REFUSAL_UNKNOWN_CATALOGUE = 7,
    REFUSAL_FORK = 8,
    REFUSAL_FENCED = 9,
    REFUSAL_WRONG_ZONE = 10, /* the device is enrolled for another zone */
    REFUSAL_STOPPING = 11,
    REFUSAL_SUSPENDED = 12,  /* shut out by the province itself until it is enrolled anew */
    REFUSAL_EXPIRED = 13,    /* its enrolment ran out */
    REFUSAL_ROTATION = 14,   /* the new key did not sign the change, or is somebody's already */
    REFUSAL_CODE = 15,       /* no one-time code, or one that was used or is over */
    REFUSAL_NOT_THERE = 16,  /* what is asked for is not in the journal, or no longer in it */
    REFUSAL_NO_ROOM = 30,    /* on the province's disk, for the moment */
    REFUSAL_QUARANTINED = 31 /* it makes the province's program fail */
};
bool refusal_is_known(uint64_t number);
const char *refusal_words(enum refusal refusal);

struct hello {
    uint32_t protocol_min, protocol_max;
    const char *province;
    struct stream_id stream;
    uint64_t sequence;
    struct digest catalogue;
    uint64_t waiting;
    int64_t agent_utc_ms;
    struct bytes token;
    uint64_t checkpoint_size;
    struct bytes nonce;             /* empty, or MESSAGE_NONCE_SIZE: how this token is shown */
    struct bytes challenge;         /* empty, or MESSAGE_NONCE_SIZE: answers a CHALLENGE */
    uint32_t checkpoint_generation; /* of the log; 0: the first, or none seen */
    /* Receipts that a disaster took from the log: in which generation they had been issued, and
     * the position of each, from sequence `lost_first` on. */
    uint32_t lost_generation;
    uint64_t lost_first;
    const uint64_t *lost_positions;
    const struct digest *lost_hashes; /* of the statements */
    size_t lost_count;
};

struct welcome {
    uint32_t protocol;
    struct stream_head head;
    uint32_t window_statements, window_bytes;
    struct digest catalogue;
    int64_t utc_ms;
    struct bytes token;
    struct bytes checkpoint;
    const struct digest *consistency;
    size_t consistency_count;
    struct bytes zone;             /* encoded Entry with the zone's register record; empty: none */
    struct entry_proof backup;     /* of the newest backup record, in `checkpoint` */
    struct entry_proof generation; /* of the newest opening, to whom does not know it */
    uint64_t lost_known;           /* the last sequence whose lost receipt is noted */
    uint64_t history;              /* position behind the zone's newest statement; 0: none */
    uint64_t notices;              /* position behind the newest decision about the zone; 0: none */
};

struct chunk {
    struct digest hash;
    uint64_t total_size, offset;
    struct bytes part;
};

/* For something that is fetched in parts. */
struct ask {
    struct digest catalogue; /* CATALOGUE_ASK */
    uint64_t from;           /* HISTORY_ASK: the first entry that is not known */
    uint64_t known;          /* size of the checkpoint the asker accepted last; 0: none */
    uint64_t size;           /* of the one to prove the answer in; 0: the newest */
    uint64_t offset;         /* what is here of the answer */
};

struct ask_notices {
    struct device_id device;
    uint64_t from; /* position in the journal */
};

struct message {
    enum message_kind kind;
    struct hello hello;
    struct welcome welcome;
    const struct sealed_statement *statements; /* SUBMIT: contiguous */
    size_t statement_count;
    const struct receipt *receipts; /* RECEIPTS */
    size_t receipt_count;
    struct stream_head gap;
    enum refusal refusal;
    uint64_t refused_sequence; /* 0: the session */
    uint32_t retry_after_ms;
    struct chunk chunk;              /* CHUNK, PART; HEAD: hash, offset; ASK: hash, total size */
    struct ask ask;                  /* PART uses its size */
    struct bytes challenge;          /* CHALLENGE */
    struct bytes application;        /* APPLICATION: the text of the request */
    struct digest application_taken; /* APPLICATION_TAKEN: its hash */
    struct ask_notices ask_notices;
    struct notices notices;
};

/* At most MESSAGE_SIZE_MAX and readable again, asserted: the caller fills windows by size. */
struct bytes message_encode(const struct message *message, struct arena *arena);
/* Strict scan, unpack, range checks; borrows from `bytes`. Fails with MALFORMED. */
NODISCARD bool message_decode(struct bytes bytes, struct arena *arena, struct message *out,
                              struct error *err);

#endif
