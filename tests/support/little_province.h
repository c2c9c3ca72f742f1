#ifndef TESTS_SUPPORT_LITTLE_PROVINCE_H
#define TESTS_SUPPORT_LITTLE_PROVINCE_H

/* A province at the other end of an agent's line, in the same process: it keeps one stream,
 * answers with real signatures and proofs, and misbehaves as a test asks. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/sync.h"
#include "common/base/digest.h"
#include "common/wire/message.h"
#include "tests/support/zone_office.h"

#define LITTLE_PROVINCE_ENTRIES_MAX 256

struct little_province {
    struct sync_channel channel; /* first, so that a pointer to it is a pointer to the whole */
    struct zone_office *office;
    struct arena *arena;
    struct bytes entries[LITTLE_PROVINCE_ENTRIES_MAX];
    struct digest leaves[LITTLE_PROVINCE_ENTRIES_MAX];     /* of the journal */
    struct digest hashes[LITTLE_PROVINCE_ENTRIES_MAX];     /* of the statements */
    size_t size;                                           /* of the journal */
    size_t count;                                          /* of the statements among them */
    struct return_id returns[LITTLE_PROVINCE_ENTRIES_MAX]; /* of each statement */
    uint32_t versions[LITTLE_PROVINCE_ENTRIES_MAX];
    uint64_t newest_decision;                   /* position behind it */
    size_t places[LITTLE_PROVINCE_ENTRIES_MAX]; /* in the journal, of each statement */
    struct message answer;                      /* to the last question */
    bool answered;
    char *chunks;
    size_t chunk_size;
    struct stream_id stream;

    uint64_t history;        /* that it says it has of the zone */
    struct digest catalogue; /* that it says it uses; zero: none */
    struct bytes offer;      /* what there is to be fetched */
    size_t part_size;

    /* What goes wrong, so many times. */
    int lose_parts;   /* after the first */
    int lose_replies; /* after the statements were taken */
    int busy;
    int gaps;
    int cut_after_chunks; /* the line, once; 0: never */
    enum refusal refuse;  /* 0: nothing */
    bool forge_signature;
    bool other_hash;
    bool other_sequence;
    uint64_t claim_ahead; /* added to the head it says */
    bool rewrite;         /* shows a journal that does not continue */
    uint32_t window;      /* statements; 0: 64 */
    bool send_zone;
    int64_t clock_ahead_ms;
    bool forge_notices;
    enum verdict verdict;
    bool doubt;         /* asks once more who it is */
    struct bytes token; /* handed out; empty: none */

    /* What happened. */
    unsigned applications; /* handed in */
    struct bytes application;
    unsigned sessions, submits, chunks_seen, waits, doubts, notices_asked, parts, first_parts;
    struct hello hello; /* the last one */
};

struct little_province *little_province_create(struct zone_office *office);
/* A decision about the zone: of the statement with this number. */
void little_province_decide(struct little_province *province, enum decision_kind kind,
                            uint64_t sequence, const char *reason);
/* Of a statement that is not this office's. */
void little_province_decide_for_another(struct little_province *province, struct return_id id,
                                        uint32_t version, const char *reason);
void little_province_destroy(struct little_province **province);

#endif
