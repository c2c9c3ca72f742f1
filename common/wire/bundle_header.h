#ifndef COMMON_WIRE_BUNDLE_HEADER_H
#define COMMON_WIRE_BUNDLE_HEADER_H

/*
 * What stands in front of a bundle, in the clear: 32 bytes whose meaning never changes, so that
 * every program can say how much of a file is there and whether it is too old for it, and the
 * header proper (proto/bundle.proto).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/model/submission.h"
#include "common/wire/keys.h"

#define BUNDLE_PREFIX_SIZE 32
#define BUNDLE_MAGIC "ZBNDL"
#define BUNDLE_MAGIC_SIZE 5
#define BUNDLE_VERSION 1 /* of the box */
#define BUNDLE_READER 1  /* what a reader must be able to do with the content */
#define BUNDLE_HEADER_SIZE_MAX 1024
#define BUNDLE_ID_SIZE 16
#define BUNDLE_PROGRAM_SIZE_MAX 32

struct arena;
struct error;

/* What a bundle is for. The numbers travel: never reuse one. */
enum bundle_kind {
    BUNDLE_SUBMIT = 1,    /* a zone's statements that have no receipt yet */
    BUNDLE_ACK = 2,       /* the province's answer */
    BUNDLE_CATALOGUE = 3, /* a catalogue alone */
    BUNDLE_RECOVER = 4,   /* a zone asks for its history, or the province gives it */
    BUNDLE_ENROL = 5      /* a device nobody knows yet asks to be let in */
};
const char *bundle_kind_words(enum bundle_kind kind);

/* A name that every file system takes, "22102001.SUB"; `number` tells several of one zone apart,
 * the first is 1. Only a suggestion: no reader looks at names. */
#define BUNDLE_NAME_SIZE 13
const char *bundle_name(enum bundle_kind kind, const struct zone_id *zone, unsigned number,
                        char buffer[BUNDLE_NAME_SIZE]);

struct bundle_prefix {
    unsigned version, min_reader;
    uint64_t total; /* bytes of the whole file */
    size_t header_size;
};

enum bundle_prefix_state {
    BUNDLE_PREFIX_GOOD,
    BUNDLE_PREFIX_FOREIGN, /* does not begin as a bundle does */
    BUNDLE_PREFIX_CUT,     /* begins as one, and ends before the prefix does */
    BUNDLE_PREFIX_DAMAGED  /* its checksum does not fit */
};

void bundle_prefix_write(const struct bundle_prefix *prefix, unsigned char out[BUNDLE_PREFIX_SIZE]);
/* From the first bytes of a file, at most BUNDLE_PREFIX_SIZE of them. */
enum bundle_prefix_state bundle_prefix_read(struct bytes start, struct bundle_prefix *out);

struct bundle_header {
    enum bundle_kind kind;
    const char *province;
    unsigned char recipient[KEY_SIZE]; /* whose CURVE key opens it */
    unsigned char sender[KEY_SIZE];    /* whose signing key signed it */
    struct stream_id stream;           /* of the zone's end */
    uint64_t first_sequence, last_sequence;
    uint64_t count;
    uint64_t body_size;
    unsigned char id[BUNDLE_ID_SIZE];
    int64_t utc_ms;
    const char *program;
};

/* Asserts that its work reads back. */
struct bytes bundle_header_encode(const struct bundle_header *header, struct arena *arena);
/* Texts live in the arena. Fails with MALFORMED. */
NODISCARD bool bundle_header_decode(struct bytes bytes, struct arena *arena,
                                    struct bundle_header *out, struct error *err);

#endif
