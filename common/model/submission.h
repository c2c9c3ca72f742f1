#ifndef COMMON_MODEL_SUBMISSION_H
#define COMMON_MODEL_SUBMISSION_H

/*
 * The stages of one return on its way (the type is the stage):
 *
 *     submission          what a form says for a zone and period
 *     statement           + who, in which stream, after what    (what gets signed)
 *     sealed_statement    the statement's bytes and their signature: never re-encoded
 *
 * All of them borrow: arrays and texts live in the arena or buffer they were decoded into.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/bytes.h"
#include "common/base/digest.h"
#include "common/model/code.h"
#include "common/model/period.h"
#include "common/model/value.h"
#include "common/model/zone.h"

#define STATEMENT_SIZE_MAX (16u * 1024 * 1024)
#define SUBMISSION_CELLS_MAX 4096
#define SUBMISSION_ROWS_MAX 100000
#define SUBMISSION_COLUMNS_MAX 128
#define SUBMISSION_EXPLANATIONS_MAX 4096
#define SUBMISSION_SIGN_OFFS_MAX 8
#define SUBMISSION_TEXT_SIZE_MAX 2048
#define SUBMISSION_ROW_KEY_SIZE_MAX 64

struct cell {
    struct code item;
    struct value value;
};

/* A roster's column: one entry per row. Numbers: mantissas. Codes: packed code. Dates: days.
 * Flags: 0 or 1. Texts: in `texts`, mantissas 0. Where the status has no figure there is none. */
struct roster_column {
    struct code item;
    const int64_t *mantissas;
    const uint8_t *statuses;  /* enum value_status */
    const char *const *texts; /* NULL unless it is a column of text */
};

/* Why a figure that looks wrong is right. Travels to the reviewer. */
struct explanation {
    struct code rule;
    const char *row_key; /* "" for the form itself */
    struct code reason;  /* of the catalogue's list of reasons */
    const char *text;
};

struct sign_off {
    struct code role; /* preparer, statistics head, unit head: codes of the catalogue */
    const char *name;
    int64_t utc_ms;
};

/* What the findings of a return rest on, see common/wire/grounds.h; zeros: it is not said. */
struct grounds {
    unsigned char bytes[8];
};

struct submission {
    struct code form;
    struct period period;
    uint32_t version;         /* 1, 2, … of (zone, form, period) */
    uint32_t base_version;    /* the accepted version it corrects; 0: none known */
    const struct cell *cells; /* ascending by item code */
    size_t cell_count;
    const char *const *row_keys; /* ascending, unique */
    size_t row_count;
    const struct roster_column *columns; /* ascending by item code */
    size_t column_count;
    const struct explanation *explanations;
    size_t explanation_count;
    const struct sign_off *sign_offs;
    size_t sign_off_count;
    struct digest findings; /* of what the agent found, see findings_digest() */
    struct grounds grounds; /* and on what it rests */
};

struct device_id {
    unsigned char bytes[16];
};

/* A single-writer, hash-chained, gap-free list of statements. */
struct stream_id {
    struct zone_id zone;
    struct device_id device;
    uint32_t epoch; /* from 1; a new one after recovery */
};

bool stream_id_equal(const struct stream_id *left, const struct stream_id *right);

enum statement_kind {
    STATEMENT_RETURN = 1,
    STATEMENT_WITHDRAWAL = 2,
    STATEMENT_KEY_ROTATION = 3,
    STATEMENT_NOTE = 4
};

/* Takes an accepted version back. */
struct withdrawal {
    struct code form;
    struct period period;
    uint32_t version;
    const char *reason;
};

/* The device's next keys; the signature is made by the new signing key. */
struct key_rotation {
    unsigned char signing_key[32];
    unsigned char curve_key[32];
    unsigned char signature[64];
};

struct statement {
    uint32_t suite; /* 1: Ed25519 and SHA-256; 2 is kept for SM2/SM3 */
    const char *province;
    struct stream_id stream;
    uint64_t sequence;       /* from 1 */
    struct digest previous;  /* hash of statement n-1, zero for the first */
    struct digest catalogue; /* hash of the catalogue it was checked with */
    int64_t agent_utc_ms;    /* advisory */
    unsigned char salt[16];
    enum statement_kind kind;
    struct submission submission; /* when STATEMENT_RETURN */
    struct withdrawal withdrawal; /* when STATEMENT_WITHDRAWAL */
    struct key_rotation rotation; /* when STATEMENT_KEY_ROTATION */
    const char *note;             /* when STATEMENT_NOTE */
};

/* What is stored, hashed, signed and shown. */
struct sealed_statement {
    struct bytes statement; /* the very bytes that were signed */
    unsigned char signature[64];
};

/* Where a stream stands. */
struct stream_head {
    uint64_t sequence; /* 0: nothing yet */
    struct digest hash;
};

#endif
